#ifndef WINDOW_SPREAD_H
#define WINDOW_SPREAD_H

#include "expression/value.h"

#include <stdbool.h>
#include <stdint.h>

/* Welford's running sum of squared differences, merged as Chan, Golub and LeVeque do. Starts
   zeroed. */
struct spread {
    uint64_t count;
    double mean;
    double squares;
};

void spread_add(struct spread *spread, double number);
void spread_merge(struct spread *spread, const struct spread *other);
/* The standard deviation of a sample: divided by n - 1, as SQL's STDDEV; null of fewer than two. */
struct value spread_deviation(const struct spread *spread);

/* {"count":N,"mean":X,"squares":X}; false = not that. */
void spread_save(const struct spread *spread, struct text_buffer *out);
bool spread_restore(struct spread *spread, struct json_slice saved);

#endif
