#ifndef GENERATE_GENERATOR_PLAN_H
#define GENERATE_GENERATOR_PLAN_H

#include "generate/generate_settings.h"
#include "generate/line_faults.h"
#include "generate/share_schedule.h"

#include <stdbool.h>
#include <stdint.h>

/* Event times are from 1678-01-01 to 2262-01-01, so that delays and disorder fit around them. */
#define EVENT_TIME_FIRST INT64_C(-9214560000000000000)
#define EVENT_TIME_END INT64_C(9214646400000000000)

/* The shares of a run, checked and completed. */
struct share_plan {
    uint64_t faults[FAULT_COUNT];
    uint64_t unmatched;
    uint64_t early;
    uint64_t kinds[SHARE_KINDS]; /* event types; they add up to one if `kinds_given` */
    size_t kind_count;
    bool kinds_given;
};

/* false with the reason: an unknown share, one that this scenario lacks, or too much in sum. */
bool share_plan_make(struct share_plan *plan, const struct generate_settings *settings,
                     const struct scenario *scenario, struct error_text *error);

/* false with the reason: options that do not go together, or beyond their range. */
bool settings_check(const struct generate_settings *settings, const struct scenario *scenario,
                    struct error_text *error);

/* The seed given, or a random one. */
bool settings_seed(const struct generate_settings *settings, uint64_t *seed,
                   struct error_text *error);

/* True if event times are those of the wall clock: real time and no --start. */
bool settings_live(const struct generate_settings *settings);

/* `time` rounded down to a multiple of `align` (0: as it is), held at INT64_MIN. */
int64_t time_align(int64_t time, int64_t align);

#endif
