#include "state/segment_tiers.h"

#include <string.h>

/* The TIER_WIDTH segments of its role and tier that begin with `first`, no other tier of the role
   between them. */
static bool run_from(const struct segment_list *list, size_t first, size_t indices[TIER_WIDTH])
{
    const struct segment *begun = &list->items[first];
    uint64_t bytes = 0;
    size_t count = 0;
    for (size_t i = first; i < list->count && count < TIER_WIDTH; i++) {
        const struct segment *segment = &list->items[i];
        if (strcmp(segment->role, begun->role) != 0)
            continue;
        bytes += segment->seal.bytes;
        if (segment->tier != begun->tier || bytes > TIER_LARGEST)
            return false;
        indices[count++] = i;
    }
    return count == TIER_WIDTH;
}

bool segment_tiers_find(const struct segment_list *list, size_t indices[TIER_WIDTH])
{
    for (size_t i = 0; i < list->count; i++)
        if (run_from(list, i, indices))
            return true;
    return false;
}
