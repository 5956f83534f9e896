#include "window/group_list.h"

#include "ndjson/json_iterator.h"

#include <string.h>

/* As json_key_make() lays out an array: kind, length, canonical bytes of each element. */
enum { ELEMENT_HEADER = 5 };

struct group_list group_list_make(const struct expression_list *list)
{
    struct group_list groups = {.list = list};
    groups.plain = list != NULL && list->count == 1 &&
                   expression_path_slot(list->items[0].expression, &groups.slot);
    return groups;
}

static bool make_key(const struct group_list *groups, size_t item, struct json_slice text,
                     struct scratch *scratch, struct json_key *key, struct error_text *error)
{
    return json_key_make(text, scratch, key) ||
           refuse(error, "%s is an object", groups->list->items[item].name);
}

static void join_keys(const struct json_key *parts, size_t count, struct scratch *scratch,
                      struct json_key *key)
{
    size_t room = 0;
    char *at;
    for (size_t i = 0; i < count; i++)
        room += ELEMENT_HEADER + parts[i].length;
    at = scratch_take(scratch, room);
    *key = (struct json_key){.bytes = at, .length = (uint32_t)room, .kind = JSON_ARRAY};
    for (size_t i = 0; i < count; i++) {
        at[0] = (char)parts[i].kind;
        memcpy(at + 1, &parts[i].length, sizeof parts[i].length);
        memcpy(at + ELEMENT_HEADER, parts[i].bytes, parts[i].length);
        at += ELEMENT_HEADER + parts[i].length;
        key->hash = (key->hash ^ parts[i].hash) * UINT64_C(0x9E3779B97F4A7C15);
        key->hash ^= key->hash >> 32;
    }
}

static bool composite_key(const struct group_list *groups, const struct json_slice *texts,
                          struct scratch *scratch, struct json_key *key, struct error_text *error)
{
    size_t count = groups->list->count;
    struct json_key *parts = scratch_take(scratch, count * sizeof *parts);
    for (size_t i = 0; i < count; i++)
        if (!make_key(groups, i, texts[i], scratch, &parts[i], error))
            return false;
    if (count == 1)
        *key = parts[0];
    else
        join_keys(parts, count, scratch, key);
    return true;
}

static const struct json_key no_key = {.bytes = "", .kind = JSON_NULL};

bool group_list_restore_key(const struct group_list *groups, const struct json_slice *texts,
                            struct scratch *scratch, struct json_key *key)
{
    struct error_text error;
    *key = no_key;
    return groups->list == NULL || composite_key(groups, texts, scratch, key, &error);
}

bool group_list_key(const struct group_list *groups, const struct record_view *record,
                    struct scratch *scratch, struct json_key *key, const struct json_slice **texts,
                    struct error_text *error)
{
    struct json_slice *own;
    struct value *values;
    if (groups->list == NULL) {
        *key = no_key;
        return true;
    }
    if (groups->plain && !json_slice_absent(record->slots[groups->slot])) {
        *texts = &record->slots[groups->slot];
        return make_key(groups, 0, record->slots[groups->slot], scratch, key, error);
    }
    values = scratch_take(scratch, groups->list->count * sizeof *values);
    own = scratch_take(scratch, groups->list->count * sizeof *own);
    *texts = own;
    if (expression_list_evaluate(groups->list, record, scratch, values, error) != 0)
        return false;
    for (size_t i = 0; i < groups->list->count; i++)
        own[i] = value_slice(&values[i], scratch);
    return composite_key(groups, own, scratch, key, error);
}

void group_list_write(const struct group_list *groups, const struct json_slice *texts,
                      struct text_buffer *out)
{
    for (size_t i = 0; i < group_list_count(groups); i++) {
        const struct expression_item *item = &groups->list->items[i];
        text_buffer_add_byte(out, ',');
        text_buffer_add(out, item->name_text.text, item->name_text.length);
        text_buffer_add_byte(out, ':');
        text_buffer_add(out, texts[i].text, texts[i].length);
    }
}

void group_list_read(const struct group_list *groups, const char *members, size_t length,
                     struct json_slice *texts)
{
    const char *end = members + length;
    for (size_t i = 0; i < group_list_count(groups); i++) {
        members += groups->list->items[i].name_text.length + 2;
        texts[i] = json_slice_at(members, end);
        members += texts[i].length;
    }
}
