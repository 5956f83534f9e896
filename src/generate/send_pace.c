#include "generate/send_pace.h"

#include "stream/signals.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

/* A signal that comes between the look and the sleep is seen after this at the latest. */
#define LONGEST_SLEEP (200 * NS_PER_MS)

/* Errors below 16 ns count as 16. */
enum { SMALLEST_PLACE = 4 * SEND_ERROR_STEPS };

bool send_speed_store(void *target, const char *argument, struct error_text *error)
{
    struct send_speed *speed = target;
    char *end;
    speed->given = true;
    speed->factor = 0;
    if (strcmp(argument, "max") == 0)
        return true;
    if ((*argument >= '0' && *argument <= '9') || *argument == '.') {
        speed->factor = strtod(argument, &end);
        if (strcmp(end, "x") == 0 && speed->factor >= 1e-6 && speed->factor <= 1e6)
            return true;
    }
    return refuse(error, "'%s' is not a speed (1x, 0.5x, 60x, max)", argument);
}

void send_pace_init(struct send_pace *pace, double factor, int64_t logical_start)
{
    *pace = (struct send_pace){
        .factor = factor, .logical_start = logical_start, .steady_start = clock_steady()};
    /* Otherwise the kernel adds up to 50 us to each sleep. */
    if (factor > 0)
        prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

static int64_t due_time(const struct send_pace *pace, int64_t time)
{
    int64_t behind = time_subtract(time, pace->logical_start);
    if (pace->factor != 1) {
        double scaled = (double)behind / pace->factor;
        behind = scaled < 0x1p62 ? (int64_t)scaled : INT64_MAX;
    }
    return time_add(behind, pace->steady_start);
}

static void note_error(struct send_pace *pace, int64_t error)
{
    uint64_t value = error < SEND_ERROR_STEPS ? SEND_ERROR_STEPS : (uint64_t)error;
    unsigned exponent = 63 - (unsigned)__builtin_clzll(value);
    size_t place = exponent * SEND_ERROR_STEPS + ((value >> (exponent - 4)) & 15);
    size_t last = sizeof pace->errors / sizeof *pace->errors - 1;
    pace->errors[place < last ? place : last]++;
    pace->error_count++;
}

static void sleep_until(int64_t steady)
{
    struct timespec until = {.tv_sec = steady / NS_PER_SECOND, .tv_nsec = steady % NS_PER_SECOND};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

enum send_state send_pace_wait(struct send_pace *pace, int64_t time, struct line_writer *writer)
{
    int64_t due = due_time(pace, time);
    if (due > pace->now)
        pace->now = clock_steady();
    if (due > pace->now) {
        if (!line_writer_flush(writer) || signals_end() != 0)
            return SEND_END;
        sleep_until(due - pace->now < LONGEST_SLEEP ? due : pace->now + LONGEST_SLEEP);
        pace->now = clock_steady();
        if (due > pace->now)
            return SEND_EARLY;
    }
    note_error(pace, pace->now - due);
    return SEND_DUE;
}

int64_t send_pace_error(const struct send_pace *pace, double share)
{
    double wanted = share * (double)pace->error_count;
    double seen = 0;
    for (size_t i = SMALLEST_PLACE; i < sizeof pace->errors / sizeof *pace->errors; i++) {
        seen += (double)pace->errors[i];
        if (pace->errors[i] > 0 && seen >= wanted)
            return (int64_t)(i % SEND_ERROR_STEPS + SEND_ERROR_STEPS + 1)
                   << (i / SEND_ERROR_STEPS - 4);
    }
    return 0;
}
