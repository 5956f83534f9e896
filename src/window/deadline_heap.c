#include "window/deadline_heap.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

void deadline_heap_push(struct deadline_heap *heap, struct deadline deadline)
{
    size_t at = heap->count++;
    if (heap->count > heap->capacity) {
        heap->capacity = heap->capacity == 0 ? FIRST_CAPACITY : 2 * heap->capacity;
        heap->items = reallocate(heap->items, heap->capacity * sizeof *heap->items);
    }
    while (at > 0 && heap->items[(at - 1) / 2].time > deadline.time) {
        heap->items[at] = heap->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->items[at] = deadline;
}

bool deadline_heap_pop(struct deadline_heap *heap, int64_t time, struct deadline *deadline)
{
    struct deadline moved;
    size_t at = 0, child;
    if (heap->count == 0 || heap->items[0].time > time)
        return false;
    *deadline = heap->items[0];
    moved = heap->items[--heap->count];
    while ((child = 2 * at + 1) < heap->count) {
        if (child + 1 < heap->count && heap->items[child + 1].time < heap->items[child].time)
            child++;
        if (heap->items[child].time >= moved.time)
            break;
        heap->items[at] = heap->items[child];
        at = child;
    }
    heap->items[at] = moved;
    return true;
}

void deadline_heap_free(struct deadline_heap *heap)
{
    free(heap->items);
    *heap = (struct deadline_heap){0};
}
