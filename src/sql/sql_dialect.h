#ifndef SQL_SQL_DIALECT_H
#define SQL_SQL_DIALECT_H

#include "ndjson/text_buffer.h"
#include "sql/column_type.h"
#include "sql/row_batch.h"
#include "sql/sql_table.h"
#include "sql/sql_value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How one database's client is spoken to. All functions append text to `out`, whole lines except
   for write_row(). */
struct sql_dialect {
    enum sql_dialect_kind kind;
    const char *client;             /* "psql" */
    bool names_fold;                /* names that differ in case only are one name */
    const char *keyed_table_suffix; /* behind CREATE TABLE (...) */
    const char *begin;              /* of a transaction that writes */
    int64_t time_resolution;        /* ns: what is kept of a time */
    size_t longest_key; /* bytes of a primary key, as sql_value_identify() counts; 0 = any */

    /* Whether the database orders a guard of this rank by value; NULL = every one. */
    bool (*is_ordered)(struct json_slice rank);

    /* The first lines: what makes the pipe safe, and what the batches need. */
    void (*write_opening)(const struct sql_table *table, struct text_buffer *out);
    /* The body of a row (row_batch.h) from a value per column. */
    void (*write_row)(const struct sql_table *table, const struct sql_value *values, bool retract,
                      struct text_buffer *out);
    /* What changes the rows, inside a transaction. */
    void (*write_batch)(const struct sql_table *table, const struct row_batch *batch,
                        struct text_buffer *out);
    /* Shows what was counted (table->counted), as one line of JSON. */
    void (*write_counts)(const struct sql_table *table, struct text_buffer *out);

    /* For position_table.h; `refusal` is a literal. */
    const char *query_opening; /* what a script begins with that prints bare lines */
    const char *lock_mode;     /* waits for transactions that commit; NULL = `begin` does */
    const char *json_of_file;  /* the column `file` as JSON text */
    const char *json_of_topic;
    void (*write_literal)(const char *bytes, size_t length, struct text_buffer *out);
    /* The session's part of the fence. */
    void (*write_fence)(const char *refusal, size_t length, struct text_buffer *out);
    /* Around an upsert that must change a row. */
    const char *fence_lead;
    void (*write_check)(const char *refusal, size_t length, struct text_buffer *out);
};

extern const struct sql_dialect sql_dialect_postgres;
extern const struct sql_dialect sql_dialect_sqlite;

#endif
