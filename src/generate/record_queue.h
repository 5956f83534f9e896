#ifndef GENERATE_RECORD_QUEUE_H
#define GENERATE_RECORD_QUEUE_H

#include "generate/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Records that wait for their arrival, given back in order of (arrival, producer, number, side).
   Since no record waits longer than a known horizon, they lie in a ring of time buckets, and only
   the bucket at hand is kept in order (as a heap): the cost does not grow with how many wait. */
struct record_queue {
    struct record_bucket {
        struct record *records;
        size_t count;
        size_t capacity;
    } * buckets;
    size_t mask;     /* number of buckets - 1, a power of two less one */
    unsigned shift;  /* a bucket spans 2^shift ns */
    int64_t current; /* number of the bucket at hand: arrival >> shift */
    size_t count;
};

/* horizon: ns that a record waits at most; expected: about how many wait at a time. */
void record_queue_init(struct record_queue *queue, int64_t horizon, double expected);
void record_queue_free(struct record_queue *queue);

void record_queue_add(struct record_queue *queue, const struct record *record);

/* The first one, NULL if none; stays valid until the next call that adds or takes. */
const struct record *record_queue_first(struct record_queue *queue);
struct record record_queue_take(struct record_queue *queue);

#endif
