#ifndef SQL_SQL_TABLE_H
#define SQL_SQL_TABLE_H

#include "cli/diagnostics.h"
#include "sql/column_type.h"

#include <stdbool.h>
#include <stddef.h>

/* What is known about the table that the rows go to. */

#define SQL_NO_GUARD ((size_t)-1)

struct sql_column {
    char *name;                     /* checked */
    const struct column_type *type; /* NULL = not known before the first record */
    struct column_unit unit;
    bool key; /* part of the primary key */
};

struct sql_table {
    const struct sql_dialect *dialect;
    const char *name; /* checked; TABLE or SCHEMA.TABLE */
    struct sql_column *columns;
    size_t count;
    size_t *keys; /* columns of the primary key, in its order */
    size_t key_count;
    size_t guard;     /* the column that says which of two rows is newer; SQL_NO_GUARD */
    bool insert_only; /* a log: rows are never changed */
    bool create;      /* makes the table unless it is there */
    bool counted;     /* a temporary table counts what became of the rows */
};

/* Appends a column; false: *error says what is wrong with its name. */
bool sql_table_add(struct sql_table *table, const char *name, const struct column_type *type,
                   struct column_unit unit, struct error_text *error);
void sql_table_free(struct sql_table *table);

/* Whether the types of all columns are known. */
bool sql_table_typed(const struct sql_table *table);

/* Finds the columns of `keys` ("a,b"; NULL = none) and the guard: `guard` names it, "none" forbids
   it, NULL means a column `rev` if there is one. All types must be known. */
bool sql_table_complete(struct sql_table *table, const char *keys, const char *guard,
                        struct error_text *error);

/* Appends pieces of SQL, with commas between: "k","v"; "k" text, "v" bigint; the primary key. */
void sql_table_write_name(const struct sql_table *table, struct text_buffer *out);
void sql_table_write_columns(const struct sql_table *table, struct text_buffer *out);
void sql_table_write_keys(const struct sql_table *table, struct text_buffer *out);

/* Appends CREATE TABLE ...; (with IF NOT EXISTS unless `bare`) and LF. */
void sql_table_write_create(const struct sql_table *table, bool bare, struct text_buffer *out);

/* Appends what follows the rows of an INSERT INTO ... AS stored: ON CONFLICT ... */
void sql_table_write_conflict(const struct sql_table *table, struct text_buffer *out);

#endif
