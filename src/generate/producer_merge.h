#ifndef GENERATE_PRODUCER_MERGE_H
#define GENERATE_PRODUCER_MERGE_H

#include "generate/arrival_process.h"

#include <stdint.h>

/* The arrivals of all producers in one order: by time, then producer. */
struct producer_merge {
    uint32_t count;
    struct arrival_process *processes;
    uint32_t *order; /* heap of producers; order[0] has the next arrival */
};

/* rate: per second, over all producers. */
void producer_merge_init(struct producer_merge *merge, const struct arrival_shape *shape,
                         double rate, uint64_t seed, uint32_t count, int64_t start);
void producer_merge_free(struct producer_merge *merge);

/* Time of the next arrival, ns; INT64_MAX = none within the range of times. */
static inline int64_t producer_merge_time(const struct producer_merge *merge)
{
    return merge->processes[merge->order[0]].time;
}

static inline uint32_t producer_merge_producer(const struct producer_merge *merge)
{
    return merge->order[0];
}

/* Goes on to the arrival after. */
void producer_merge_advance(struct producer_merge *merge);

#endif
