#include "join/pair_index.h"

#include <stddef.h>

static uint32_t keep_live(const void *owner, uint64_t *slots, uint32_t count)
{
    const struct pair_index *index = owner;
    uint32_t live = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t slot = slots[i];
        uint64_t place = slot & INDEX_PLACE_MASK;
        const struct record_log *log = index->logs[pair_index_side(place)];
        slots[live] = slot;
        live += record_log_at(log, pair_index_position(log, place)) != NULL;
    }
    return live;
}

void pair_index_init(struct pair_index *index, const struct record_log *left,
                     const struct record_log *right)
{
    index->logs[SIDE_LEFT] = left;
    index->logs[SIDE_RIGHT] = right;
    key_index_init(&index->keys, keep_live, index);
}
