#include "window/window_calendar.h"

#include "time/timestamp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    HOUR_SECONDS = 3600,
    DAY_SECONDS = 86400,
    SEEN_AHEAD = 2 * DAY_SECONDS, /* clocks are set back by less than a day */
    MOST_CHANGES = 8,             /* in SEEN_AHEAD */
    REMEMBERED = 16
};
#define DAY (DAY_SECONDS * NS_PER_SECOND)
/* Zones are less than that from UTC. */
#define WIDEST_OFFSET (26 * HOUR_SECONDS * NS_PER_SECOND)

/* How far a clock is ahead of UTC, from the start of a day of UTC until SEEN_AHEAD behind it. */
struct clock_day {
    int64_t day; /* since 1970; INT64_MIN = none */
    size_t count;
    struct clock_change {
        int64_t at;    /* ns; of the first the start of the day */
        int64_t ahead; /* ns, from there on */
    } changes[MOST_CHANGES];
};

struct window_calendar {
    struct clock_day days[REMEMBERED]; /* by day modulo its size */
};

/* A POSIX rule has digits before its first slash or comma: names of the database have them at most
   behind one ("Etc/GMT+5"). */
static bool looks_like_rule(const char *zone)
{
    size_t head = strcspn(zone, "/,");
    return strcspn(zone, "0123456789") < head;
}

/* localtime() takes what is no zone for UTC. */
static bool in_database(const char *zone)
{
    char path[512], magic[4] = {0};
    const char *folder = getenv("TZDIR");
    int file;
    ssize_t length;
    if (zone[0] == '\0' || zone[0] == '/' || strstr(zone, "..") != NULL)
        return false;
    snprintf(path, sizeof path, "%s/%s", folder == NULL ? "/usr/share/zoneinfo" : folder, zone);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    length = read(file, magic, sizeof magic);
    close(file);
    return length == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
}

static bool use_zone(const char *zone)
{
    if (!in_database(zone) && !looks_like_rule(zone))
        return false;
    setenv("TZ", zone, 1);
    tzset();
    return tzname[0][0] != '\0';
}

struct window_calendar *window_calendar_new(const char *zone, struct error_text *error)
{
    struct window_calendar *calendar;
    if (!use_zone(zone)) {
        refuse(error, "there is no time zone '%s' (Europe/Berlin, UTC, ...)", zone);
        return NULL;
    }
    calendar = allocate_zeroed(1, sizeof *calendar);
    for (size_t i = 0; i < REMEMBERED; i++)
        calendar->days[i].day = INT64_MIN;
    return calendar;
}

void window_calendar_free(struct window_calendar *calendar)
{
    free(calendar);
}

static int64_t seconds_ahead(int64_t second)
{
    time_t clock = second;
    struct tm local;
    return localtime_r(&clock, &local) == NULL ? 0 : local.tm_gmtoff;
}

/* The second in (before, after] from which on the clock is `ahead`. */
static int64_t find_change(int64_t before, int64_t after, int64_t ahead)
{
    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;
        if (seconds_ahead(middle) == ahead)
            after = middle;
        else
            before = middle;
    }
    return after;
}

static void read_day(struct clock_day *clock, int64_t day)
{
    int64_t second = day * DAY_SECONDS, end = second + SEEN_AHEAD;
    int64_t ahead = seconds_ahead(second);
    clock->day = day;
    clock->changes[0] = (struct clock_change){second * NS_PER_SECOND, ahead * NS_PER_SECOND};
    clock->count = 1;
    for (; second < end && clock->count < MOST_CHANGES; second += HOUR_SECONDS) {
        int64_t next = seconds_ahead(second + HOUR_SECONDS);
        if (next == ahead)
            continue;
        ahead = next;
        clock->changes[clock->count++] = (struct clock_change){
            find_change(second, second + HOUR_SECONDS, ahead) * NS_PER_SECOND,
            ahead * NS_PER_SECOND};
    }
}

static const struct clock_day *day_of(struct window_calendar *calendar, int64_t time)
{
    int64_t day = time / DAY - (time % DAY < 0);
    struct clock_day *clock = &calendar->days[(uint64_t)day % REMEMBERED];
    if (clock->day != day)
        read_day(clock, day);
    return clock;
}

int64_t window_calendar_reading(struct window_calendar *calendar, int64_t time)
{
    const struct clock_day *clock = day_of(calendar, time);
    int64_t reading = time + clock->changes[0].ahead;
    for (size_t i = 1; i < clock->count; i++) {
        const struct clock_change *change = &clock->changes[i];
        int64_t shown = (change->at > time ? change->at : time) + change->ahead;
        if (change->at <= time || shown < reading)
            reading = shown;
    }
    return reading;
}

int64_t window_calendar_instant(struct window_calendar *calendar, int64_t reading)
{
    int64_t before = reading - WIDEST_OFFSET, after = reading + WIDEST_OFFSET;
    int64_t usual = reading - day_of(calendar, reading)->changes[0].ahead;
    if (window_calendar_reading(calendar, usual) == reading &&
        window_calendar_reading(calendar, usual - 1) < reading)
        return usual;
    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;
        if (window_calendar_reading(calendar, middle) >= reading)
            after = middle;
        else
            before = middle;
    }
    return after;
}

/* Looked at every ten days: no clock is changed for less. */
bool window_calendar_keeps(const struct window_calendar *calendar, int64_t step, int64_t *ahead)
{
    int64_t first = seconds_ahead(0) * NS_PER_SECOND;
    (void)calendar;
    for (int64_t day = 0; day < 80 * 366; day += 10)
        if ((seconds_ahead(day * DAY_SECONDS) * NS_PER_SECOND - first) % step != 0)
            return false;
    *ahead = (first % step + step) % step;
    return true;
}
