#ifndef SQL_ROW_BATCH_H
#define SQL_ROW_BATCH_H

#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rows of the transaction to come. Of the rows of one key only the last one stays: the last by
   its guard, of those with one guard the last that came. */
struct batch_row {
    size_t start; /* in bytes: identity, guard, body, one behind the other */
    uint32_t identity_length;
    uint32_t guard_length;
    size_t body_length;
    uint64_t hash;
    bool retract;  /* takes the row away */
    bool replaced; /* by a later one of its key: not to be written */
};

struct row_batch {
    struct text_buffer bytes;
    struct batch_row *rows; /* in the order in which they came */
    size_t count;
    size_t capacity;
    uint32_t *slots; /* of a hash table: row + 1; 0 = free */
    size_t slot_count;
    size_t taken;        /* rows that were added, the replaced ones too */
    size_t upserts;      /* rows to be written */
    size_t retracts;     /* rows to be taken away */
    uint64_t superseded; /* rows that gave way to another of their key, over all batches */
};

/* A piece of text, borrowed. */
struct row_text {
    const char *bytes;
    size_t length;
};

/* Adds a row; copies all three. identity: see sql_value_identify(); NULL bytes = none: the row has
   no key and stands for itself. guard: a number's text (sql_value_rank()); NULL bytes = none, the
   later row wins. */
void row_batch_add(struct row_batch *batch, struct row_text identity, struct row_text guard,
                   struct row_text body, bool retract);

/* Forgets the rows, keeps the memory. */
void row_batch_clear(struct row_batch *batch);
void row_batch_free(struct row_batch *batch);

static inline struct row_text batch_row_body(const struct row_batch *batch,
                                             const struct batch_row *row)
{
    return (struct row_text){batch->bytes.bytes + row->start + row->identity_length +
                                 row->guard_length,
                             row->body_length};
}

#endif
