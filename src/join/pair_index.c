#include "join/pair_index.h"

#include <stddef.h>

static void clear_stale(const void *owner, uint64_t *slots, uint32_t count)
{
    const struct pair_index *index = owner;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t place = slots[i] & INDEX_PLACE_MASK;
        const struct record_log *log = index->logs[pair_index_side(place)];
        if (record_log_at(log, pair_index_position(log, place)) == NULL)
            slots[i] = 0;
    }
}

void pair_index_init(struct pair_index *index, const struct record_log *left,
                     const struct record_log *right)
{
    index->logs[SIDE_LEFT] = left;
    index->logs[SIDE_RIGHT] = right;
    key_index_init(&index->keys, clear_stale, index);
}
