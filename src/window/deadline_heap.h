#ifndef WINDOW_DEADLINE_HEAP_H
#define WINDOW_DEADLINE_HEAP_H

#include "window/cell.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sessions by the time at which something is to be done about them. A session that went on since
   is found out when its turn comes. Starts zeroed. */
struct deadline {
    int64_t time; /* ns */
    struct cell *cell;
    bool final; /* it is to be given up; otherwise written for the first time */
};

struct deadline_heap {
    struct deadline *items; /* the earliest first, a binary heap */
    size_t count;
    size_t capacity;
};

void deadline_heap_push(struct deadline_heap *heap, struct deadline deadline);
/* The earliest one, if it is at or before `time`. */
bool deadline_heap_pop(struct deadline_heap *heap, int64_t time, struct deadline *deadline);
void deadline_heap_free(struct deadline_heap *heap);

#endif
