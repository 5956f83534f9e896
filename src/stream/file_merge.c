#include "stream/file_merge.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

void file_merge_init(struct file_merge *merge, size_t files, bool timed)
{
    *merge = (struct file_merge){.files = allocate(files * sizeof(struct input *)), .timed = timed};
}

void file_merge_free(struct file_merge *merge)
{
    free(merge->files);
}

static int64_t place_of(const struct file_merge *merge, const struct input *input)
{
    const struct event *event = &input->events[input->next];
    return merge->timed && event->fate == EVENT_USE ? event->time : INT64_MIN;
}

bool file_merge_precedes(const struct file_merge *merge, const struct input *input,
                         const struct input *other)
{
    if (other == NULL)
        return true;
    int64_t own = place_of(merge, input);
    int64_t others = place_of(merge, other);
    return own < others || (own == others && input->index < other->index);
}

/* The smaller child of a place; its right one need not be there. */
static size_t earlier_child(const struct file_merge *merge, size_t place)
{
    size_t left = 2 * place + 1;
    size_t right = left + 1;
    return right < merge->count &&
                   file_merge_precedes(merge, merge->files[right], merge->files[left])
               ? right
               : left;
}

static void sift_down(struct file_merge *merge)
{
    struct input *input = merge->files[0];
    size_t place = 0;
    while (2 * place + 1 < merge->count) {
        size_t child = earlier_child(merge, place);
        if (file_merge_precedes(merge, input, merge->files[child]))
            break;
        merge->files[place] = merge->files[child];
        place = child;
    }
    merge->files[place] = input;
}

void file_merge_add(struct file_merge *merge, struct input *input)
{
    size_t place = merge->count++;
    while (place > 0 && file_merge_precedes(merge, input, merge->files[(place - 1) / 2])) {
        merge->files[place] = merge->files[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    merge->files[place] = input;
}

struct input *file_merge_first(const struct file_merge *merge)
{
    return merge->count > 0 ? merge->files[0] : NULL;
}

const struct input *file_merge_second(const struct file_merge *merge)
{
    return merge->count > 1 ? merge->files[earlier_child(merge, 0)] : NULL;
}

void file_merge_advance(struct file_merge *merge)
{
    sift_down(merge);
}

void file_merge_drop(struct file_merge *merge)
{
    merge->files[0] = merge->files[--merge->count];
    if (merge->count > 0)
        sift_down(merge);
}
