#include "window/window_plan.h"

#include "time/timestamp.h"

bool window_plan_ticks(const struct window_plan *plan, int64_t watermark, int64_t *next)
{
    int64_t every = plan->every;
    bool first = *next == INT64_MIN;
    if (!plan->update || every == 0 || watermark < *next || watermark == INT64_MAX)
        return false;
    *next = time_add(watermark - (watermark % every + every) % every, every);
    return !first;
}

uint32_t window_key_find(const struct key_table *keys, struct window_record *record)
{
    if (record->number == UINT32_MAX)
        record->number = key_table_find(keys, &record->key);
    return record->number;
}

uint32_t window_key_add(const struct window_plan *plan, struct key_table *keys,
                        struct window_record *record)
{
    struct text_buffer members = {0};
    group_list_write(plan->groups, record->texts, &members);
    record->number = key_table_add(keys, &record->key, members.bytes, members.length);
    text_buffer_free(&members);
    return record->number;
}
