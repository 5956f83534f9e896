#ifndef WINDOW_KEY_TABLE_H
#define WINDOW_KEY_TABLE_H

#include "ndjson/json_key.h"
#include "window/cell.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The groups of --by, each kept once for as long as some window has something of it: numbered, with
   what is printed for it and the cells that belong to it, in the order of time. */
struct sliding_total;
struct window_key {
    uint64_t hash;
    uint64_t rank;           /* orders like the key as far as it goes */
    char *bytes;             /* canonical bytes, then the members; owned; NULL = a free number */
    uint32_t length;         /* of the canonical bytes */
    uint32_t members_length; /* of `,"name":value...` */
    uint8_t kind;            /* enum json_kind */
    uint32_t next_free;
    struct cell *oldest;
    struct cell *newest;
    struct sliding_total *sliding; /* owned by whoever makes it; NULL = none */
};

struct key_table {
    uint32_t *slots; /* number of a key + 1; 0 = free */
    size_t slot_count;
    struct window_key *keys;
    uint32_t count; /* numbers in use or free */
    uint32_t live;
    uint32_t capacity;
    uint32_t free; /* number of a free key + 1 */
    struct sorted_key {
        uint64_t rank; /* beside the number, so that sorting need not look at the keys */
        uint32_t number;
    } * sorted;
    uint32_t sorted_count;
    bool in_order;     /* `sorted` is up to date */
    uint32_t removals; /* so far: while it stays, numbers mean what they meant */
};

void key_table_init(struct key_table *table);
void key_table_free(struct key_table *table);

/* Fetches what key_table_find() will look at. */
static inline void key_table_prefetch(const struct key_table *table, uint64_t hash)
{
    __builtin_prefetch(&table->slots[hash & (table->slot_count - 1)]);
}

/* The number of a key; UINT32_MAX = not there. */
uint32_t key_table_find(const struct key_table *table, const struct json_key *key);
/* A new key; `members` is copied. */
uint32_t key_table_add(struct key_table *table, const struct json_key *key, const char *members,
                       size_t length);
/* What is printed for it is something else from now on. */
void key_table_respell(struct key_table *table, uint32_t number, const char *members,
                       size_t length);
/* Forgets a key that has no cells any more. */
void key_table_remove(struct key_table *table, uint32_t number);

static inline const char *window_key_members(const struct window_key *key)
{
    return key->bytes + key->length;
}

/* jq's order of the keys' values. */
int window_key_compare(const struct window_key *a, const struct window_key *b);

/* All keys in their order. */
const struct sorted_key *key_table_sorted(struct key_table *table, uint32_t *count);

/* A cell takes its place among those of its key, behind `older` (NULL: it is the oldest); leaves
   it. */
void key_table_link(struct key_table *table, struct cell *cell, struct cell *older);
void key_table_unlink(struct key_table *table, struct cell *cell);

#endif
