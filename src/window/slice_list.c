#include "window/slice_list.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

/* Where a slice is, or belongs. */
static size_t place_of(const struct slice_list *list, int64_t start)
{
    size_t low = list->first, high = list->end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->slices[middle].start < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct slice *slice_list_find(const struct slice_list *list, int64_t start)
{
    size_t place;
    if (list->first == list->end)
        return NULL;
    /* Most records belong to the latest one. */
    if (list->slices[list->end - 1].start == start)
        return &list->slices[list->end - 1];
    place = place_of(list, start);
    return place < list->end && list->slices[place].start == start ? &list->slices[place] : NULL;
}

static void make_room(struct slice_list *list)
{
    if (list->end < list->capacity)
        return;
    if (list->first > list->capacity / 2) {
        memmove(list->slices, list->slices + list->first,
                slice_list_count(list) * sizeof *list->slices);
        list->end -= list->first;
        list->first = 0;
        return;
    }
    list->capacity = list->capacity == 0 ? FIRST_CAPACITY : 2 * list->capacity;
    list->slices = reallocate(list->slices, list->capacity * sizeof *list->slices);
}

struct slice *slice_list_add(struct slice_list *list, int64_t start)
{
    size_t place;
    make_room(list);
    place = place_of(list, start);
    memmove(list->slices + place + 1, list->slices + place,
            (list->end - place) * sizeof *list->slices);
    list->slices[place] = (struct slice){.start = start};
    list->end++;
    return &list->slices[place];
}

void slice_list_shift(struct slice_list *list)
{
    if (++list->first == list->end)
        list->first = list->end = 0;
}

void slice_list_free(struct slice_list *list)
{
    free(list->slices);
    *list = (struct slice_list){0};
}
