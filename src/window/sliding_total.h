#ifndef WINDOW_SLIDING_TOTAL_H
#define WINDOW_SLIDING_TOTAL_H

#include "window/aggregate.h"
#include "window/cell.h"

#include <stddef.h>
#include <stdint.h>

/* The total of a key's cells in a window that moves on, without merging all of them each time: the
   two-stacks scheme for sliding windows. The cells before `middle` are merged from each of them up
   to there, so that leaving cells uncover the total of the rest; those from there to `end` are one
   running total. A step costs two merges, whatever the window holds. For small states only.
   The middle is where the caller says, not where the total happened to be made, and a total is the
   bytes that its cells give, whatever came when: one made anew after a restart is the same. */
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

/* A stretch of slices, [start, end), and its middle: start <= middle < end. */
struct sliding_range {
    int64_t start;
    int64_t middle;
    int64_t end;
};

/* Moves on to a range, which is not before the one it had. `oldest` = the first cell of the key
   from its start on. Merges the total into the zeroed states `into`. */
void sliding_total_merge(struct sliding_total *total, const struct aggregate_set *aggregates,
                         struct cell *oldest, struct sliding_range range, void *into);

/* A record came for a cell: if that is in the total already, the total is brought up to date. */
void sliding_total_update(struct sliding_total *total, const struct aggregate_set *aggregates,
                          struct cell *cell, const struct aggregate_argument *arguments,
                          int64_t time);
/* A cell goes: it is older than all windows to come. */
void sliding_total_drop(struct sliding_total *total, const struct aggregate_set *aggregates,
                        const struct cell *cell);

#endif
