#ifndef LATENCY_LATENCY_RANGES_H
#define LATENCY_LATENCY_RANGES_H

#include "latency/latency_histogram.h"

#include <stddef.h>
#include <stdint.h>

/* A histogram in few rows for people: ranges whose limits are round numbers, in steps of 1-2-5 over
   decades, of whole decades where that gives too many, of equal width where the values lie close
   together. A bucket counts in the range of its lowest value, so a limit is true to 0.1 %. */
enum { LATENCY_RANGES_MAX = 24 };

struct latency_range {
    int64_t from; /* first value of the range, ns; INT64_MIN = all below zero */
    int64_t to;   /* first value behind it */
    uint64_t count;
};

struct latency_ranges {
    size_t count;
    struct latency_range ranges[LATENCY_RANGES_MAX];
};

/* Adjacent ranges, the first and the last not empty; none without values. */
void latency_ranges_make(struct latency_ranges *ranges, const struct latency_histogram *histogram);

/* The largest 1, 2 or 5 times a power of ten that is not above `ns` (> 0), and the next one. */
int64_t latency_round_down(int64_t ns);
int64_t latency_round_next(int64_t round);

#endif
