#include "cli/option_table.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option_row option_table_help = {
    .name = "help", .letter = 'h', .help = "this text", .group = GROUP_REPORT};
const struct option_row option_table_version = {
    .name = "version", .help = "what this is and what it is linked with", .group = GROUP_REPORT};

static void add_entry(struct option_table *table, const struct option_row *row, void *base)
{
    table->entries = reallocate(table->entries, (table->count + 1) * sizeof(*table->entries));
    table->entries[table->count++] = (struct option_entry){row, base, false};
}

struct option_table option_table_make(const struct command *command)
{
    struct option_table table = {NULL, 0};
    for (size_t i = 0; i < command->set_count; i++)
        for (const struct option_row *row = command->sets[i].rows; row->name; row++)
            add_entry(&table, row, command->sets[i].base);
    add_entry(&table, &option_table_help, NULL);
    add_entry(&table, &option_table_version, NULL);
    return table;
}

void option_table_free(struct option_table *table)
{
    free(table->entries);
    *table = (struct option_table){NULL, 0};
}

struct option_entry *option_table_find(const struct option_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->entries[i].row->name, name) == 0)
            return &table->entries[i];
    return NULL;
}

struct option_entry *option_table_find_letter(const struct option_table *table, char letter)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->entries[i].row->letter == letter)
            return &table->entries[i];
    return NULL;
}

enum { LONGEST_NAME = 63 };

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance, one row of its matrix at a time. */
static int edit_distance(const char *a, const char *b)
{
    int row[LONGEST_NAME + 2];
    int columns = (int)strlen(b);

    if (columns > LONGEST_NAME)
        return INT_MAX;
    for (int k = 0; k <= columns; k++)
        row[k] = k;
    for (int i = 0; a[i]; i++) {
        int diagonal = row[0];
        row[0] = i + 1;
        for (int k = 0; k < columns; k++) {
            int changed = diagonal + (a[i] != b[k]);
            diagonal = row[k + 1];
            row[k + 1] = smaller(changed, 1 + smaller(row[k], row[k + 1]));
        }
    }
    return row[columns];
}

const char *option_table_nearest(const struct option_table *table, const char *typed)
{
    size_t length = strlen(typed);
    int least = (int)(length + 2) / 3 + 1; /* a third of its letters wrong is no longer a slip */
    const char *nearest = NULL;

    for (size_t i = 0; i < table->count && length; i++) {
        const char *name = table->entries[i].row->name;
        if (!*name)
            continue;
        int distance = strncmp(name, typed, length) == 0 ? 0 : edit_distance(typed, name);
        if (distance < least) {
            least = distance;
            nearest = name;
        }
    }
    return nearest;
}

bool option_row_argument_optional(const struct option_row *row)
{
    return row->argument && row->argument[0] == '[';
}

const char *option_row_spelling(const struct option_row *row, char spelling[OPTION_SPELLING_SIZE])
{
    if (*row->name)
        snprintf(spelling, OPTION_SPELLING_SIZE, "--%s", row->name);
    else
        snprintf(spelling, OPTION_SPELLING_SIZE, "-%c", row->letter);
    return spelling;
}
