#ifndef EXPRESSION_LOOKUP_TABLE_H
#define EXPRESSION_LOOKUP_TABLE_H

#include "cli/diagnostics.h"
#include "ndjson/json_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tables that expressions read as $NAME[KEY]: NDJSON files in memory, found by key. A row takes its
   own length and 30 to 60 bytes; of rows of one key the last one counts. */

struct lookup_table;

/* All tables of a run; starts with lookup_tables_new(). */
struct lookup_tables;

struct lookup_tables *lookup_tables_new(void);
void lookup_tables_free(struct lookup_tables *tables);

/* Adds a table by its specification NAME=FILE:KEY, without reading it. false: refused. */
bool lookup_tables_add(struct lookup_tables *tables, const char *specification,
                       struct error_text *error);

/* Reads all files. On failure *error says which line of which file is why; a table that was read
   before keeps its rows. *missing: a file could not be read at all. */
bool lookup_tables_load(struct lookup_tables *tables, bool *missing, struct error_text *error);

/* Rows that were replaced by loading again live on until this. */
void lookup_tables_drop_replaced(struct lookup_tables *tables);

/* The table of this name; NULL = none, also if `tables` is NULL. */
const struct lookup_table *lookup_tables_find(const struct lookup_tables *tables, const char *name,
                                              size_t length);

/* The table of that index; NULL behind the last. */
const struct lookup_table *lookup_tables_at(const struct lookup_tables *tables, size_t index);

/* The row of a key, an object; JSON_NULL if there is none. */
struct json_slice lookup_table_row(const struct lookup_table *table, const struct json_key *key);

/* What it is, for --explain and messages. */
struct lookup_table_facts {
    const char *name;
    const char *file;
    const char *key;
    uint64_t rows;
    uint64_t duplicates; /* rows that a later one of the same key replaced */
    uint64_t bytes;
};
struct lookup_table_facts lookup_table_facts(const struct lookup_table *table);

#endif
