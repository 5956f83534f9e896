#ifndef WINDOW_SLICE_LIST_H
#define WINDOW_SLICE_LIST_H

#include "window/cell.h"

#include <stddef.h>
#include <stdint.h>

/* The slices that hold something, in the order of their starts. Starts zeroed. */
struct slice {
    int64_t start; /* units */
    struct cell *cells;
    size_t count;
};

struct slice_list {
    struct slice *slices;
    size_t first; /* slices[first..end) are there */
    size_t end;
    size_t capacity;
};

static inline size_t slice_list_count(const struct slice_list *list)
{
    return list->end - list->first;
}

/* The slice of that start; NULL if nothing is in it. Valid until the next change of the list. */
struct slice *slice_list_find(const struct slice_list *list, int64_t start);
struct slice *slice_list_add(struct slice_list *list, int64_t start);
/* Drops the first one. */
void slice_list_shift(struct slice_list *list);
void slice_list_free(struct slice_list *list);

#endif
