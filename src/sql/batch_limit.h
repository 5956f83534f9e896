#ifndef SQL_BATCH_LIMIT_H
#define SQL_BATCH_LIMIT_H

#include <stdint.h>

/* How many records go into a transaction. What a transaction costs the database is less per row the
   more rows it has; so it may have more while the client is what the pipe waits for, when records
   are late anyway. It has few as soon as the client keeps up, so that each is seen at once. */
struct batch_limit {
    uint64_t least;
    uint64_t most;
    uint64_t current;
    int64_t written; /* steady clock ns of the end of the write before; 0 = none */
};

/* The default's `most` is so many times the `least`. */
enum { BATCH_LIMIT_GROWTH = 16 };

/* `most` = `least`: the limit is fixed. */
struct batch_limit batch_limit_make(uint64_t least, uint64_t most);

/* A transaction was written from `begin` to `end` (steady clock ns): the limit doubles if writing
   took most of the time since the write before, and halves if it did not. */
void batch_limit_adapt(struct batch_limit *limit, int64_t begin, int64_t end);

#endif
