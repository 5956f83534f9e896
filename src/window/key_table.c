#include "window/key_table.h"

#include "cli/diagnostics.h"
#include "ndjson/decimal.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64, RANK_BYTES = 7 };

void key_table_init(struct key_table *table)
{
    *table = (struct key_table){.slot_count = FIRST_SLOTS};
    table->slots = allocate_zeroed(FIRST_SLOTS, sizeof *table->slots);
}

void key_table_free(struct key_table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        free(table->keys[i].bytes);
    free(table->keys);
    free(table->slots);
    free(table->sorted);
    *table = (struct key_table){0};
}

static bool is_key(const struct window_key *kept, const struct json_key *key)
{
    return kept->hash == key->hash && kept->kind == key->kind && kept->length == key->length &&
           memcmp(kept->bytes, key->bytes, key->length) == 0;
}

uint32_t key_table_find(const struct key_table *table, const struct json_key *key)
{
    size_t mask = table->slot_count - 1;
    for (size_t at = key->hash & mask; table->slots[at] != 0; at = (at + 1) & mask)
        if (is_key(&table->keys[table->slots[at] - 1], key))
            return table->slots[at] - 1;
    return UINT32_MAX;
}

static void put_slot(struct key_table *table, uint32_t number)
{
    size_t mask = table->slot_count - 1;
    size_t at = table->keys[number].hash & mask;
    while (table->slots[at] != 0)
        at = (at + 1) & mask;
    table->slots[at] = number + 1;
}

static void grow_slots(struct key_table *table)
{
    free(table->slots);
    table->slot_count *= 2;
    table->slots = allocate_zeroed(table->slot_count, sizeof *table->slots);
    for (uint32_t i = 0; i < table->count; i++)
        if (table->keys[i].bytes != NULL)
            put_slot(table, i);
}

static uint32_t take_number(struct key_table *table)
{
    uint32_t number = table->free - 1;
    if (table->free != 0) {
        table->free = table->keys[number].next_free;
        return number;
    }
    if (table->count == table->capacity) {
        table->capacity = table->capacity == 0 ? FIRST_SLOTS : 2 * table->capacity;
        table->keys = reallocate(table->keys, table->capacity * sizeof *table->keys);
    }
    return table->count++;
}

/* Numbers: the nearest double's bits, made to order; strings: their first bytes. */
static uint64_t rank_of(const struct json_key *key)
{
    uint64_t rank = 0;
    if (key->kind == JSON_NUMBER) {
        double real = decimal_text_to_double(
            (struct json_slice){key->bytes, key->length, JSON_NUMBER, 0});
        memcpy(&rank, &real, sizeof rank);
        rank = rank >> 63 ? ~rank : rank | UINT64_C(1) << 63;
        rank >>= 8;
    } else if (key->kind == JSON_STRING) {
        for (uint32_t i = 0; i < RANK_BYTES; i++)
            rank = rank << 8 | (i < key->length ? (unsigned char)key->bytes[i] : 0);
    }
    return (uint64_t)key->kind << 56 | rank;
}

uint32_t key_table_add(struct key_table *table, const struct json_key *key, const char *members,
                       size_t length)
{
    uint32_t number = take_number(table);
    struct window_key *kept = &table->keys[number];
    *kept = (struct window_key){.hash = key->hash,
                                .rank = rank_of(key),
                                .bytes = allocate(key->length + length + 1),
                                .length = key->length,
                                .members_length = (uint32_t)length,
                                .kind = key->kind};
    memcpy(kept->bytes, key->bytes, key->length);
    if (length > 0)
        memcpy(kept->bytes + key->length, members, length);
    table->live++;
    table->in_order = false;
    if (4 * (size_t)table->live > 3 * table->slot_count)
        grow_slots(table);
    else
        put_slot(table, number);
    return number;
}

void key_table_respell(struct key_table *table, uint32_t number, const char *members, size_t length)
{
    struct window_key *key = &table->keys[number];
    if (key->members_length == length && memcmp(window_key_members(key), members, length) == 0)
        return;
    key->bytes = reallocate(key->bytes, key->length + length + 1);
    memcpy(key->bytes + key->length, members, length);
    key->members_length = (uint32_t)length;
}

static size_t slot_of(const struct key_table *table, uint32_t number)
{
    size_t mask = table->slot_count - 1;
    size_t at = table->keys[number].hash & mask;
    while (table->slots[at] != number + 1)
        at = (at + 1) & mask;
    return at;
}

/* Slots behind the gap move up where that brings them nearer to their place. */
static void close_gap(struct key_table *table, size_t gap)
{
    size_t mask = table->slot_count - 1;
    size_t at = gap;
    for (;;) {
        at = (at + 1) & mask;
        if (table->slots[at] == 0)
            break;
        size_t home = table->keys[table->slots[at] - 1].hash & mask;
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        table->slots[gap] = table->slots[at];
        gap = at;
    }
    table->slots[gap] = 0;
}

void key_table_remove(struct key_table *table, uint32_t number)
{
    struct window_key *key = &table->keys[number];
    close_gap(table, slot_of(table, number));
    free(key->bytes);
    key->bytes = NULL;
    key->next_free = table->free;
    table->free = number + 1;
    table->live--;
    table->removals++;
    table->in_order = false;
}

static struct json_key key_of(const struct window_key *key)
{
    return (struct json_key){.bytes = key->bytes, .length = key->length, .kind = key->kind};
}

int window_key_compare(const struct window_key *a, const struct window_key *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    struct json_key left = key_of(a), right = key_of(b);
    return json_key_compare(&left, &right);
}

static int compare_sorted(const void *a, const void *b, void *keys)
{
    const struct sorted_key *left = a, *right = b;
    const struct window_key *table = keys;
    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    return window_key_compare(&table[left->number], &table[right->number]);
}

const struct sorted_key *key_table_sorted(struct key_table *table, uint32_t *count)
{
    if (!table->in_order) {
        table->sorted = reallocate(table->sorted, (table->live + 1) * sizeof *table->sorted);
        table->sorted_count = 0;
        for (uint32_t i = 0; i < table->count; i++)
            if (table->keys[i].bytes != NULL)
                table->sorted[table->sorted_count++] = (struct sorted_key){table->keys[i].rank, i};
        qsort_r(table->sorted, table->sorted_count, sizeof *table->sorted, compare_sorted,
                table->keys);
        table->in_order = true;
    }
    *count = table->sorted_count;
    return table->sorted;
}

void key_table_link(struct key_table *table, struct cell *cell, struct cell *older)
{
    struct window_key *key = &table->keys[cell->key];
    struct cell *newer = older == NULL ? key->oldest : older->newer;
    cell->older = older;
    cell->newer = newer;
    *(older == NULL ? &key->oldest : &older->newer) = cell;
    *(newer == NULL ? &key->newest : &newer->older) = cell;
}

void key_table_unlink(struct key_table *table, struct cell *cell)
{
    struct window_key *key = &table->keys[cell->key];
    *(cell->older == NULL ? &key->oldest : &cell->older->newer) = cell->newer;
    *(cell->newer == NULL ? &key->newest : &cell->newer->older) = cell->older;
}
