#include "generate/line_faults.h"

#include "generate/share_list.h"
#include "time/timestamp.h"

enum { REPEAT_TRIES = 8 };

const char *const line_fault_names[] = {"duplicate", "late", "malformed", "tombstone", NULL};

/* The first line has nothing before it to be late behind or to repeat. */
void line_faults_init(struct line_faults *faults, const uint64_t shares[FAULT_COUNT], uint64_t seed,
                      int64_t disorder, int64_t late_by)
{
    struct random_source random;
    *faults = (struct line_faults){.disorder = disorder,
                                   .late_by = late_by,
                                   .latest = INT64_MIN,
                                   .repeats = shares[FAULT_DUPLICATE] > 0};
    random_source_init(&random, seed, RANDOM_FAULTS, 0);
    random_source_init(&faults->random, seed, RANDOM_FAULTS, 1);
    share_schedule_init(&faults->schedule, shares, FAULT_COUNT, 1, &random);
}

uint64_t line_faults_limit(struct line_faults *faults, uint64_t lines)
{
    uint64_t totals[FAULT_COUNT];
    for (size_t i = 0; i < FAULT_COUNT; i++)
        totals[i] = share_round(faults->schedule.windows[i].share, lines);
    share_schedule_limit(&faults->schedule, lines, totals);
    return lines - totals[FAULT_DUPLICATE];
}

uint64_t line_faults_draw(struct line_faults *faults)
{
    return random_at(&faults->random, faults->drawn++);
}

static bool in_order(const struct line_faults *faults, const struct record *record)
{
    return record->event_time >= time_subtract(faults->latest, faults->disorder);
}

static bool choose_repeated(struct line_faults *faults, struct record *repeated)
{
    uint64_t known = faults->remembered < REPEAT_MEMORY ? faults->remembered : REPEAT_MEMORY;
    uint64_t back = 0;
    if (known == 0)
        return false;
    for (int tries = 0; tries < REPEAT_TRIES; tries++) {
        back = 1 + random_below(line_faults_draw(faults), known);
        *repeated = faults->recent[(faults->remembered - back) % REPEAT_MEMORY];
        if (in_order(faults, repeated))
            return true;
    }
    for (back = 1; back <= known; back++) {
        *repeated = faults->recent[(faults->remembered - back) % REPEAT_MEMORY];
        if (in_order(faults, repeated))
            return true;
    }
    return false;
}

int line_faults_next(struct line_faults *faults, struct record *repeated)
{
    int fault = share_schedule_next(&faults->schedule);
    if (fault == FAULT_DUPLICATE && !choose_repeated(faults, repeated))
        return SHARE_PLAIN;
    if (fault == FAULT_LATE && faults->latest == INT64_MIN)
        return SHARE_PLAIN;
    return fault;
}

void line_faults_delay(struct line_faults *faults, struct record *record)
{
    uint64_t by = 1 + random_below(line_faults_draw(faults), (uint64_t)faults->late_by);
    record->event_time = time_subtract(time_subtract(faults->latest, faults->disorder),
                                       (int64_t)by);
}
