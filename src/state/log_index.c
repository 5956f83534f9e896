#include "state/log_index.h"

uint32_t log_index_keep_live(const void *owner, uint64_t *slots, uint32_t count)
{
    const struct record_log *log = owner;
    uint32_t live = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t slot = slots[i];
        slots[live] = slot;
        live += record_log_at(log, log_index_position(log, slot & INDEX_PLACE_MASK)) != NULL;
    }
    return live;
}
