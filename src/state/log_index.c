#include "state/log_index.h"

struct log_reach log_index_reach(const struct record_log *log)
{
    uint64_t end = record_log_end(log);
    uint64_t first = record_log_first(log);
    size_t behind = log->count;
    while (behind > 0 && log->segments[behind - 1].memory != NULL)
        behind--;
    return (struct log_reach){end, first == LOG_NOWHERE ? 0 : end - first,
                              first == LOG_NOWHERE ||
                                  first / LOG_SEGMENT_UNITS >= log->first + behind};
}

static void look_one_by_one(const struct record_log *log, uint64_t *slots, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (record_log_at(log, log_index_position(log, slots[i] & INDEX_PLACE_MASK)) == NULL)
            slots[i] = 0;
}

/* What is stale stands among the rest in no order that a branch could be told by. */
void log_index_clear_stale(const void *owner, uint64_t *slots, uint32_t count)
{
    struct log_reach reach = log_index_reach(owner);
    if (!reach.whole) {
        look_one_by_one(owner, slots, count);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t distance = (reach.end - slots[i]) & INDEX_PLACE_MASK;
        slots[i] &= 0 - (uint64_t)(distance <= reach.length);
    }
}
