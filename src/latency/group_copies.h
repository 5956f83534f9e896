#ifndef LATENCY_GROUP_COPIES_H
#define LATENCY_GROUP_COPIES_H

#include "latency/latency_groups.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies of all groups, for a snapshot's writer thread. A histogram changes all over, so that a
   snapshot has it whole; to copy thousands of them at once would hold the stream up. So they are
   copied bit by bit while records go on coming: what a group that has a copy counts meanwhile is
   counted in the copy too. Starts zeroed. */
struct copied_groups {
    struct latency_group **copies;
    size_t count;
    size_t capacity;
    size_t next; /* the group to look at next */
};

struct group_copies {
    bool begun;
    uint32_t number; /* of the snapshot being made: a group with another one has no copy */
    size_t step;     /* bytes to copy at a time */
    size_t left;     /* groups that had no copy before the latest step */
    struct copied_groups recent;
    struct copied_groups shelved;
};

/* Copies some groups, in well below a millisecond; true = all have a copy. */
bool group_copies_step(struct group_copies *copies, const struct latency_groups *recent,
                       const struct latency_groups *shelved);
/* Forgets all copies: groups were moved or given up. */
void group_copies_drop(struct group_copies *copies);

/* A group has counted a latency. */
static inline void group_copies_record(const struct group_copies *copies,
                                       const struct latency_group *group, int64_t ns)
{
    if (copies->begun && group->copied == copies->number)
        latency_histogram_record(&group->copy->histogram, ns);
}

/* Ends a snapshot: the copies are the caller's, to be freed by copied_groups_free(). */
void group_copies_take(struct group_copies *copies, struct copied_groups *recent,
                       struct copied_groups *shelved);
void copied_groups_free(struct copied_groups *copied);

#endif
