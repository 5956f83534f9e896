#ifndef WINDOW_KEY_CACHE_H
#define WINDOW_KEY_CACHE_H

#include "ndjson/json_slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The numbers of keys that came lately, by their text as it stands in the record: the few groups of
   a busy stream are told apart without making, hashing and comparing keys. Texts of up to
   KEY_CACHE_TEXT bytes. Starts zeroed. */
enum { KEY_CACHE_TEXT = 16, KEY_CACHE_PLACES = 256 };

struct key_cache {
    struct cached_key {
        uint64_t head; /* the text's first 8 bytes, or all of it and zeros */
        uint64_t tail; /* its last 8 bytes if it is longer than that, else 0 */
        uint32_t length;
        uint32_t number;
        uint32_t removals; /* of the key table when it was noted: later numbers may be others' */
    } places[KEY_CACHE_PLACES];
};

/* The text as it is kept; false = too long for that. `text` is part of a line, which has padding
   behind it. */
static inline bool key_cache_read(struct json_slice text, struct cached_key *key)
{
    uint64_t mask;
    if (text.length - 1 >= KEY_CACHE_TEXT)
        return false;
    memcpy(&key->head, text.text, 8);
    key->length = text.length;
    key->tail = 0;
    if (text.length > 8) {
        memcpy(&key->tail, text.text + text.length - 8, 8);
        return true;
    }
    mask = ~UINT64_C(0) >> (64 - 8 * text.length);
    key->head &= mask;
    return true;
}

static inline struct cached_key *key_cache_place(struct key_cache *cache,
                                                 const struct cached_key *key)
{
    uint64_t mixed = (key->head ^ key->tail * 3) * UINT64_C(0x9E3779B97F4A7C15);
    return &cache->places[mixed >> 56];
}

/* The number of the key with this text; UINT32_MAX = not known. */
static inline uint32_t key_cache_find(struct key_cache *cache, struct json_slice text,
                                      uint32_t removals)
{
    struct cached_key key = {0};
    const struct cached_key *place;
    if (!key_cache_read(text, &key))
        return UINT32_MAX;
    place = key_cache_place(cache, &key);
    if (place->head != key.head || place->tail != key.tail || place->length != key.length ||
        place->removals != removals)
        return UINT32_MAX;
    return place->number;
}

static inline void key_cache_note(struct key_cache *cache, struct json_slice text,
                                  uint32_t removals, uint32_t number)
{
    struct cached_key key = {0};
    if (!key_cache_read(text, &key))
        return;
    key.number = number;
    key.removals = removals;
    *key_cache_place(cache, &key) = key;
}

#endif
