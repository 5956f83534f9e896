#include "state/log_index.h"

void log_index_clear_stale(const void *owner, uint64_t *slots, uint32_t count)
{
    const struct record_log *log = owner;
    for (uint32_t i = 0; i < count; i++)
        if (record_log_at(log, log_index_position(log, slots[i] & INDEX_PLACE_MASK)) == NULL)
            slots[i] = 0;
}
