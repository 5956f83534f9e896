#ifndef STATE_EXPIRY_QUEUE_H
#define STATE_EXPIRY_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Positions of rows whose times do not fall, in the order in which they were noted: what an expiry
   need not sort. 4 bytes per row. */
struct expiry_queue {
    struct queue_piece *first; /* NULL = empty */
    struct queue_piece *last;
    struct queue_piece *spare;
    uint32_t next;  /* the first row, in the first piece */
    int64_t latest; /* time of the last row */
    uint64_t bytes;
};

/* Starts zeroed. */
void expiry_queue_free(struct expiry_queue *queue);

/* Notes a row; positions grow. false: its time is before that of the last one, it is not noted. */
bool expiry_queue_add(struct expiry_queue *queue, int64_t time, uint64_t position);

/* The first row; false: there is none. *ahead is one that comes some rows later, or the same. */
bool expiry_queue_first(const struct expiry_queue *queue, uint64_t *position, uint64_t *ahead);

/* A row at most some dozens behind the first, or that one. There is one. */
uint64_t expiry_queue_near(const struct expiry_queue *queue);

/* Forgets the first row. There is one. */
void expiry_queue_take(struct expiry_queue *queue);

#endif
