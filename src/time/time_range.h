#ifndef TIME_TIME_RANGE_H
#define TIME_TIME_RANGE_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdint.h>

/* A set of differences between two times, in ns, both ends counted: an open end is stored one ns
   inside. INT64_MIN and INT64_MAX are "no bound". lower > upper is legal and matches nothing. */
struct time_range {
    int64_t lower;
    int64_t upper;
    bool given;
};

/* How a bare duration reads: `5m` is -5m..5m for evjoin, 0..5m for evattr. */
enum bare_duration { BARE_SYMMETRIC, BARE_FORWARD };

/* "0..5m" "-1m..5m" "0..<5m" "0<..5m" "-1m<..<10s" "..5m" "0.." "all" "5m" (not negative). On a
   refusal *range stays as it was. */
bool time_range_parse(const char *text, enum bare_duration bare, struct time_range *range,
                      struct error_text *error);
bool time_range_store_symmetric(void *target, const char *argument, struct error_text *error);
bool time_range_store_forward(void *target, const char *argument, struct error_text *error);

#endif
