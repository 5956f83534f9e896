#include "window/value_set.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 8, HEADER = 5 };

static bool holds(const struct value_set *set, const struct value_set_slot *slot,
                  const struct json_key *key)
{
    const char *at = set->bytes + slot->place - 1;
    uint32_t length;
    memcpy(&length, at + 1, sizeof length);
    return slot->hash == key->hash && (uint8_t)at[0] == key->kind && length == key->length &&
           memcmp(at + HEADER, key->bytes, length) == 0;
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
        struct json_key key = {.hash = slot->hash};
        if (slot->place == 0)
            continue;
        const char *at = other->bytes + slot->place - 1;
        key.kind = (uint8_t)at[0];
        memcpy(&key.length, at + 1, sizeof key.length);
        key.bytes = at + HEADER;
        value_set_add(set, &key);
    }
}

void value_set_clear(struct value_set *set)
{
    free(set->slots);
    free(set->bytes);
    *set = (struct value_set){0};
}
