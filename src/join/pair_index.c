#include "join/pair_index.h"

#include "state/log_index.h"

#include <stddef.h>

static void look_one_by_one(const struct pair_index *index, uint64_t *slots, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t place = slots[i] & INDEX_PLACE_MASK;
        const struct record_log *log = index->logs[pair_index_side(place)];
        if (record_log_at(log, pair_index_position(log, place)) == NULL)
            slots[i] = 0;
    }
}

/* What is stale stands among the rest in no order that a branch could be told by. */
static void clear_stale(const void *owner, uint64_t *slots, uint32_t count)
{
    const struct pair_index *index = owner;
    const struct log_reach reaches[2] = {log_index_reach(index->logs[SIDE_LEFT]),
                                         log_index_reach(index->logs[SIDE_RIGHT])};
    if (!reaches[SIDE_LEFT].whole || !reaches[SIDE_RIGHT].whole) {
        look_one_by_one(index, slots, count);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t place = slots[i] & INDEX_PLACE_MASK;
        const struct log_reach *reach = &reaches[pair_index_side(place)];
        uint64_t distance = (reach->end - (place >> 1)) & (INDEX_PLACE_MASK >> 1);
        slots[i] &= 0 - (uint64_t)(distance <= reach->length);
    }
}

void pair_index_init(struct pair_index *index, const struct record_log *left,
                     const struct record_log *right)
{
    index->logs[SIDE_LEFT] = left;
    index->logs[SIDE_RIGHT] = right;
    key_index_init(&index->keys, clear_stale, index);
}
