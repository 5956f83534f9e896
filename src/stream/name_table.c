#include "stream/name_table.h"

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

void name_table_free(struct name_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->entries[i].bytes);
    free(table->entries);
    free(table->slots);
    *table = (struct name_table){0};
}

static bool entry_is(const struct name_entry *entry, const char *bytes, size_t length)
{
    return entry->length == length && memcmp(entry->bytes, bytes, length) == 0;
}

/* The slot that holds the name, or the free one where it would go. */
static size_t find_slot(const struct name_table *table, const char *bytes, size_t length)
{
    size_t mask = table->slot_count - 1;
    size_t slot = (size_t)XXH3_64bits(bytes, length) & mask;
    while (table->slots[slot] != 0 &&
           !entry_is(&table->entries[table->slots[slot] - 1], bytes, length))
        slot = (slot + 1) & mask;
    return slot;
}

static void fill_slots(struct name_table *table)
{
    memset(table->slots, 0, table->slot_count * sizeof *table->slots);
    for (size_t i = 0; i < table->count; i++) {
        struct name_entry *entry = &table->entries[i];
        table->slots[find_slot(table, entry->bytes, entry->length)] = (uint32_t)i + 1;
    }
}

static void grow(struct name_table *table)
{
    table->slot_count = table->slot_count == 0 ? 16 : 2 * table->slot_count;
    table->slots = reallocate(table->slots, table->slot_count * sizeof *table->slots);
    table->capacity = table->slot_count / 2;
    table->entries = reallocate(table->entries, table->capacity * sizeof *table->entries);
    fill_slots(table);
}

size_t name_table_find(struct name_table *table, const char *bytes, size_t length)
{
    uint32_t found;
    if (table->latest < table->count && entry_is(&table->entries[table->latest], bytes, length))
        return table->latest;
    if (table->count == 0)
        return SIZE_MAX;
    found = table->slots[find_slot(table, bytes, length)];
    if (found == 0)
        return SIZE_MAX;
    return table->latest = found - 1;
}

size_t name_table_put(struct name_table *table, const char *bytes, size_t length)
{
    size_t found = name_table_find(table, bytes, length);
    if (found != SIZE_MAX)
        return found;
    if (table->count == table->capacity)
        grow(table);
    table->slots[find_slot(table, bytes, length)] = (uint32_t)table->count + 1;
    table->entries[table->count].bytes = memcpy(allocate(length + 1), bytes, length);
    table->entries[table->count].length = length;
    return table->latest = table->count++;
}

void name_table_rename(struct name_table *table, size_t index, const char *bytes, size_t length)
{
    struct name_entry *entry = &table->entries[index];
    free(entry->bytes);
    entry->bytes = memcpy(allocate(length + 1), bytes, length);
    entry->length = length;
    fill_slots(table);
}
