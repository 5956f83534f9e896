#ifndef WINDOW_CELL_H
#define WINDOW_CELL_H

#include <stddef.h>
#include <stdint.h>

/* What is kept of one key in one slice of time, or of one session: the states of all aggregates. */
struct cell {
    int64_t first;      /* start of the slice, in units; a session's first event time, ns */
    int64_t last;       /* a session's last event time, ns */
    struct cell *older; /* of the same key */
    struct cell *newer;
    struct cell *next; /* in the list of its slice; in the list of free cells */
    uint64_t version;  /* of its latest change */
    uint64_t written;  /* version that was written last; of sessions */
    uint32_t revision; /* of sessions: results written so far */
    uint32_t key;      /* number */
    uint32_t change;   /* place in the journal + 1; 0 = not changed since the last snapshot */
    uint32_t saved;    /* snapshot that it was written anew in last; 0 = none */
    uint32_t bytes;    /* of what was written of it from there on */
    uint8_t gone;      /* a session that became part of another one */
    uint8_t deadlines; /* places of a session in the heap */
    _Alignas(16) char states[];
};

/* Cells of one size, made by the block, used again. */
struct cell_block;
struct cell_pool {
    size_t size; /* of a cell */
    struct cell *free;
    struct cell_block *blocks;
    size_t next; /* next unused cell of the newest block */
    uint64_t in_use;
};

void cell_pool_init(struct cell_pool *pool, size_t states_size);
/* The states of cells in use must have been cleared before. */
void cell_pool_free(struct cell_pool *pool);

/* Zeroed. */
struct cell *cell_take(struct cell_pool *pool);
/* Its states are zero again. */
void cell_give(struct cell_pool *pool, struct cell *cell);

#endif
