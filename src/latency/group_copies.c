#include "latency/group_copies.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { STEP_BYTES = 256 * 1024 };

static void add_copy(struct copied_groups *copied, struct latency_group *copy)
{
    if (copied->count == copied->capacity) {
        copied->capacity = copied->capacity == 0 ? 64 : 2 * copied->capacity;
        copied->copies = reallocate(copied->copies, copied->capacity * sizeof *copied->copies);
    }
    copied->copies[copied->count++] = copy;
}

/* A report may have sorted the groups meanwhile: then they are looked through once more. */
static size_t copy_some(const struct group_copies *copies, struct copied_groups *copied,
                        const struct latency_groups *groups, size_t bytes)
{
    size_t made = 0;
    while (made < bytes && copied->count < groups->count) {
        if (copied->next >= groups->count)
            copied->next = 0;
        struct latency_group *group = groups->groups[copied->next++];
        made += sizeof group;
        if (group->copied == copies->number)
            continue;
        group->copy = latency_group_copy(group);
        group->copied = copies->number;
        add_copy(copied, group->copy);
        made += sizeof *group + latency_histogram_bytes(&group->histogram);
    }
    return made;
}

static void begin(struct group_copies *copies)
{
    if (copies->begun)
        return;
    copies->begun = true;
    copies->number++;
    copies->step = STEP_BYTES;
    copies->left = SIZE_MAX;
}

/* Where groups come faster than they are copied, the steps grow. */
bool group_copies_step(struct group_copies *copies, const struct latency_groups *recent,
                       const struct latency_groups *shelved)
{
    size_t left = recent->count - copies->recent.count + shelved->count - copies->shelved.count;
    size_t made;
    begin(copies);
    if (left >= copies->left && left > 0)
        copies->step *= 2;
    copies->left = left;
    made = copy_some(copies, &copies->recent, recent, copies->step);
    if (made < copies->step)
        copy_some(copies, &copies->shelved, shelved, copies->step - made);
    return copies->recent.count == recent->count && copies->shelved.count == shelved->count;
}

void copied_groups_free(struct copied_groups *copied)
{
    for (size_t i = 0; i < copied->count; i++)
        latency_group_free(copied->copies[i]);
    free(copied->copies);
    *copied = (struct copied_groups){0};
}

void group_copies_drop(struct group_copies *copies)
{
    copied_groups_free(&copies->recent);
    copied_groups_free(&copies->shelved);
    copies->begun = false;
}

void group_copies_take(struct group_copies *copies, struct copied_groups *recent,
                       struct copied_groups *shelved)
{
    *recent = copies->recent;
    *shelved = copies->shelved;
    copies->recent = copies->shelved = (struct copied_groups){0};
    copies->begun = false;
}
