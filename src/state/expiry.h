#ifndef STATE_EXPIRY_H
#define STATE_EXPIRY_H

#include "state/expiry_queue.h"
#include "state/record_log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which rows of a log have become older than a cutoff that only rises: exactly, in any order of
   arrival, at a cost that does not depend on how many wait. For rows that must come out when they
   expire; those that just disappear need nothing but record_log_release().

   Buckets of time in eight levels (a hierarchical timing wheel over the bytes of the time): a row
   is noted in the bucket of the highest byte in which its time differs from the cursor. When the
   cutoff reaches a bucket, its rows are spread over the level below or, once they are few, put in a
   heap, which gives them in exact order. 4 bytes per row while it waits in a bucket, 16 in the
   heap. Rows that come in order of time, as nearly all do in many streams, only stand in a queue
   meanwhile. */
enum { EXPIRY_LEVELS = 8, EXPIRY_BUCKETS = 256, EXPIRY_CHUNK_ROWS = 60 };

struct expiry_chunk {
    uint64_t base; /* position of the first row */
    struct expiry_chunk *next;
    int32_t distances[EXPIRY_CHUNK_ROWS]; /* from base, in log units */
};

struct expiry_bucket {
    struct expiry_chunk *chunks; /* newest first */
    uint32_t newest_count; /* rows in the newest chunk; the others are full or were cut short */
    uint32_t count;        /* at most: rows */
};

struct expiry_due {
    int64_t time;
    uint64_t position;
};

struct expiry {
    struct record_log *log;
    int64_t earliest; /* no row noted is older; INT64_MAX = none noted */
    uint64_t cursor;  /* rows before it are in the heap */
    struct expiry_bucket *buckets;
    uint64_t occupied[EXPIRY_LEVELS][EXPIRY_BUCKETS / 64];
    uint32_t levels; /* those with an occupied bucket, as bits */
    struct expiry_due *heap;
    size_t heap_count;
    size_t heap_capacity;
    struct expiry_chunk *spare;
    struct expiry_queue queue;
    uint64_t bytes; /* but for the queue's */
};

void expiry_init(struct expiry *expiry, struct record_log *log);
void expiry_free(struct expiry *expiry);

/* Notes a row of the log. */
void expiry_add(struct expiry *expiry, int64_t time, uint64_t position);

/* Rows that are due, growing at the end; by the caller sorted, read, and emptied. */
struct due_rows {
    struct expiry_due *rows;
    size_t count;
    size_t capacity;
};

/* Takes the rows older than `cutoff`, or all of them, in no particular order. Rows that were
   matched or used up meanwhile are left out. Nothing is due while cutoff <= expiry->earliest. */
void expiry_take(struct expiry *expiry, int64_t cutoff, struct due_rows *due);
void expiry_take_all(struct expiry *expiry, struct due_rows *due);

/* For taking all without holding all at once: a cutoff that some rows are older than, but few
   (those of one bucket, or of one time). INT64_MAX: no row is older than that. */
int64_t expiry_next_cutoff(struct expiry *expiry);

void due_rows_free(struct due_rows *due);

/* Bytes of memory held. */
static inline uint64_t expiry_bytes(const struct expiry *expiry)
{
    return expiry->bytes + expiry->queue.bytes;
}

#endif
