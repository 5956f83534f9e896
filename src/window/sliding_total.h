#ifndef WINDOW_SLIDING_TOTAL_H
#define WINDOW_SLIDING_TOTAL_H

#include "window/aggregate.h"
#include "window/cell.h"

#include <stddef.h>
#include <stdint.h>

/* The total of a key's cells in a window that moves on, without merging all of them each time: the
   two-stacks scheme for sliding windows. The cells before `middle` are merged from each of them up
   to there, so that leaving cells uncover the total of the rest; those from there to `end` are one
   running total. A step costs two merges, whatever the window holds. For small states only. */
struct sliding_total {
    int64_t middle;
    int64_t end;         /* cells before this are in */
    struct cell *latest; /* of them; NULL = the total holds nothing */
    char *suffixes;      /* per cell its start (16 bytes), then the states from there to middle */
    size_t first;        /* suffixes[first..count) are those of the cells still in the window */
    size_t count;
    size_t capacity;
    char *states; /* of the cells from middle to end */
};

struct sliding_total *sliding_total_new(const struct aggregate_set *aggregates);
void sliding_total_free(struct sliding_total *total, const struct aggregate_set *aggregates);

/* Moves on to [start, end), which is not before the one it had. `oldest` = the first cell of the
   key from `start` on. Merges the total into the zeroed states `into`. */
void sliding_total_merge(struct sliding_total *total, const struct aggregate_set *aggregates,
                         struct cell *oldest, int64_t start, int64_t end, void *into);

/* A record came for a cell: if that is in the total already, the total is brought up to date. */
void sliding_total_update(struct sliding_total *total, const struct aggregate_set *aggregates,
                          struct cell *cell, const struct aggregate_argument *arguments,
                          int64_t time);
/* A cell goes: it is older than all windows to come. */
void sliding_total_drop(struct sliding_total *total, const struct aggregate_set *aggregates,
                        const struct cell *cell);

#endif
