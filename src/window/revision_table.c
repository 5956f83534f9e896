#include "window/revision_table.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { FIRST_PLACES = 64 };

static size_t home_of(const struct revision_table *table, uint32_t key, int64_t end)
{
    uint64_t mixed = ((uint64_t)end + key) * UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 32 ^ key) * UINT64_C(0xC2B2AE3D27D4EB4F);
    return (mixed >> 29) & (table->place_count - 1);
}

static size_t place_of(const struct revision_table *table, uint32_t key, int64_t end)
{
    size_t at = home_of(table, key, end);
    while (table->places[at].number != 0 &&
           (table->places[at].key != key || table->places[at].end != end))
        at = (at + 1) & (table->place_count - 1);
    return at;
}

struct revision *revision_table_find(const struct revision_table *table, uint32_t key, int64_t end)
{
    if (table->count == 0)
        return NULL;
    struct revision *revision = &table->places[place_of(table, key, end)];
    return revision->number == 0 ? NULL : revision;
}

static void grow(struct revision_table *table)
{
    struct revision_table old = *table;
    table->place_count = old.place_count == 0 ? FIRST_PLACES : 2 * old.place_count;
    table->places = allocate_zeroed(table->place_count, sizeof *table->places);
    for (size_t i = 0; i < old.place_count; i++)
        if (old.places[i].number != 0)
            table->places[place_of(table, old.places[i].key, old.places[i].end)] = old.places[i];
    free(old.places);
}

static struct revision *make_place(struct revision_table *table, uint32_t key, int64_t end)
{
    struct revision *revision;
    if (4 * (table->count + 1) > 3 * table->place_count)
        grow(table);
    revision = &table->places[place_of(table, key, end)];
    table->count += revision->number == 0;
    return revision;
}

struct revision *revision_table_write(struct revision_table *table, uint32_t key, int64_t end,
                                      uint64_t version)
{
    struct revision *revision = make_place(table, key, end);
    if (revision->number == 0)
        *revision = (struct revision){.end = end, .key = key};
    revision->version = version;
    revision->number = (revision->number + 1) & REVISION_LARGEST;
    return revision;
}

void revision_table_put(struct revision_table *table, struct revision revision)
{
    *make_place(table, revision.key, revision.end) = revision;
}

void revision_table_remove(struct revision_table *table, uint32_t key, int64_t end)
{
    size_t mask = table->place_count - 1;
    size_t gap, at;
    if (revision_table_find(table, key, end) == NULL)
        return;
    gap = at = place_of(table, key, end);
    /* What stands behind moves up where that brings it nearer to its place. */
    for (at = (at + 1) & mask; table->places[at].number != 0; at = (at + 1) & mask) {
        size_t home = home_of(table, table->places[at].key, table->places[at].end);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        table->places[gap] = table->places[at];
        gap = at;
    }
    table->places[gap].number = 0;
    table->count--;
}

void revision_table_free(struct revision_table *table)
{
    free(table->places);
    *table = (struct revision_table){0};
}
