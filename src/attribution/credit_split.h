#ifndef ATTRIBUTION_CREDIT_SPLIT_H
#define ATTRIBUTION_CREDIT_SPLIT_H

#include <stddef.h>
#include <stdint.h>

/* Splits a whole number of units in proportion to weights: each share is rounded down, and the
   units left over go one each to the largest remainders, of equal ones to the first. So shares are
   less than one unit from exact and sum to `units`.

   units < 2^63, weights <= 2^62, at least one above zero. */
struct credit_share {
    uint64_t weight;
    uint64_t units; /* result */
};

void credit_split(struct credit_share *shares, size_t count, uint64_t units);

#endif
