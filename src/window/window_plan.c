#include "window/window_plan.h"

uint32_t window_key_add(const struct window_plan *plan, struct key_table *keys,
                        const struct window_record *record)
{
    struct text_buffer members = {0};
    uint32_t key;
    group_list_write(plan->groups, record->texts, &members);
    key = key_table_add(keys, &record->key, members.bytes, members.length);
    text_buffer_free(&members);
    return key;
}
