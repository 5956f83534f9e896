#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/options.h"

#include <stdbool.h>
#include <stddef.h>

/* All options of a command in one row each: its sets one after the other, then --help and
   --version, whose store is NULL. */
struct option_entry {
    const struct option_row *row;
    void *base;
    bool seen; /* given on the command line */
};

struct option_table {
    struct option_entry *entries;
    size_t count;
};

struct option_table option_table_make(const struct command *command);
void option_table_free(struct option_table *table);

extern const struct option_row option_table_help;
extern const struct option_row option_table_version;

/* The entry of a long name or a letter; NULL = none. */
struct option_entry *option_table_find(const struct option_table *table, const char *name);
struct option_entry *option_table_find_letter(const struct option_table *table, char letter);

/* The long name that the person most likely meant by `typed`: one that begins with it, or the
   nearest in spelling if near enough; NULL = none. */
const char *option_table_nearest(const struct option_table *table, const char *typed);

/* True for a row whose argument is written "[RATIO]". */
bool option_row_argument_optional(const struct option_row *row);

/* "--delay", or "-J" for a row without a long name. Returns spelling. */
enum { OPTION_SPELLING_SIZE = 72 };
const char *option_row_spelling(const struct option_row *row, char spelling[OPTION_SPELLING_SIZE]);

#endif
