#include "window/value_set.h"

#include "cli/diagnostics.h"
#include "ndjson/json_iterator.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 8, HEADER = 5, SAVED_AT_ONCE = 256 * 1024 };

static bool holds(const struct value_set *set, const struct value_set_slot *slot,
                  const struct json_key *key)
{
    const char *at = set->bytes + slot->place - 1;
    uint32_t length;
    memcpy(&length, at + 1, sizeof length);
    return slot->hash == key->hash && (uint8_t)at[0] == key->kind && length == key->length &&
           memcmp(at + HEADER, key->bytes, length) == 0;
}

static struct json_key key_at(const char *at)
{
    struct json_key key = {.kind = (uint8_t)at[0], .bytes = at + HEADER};
    memcpy(&key.length, at + 1, sizeof key.length);
    return key;
}

static void grow(struct value_set *set)
{
    size_t count = set->slot_count == 0 ? FIRST_SLOTS : 2 * set->slot_count;
    struct value_set_slot *slots = allocate_zeroed(count, sizeof *slots);
    for (size_t i = 0; i < set->slot_count; i++) {
        size_t at = set->slots[i].hash & (count - 1);
        if (set->slots[i].place == 0)
            continue;
        while (slots[at].place != 0)
            at = (at + 1) & (count - 1);
        slots[at] = set->slots[i];
    }
    free(set->slots);
    set->slots = slots;
    set->slot_count = count;
}

static size_t keep(struct value_set *set, const struct json_key *key)
{
    size_t size = HEADER + key->length;
    size_t place = set->used;
    char *at;
    if (set->room < set->used + size) {
        set->room = 2 * set->room + size;
        set->bytes = reallocate(set->bytes, set->room);
    }
    at = set->bytes + place;
    at[0] = (char)key->kind;
    memcpy(at + 1, &key->length, sizeof key->length);
    memcpy(at + HEADER, key->bytes, key->length);
    set->used += size;
    return place + 1;
}

void value_set_add(struct value_set *set, const struct json_key *key)
{
    size_t at;
    if (4 * (set->count + 1) > 3 * set->slot_count)
        grow(set);
    at = key->hash & (set->slot_count - 1);
    for (; set->slots[at].place != 0; at = (at + 1) & (set->slot_count - 1))
        if (holds(set, &set->slots[at], key))
            return;
    set->slots[at] = (struct value_set_slot){key->hash, keep(set, key)};
    set->count++;
}

void value_set_merge(struct value_set *set, const struct value_set *other)
{
    for (size_t i = 0; i < other->slot_count; i++) {
        const struct value_set_slot *slot = &other->slots[i];
        struct json_key key;
        if (slot->place == 0)
            continue;
        key = key_at(other->bytes + slot->place - 1);
        key.hash = slot->hash;
        value_set_add(set, &key);
    }
}

void value_set_clear(struct value_set *set)
{
    free(set->slots);
    free(set->bytes);
    *set = (struct value_set){0};
}

bool value_set_save(struct value_set *set, bool anew, struct text_buffer *out)
{
    size_t limit = out->length + SAVED_AT_ONCE;
    const char *lead = "";
    if (anew)
        set->saved = 0;
    text_buffer_add_byte(out, '[');
    while (set->saved < set->used && out->length < limit) {
        struct json_key key = key_at(set->bytes + set->saved);
        text_buffer_add_text(out, lead);
        json_key_write(&key, out);
        set->saved += HEADER + key.length;
        lead = ",";
    }
    text_buffer_add_byte(out, ']');
    return set->saved == set->used;
}

bool value_set_restore(struct value_set *set, struct json_slice saved)
{
    struct json_iterator iterator = json_iterator_start(saved);
    struct scratch scratch = {0};
    struct json_slice value;
    struct json_key key;
    bool good = saved.kind == JSON_ARRAY;
    while (good && json_iterator_next(&iterator, NULL, &value)) {
        good = json_key_make(value, &scratch, &key);
        if (good)
            value_set_add(set, &key);
        scratch_reset(&scratch);
    }
    scratch_free(&scratch);
    set->saved = set->used;
    return good;
}
