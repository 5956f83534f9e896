#include "sql/sql_dialect.h"
#include "sql/sql_name.h"

#include "time/timestamp.h"

#include <string.h>

/* psql: the rows of a transaction are COPY data into a temporary table that has the types of the
   real one, and one INSERT carries them over. */

static void write_opening(const struct sql_table *table, struct text_buffer *out)
{
    text_buffer_add_text(out, "\\set QUIET on\n"
                              "\\set ON_ERROR_STOP on\n"
                              "\\set AUTOCOMMIT on\n"
                              "\\encoding UTF8\n"
                              "SET client_min_messages = warning;\n");
    if (table->create)
        sql_table_write_create(table, false, out);
    text_buffer_add_text(out, "DROP TABLE IF EXISTS pg_temp.evsql_batch, pg_temp.evsql_counts;\n"
                              "CREATE TEMPORARY TABLE evsql_batch ON COMMIT DELETE ROWS AS SELECT "
                              "0::bigint AS evsql_order, false AS evsql_retract, ");
    sql_table_write_columns(table, out);
    text_buffer_add_text(out, " FROM ");
    sql_table_write_name(table, out);
    text_buffer_add_text(out, " WITH NO DATA;\n");
    if (table->counted)
        text_buffer_add_text(out, "CREATE TEMPORARY TABLE evsql_counts AS SELECT 0::bigint AS "
                                  "written, 0::bigint AS refused, 0::bigint AS deleted;\n");
}

/* COPY's text format: a field ends at a tab, a row at a newline, a backslash quotes. */
static void write_text(struct text_buffer *out, const char *bytes, size_t length)
{
    char *at = text_buffer_reserve(out, 2 * length);
    for (size_t i = 0; i < length; i++) {
        char byte = bytes[i];
        if (byte == '\\' || byte == '\t' || byte == '\n' || byte == '\r') {
            *at++ = '\\';
            byte = byte == '\t' ? 't' : byte == '\n' ? 'n' : byte == '\r' ? 'r' : '\\';
        }
        *at++ = byte;
    }
    out->length = (size_t)(at - out->bytes);
}

/* Microseconds are what PostgreSQL keeps; it would round the nanoseconds up. */
static void write_time(struct text_buffer *out, int64_t time)
{
    char text[TIMESTAMP_TEXT_SIZE];
    int64_t steps = sql_time_steps(time, NS_PER_US);
    int64_t floored = steps < INT64_MIN / NS_PER_US ? time : steps * NS_PER_US;
    text_buffer_add(out, text, timestamp_format(floored, text));
}

static void write_value(struct text_buffer *out, const struct sql_value *value)
{
    switch (value->kind) {
    case SQL_NULL:
        text_buffer_add(out, "\\N", 2);
        break;
    case SQL_TEXT:
        write_text(out, value->text.bytes, value->text.length);
        break;
    case SQL_NUMBER:
        text_buffer_add(out, value->text.bytes, value->text.length);
        break;
    case SQL_BOOLEAN:
        text_buffer_add_byte(out, value->truth ? 't' : 'f');
        break;
    case SQL_TIME:
        write_time(out, value->time);
        break;
    }
}

static void write_row(const struct sql_table *table, const struct sql_value *values, bool retract,
                      struct text_buffer *out)
{
    text_buffer_add(out, retract ? "\tt" : "\tf", 2);
    for (size_t i = 0; i < table->count; i++) {
        text_buffer_add_byte(out, '\t');
        write_value(out, &values[i]);
    }
    text_buffer_add_byte(out, '\n');
}

static void write_copy(const struct row_batch *batch, struct text_buffer *out)
{
    text_buffer_add_text(out, "COPY pg_temp.evsql_batch FROM STDIN;\n");
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->rows[i].replaced)
            continue;
        struct row_text body = batch_row_body(batch, &batch->rows[i]);
        text_buffer_add_format(out, "%zu", i);
        text_buffer_add(out, body.bytes, body.length);
    }
    text_buffer_add_text(out, "\\.\n");
}

/* The last row of each key, as the database compares keys: it may find some equal (citext, char(n),
   a collation of its own) that were told apart before, and refuses two of them in one INSERT. */
static void write_newest(const struct sql_table *table, struct text_buffer *out)
{
    text_buffer_add_text(out, "(SELECT DISTINCT ON (");
    sql_table_write_keys(table, out);
    text_buffer_add_text(out, ") * FROM pg_temp.evsql_batch ORDER BY ");
    sql_table_write_keys(table, out);
    if (table->guard != SQL_NO_GUARD) {
        text_buffer_add_text(out, ", ");
        sql_name_write(out, table->columns[table->guard].name);
        text_buffer_add_text(out, " DESC");
    }
    text_buffer_add_text(out, table->insert_only ? ", evsql_order) AS newest"
                                                 : ", evsql_order DESC) AS newest");
}

static void write_match(struct text_buffer *out, const char *lead, const char *name,
                        const char *comparison)
{
    text_buffer_add_format(out, "%sstored.", lead);
    sql_name_write(out, name);
    text_buffer_add_format(out, " %s newest.", comparison);
    sql_name_write(out, name);
}

static void write_delete(const struct sql_table *table, struct text_buffer *out)
{
    text_buffer_add_text(out, table->counted ? "WITH gone AS (DELETE FROM " : "DELETE FROM ");
    sql_table_write_name(table, out);
    text_buffer_add_text(out, " AS stored USING ");
    write_newest(table, out);
    text_buffer_add_text(out, " WHERE newest.evsql_retract");
    for (size_t i = 0; i < table->key_count; i++)
        write_match(out, " AND ", table->columns[table->keys[i]].name, "=");
    if (table->guard != SQL_NO_GUARD) {
        const char *guard = table->columns[table->guard].name;
        text_buffer_add_text(out, " AND (stored.");
        sql_name_write(out, guard);
        write_match(out, " IS NULL OR ", guard, "<=");
        text_buffer_add_byte(out, ')');
    }
    if (table->counted)
        text_buffer_add_text(out, " RETURNING 1) UPDATE pg_temp.evsql_counts SET deleted = deleted "
                                  "+ (SELECT count(*) FROM gone)");
    text_buffer_add_text(out, ";\n");
}

static void write_insert(const struct sql_table *table, const struct row_batch *batch,
                         struct text_buffer *out)
{
    text_buffer_add_text(out, table->counted ? "WITH done AS (INSERT INTO " : "INSERT INTO ");
    sql_table_write_name(table, out);
    text_buffer_add_text(out, " AS stored (");
    sql_table_write_columns(table, out);
    text_buffer_add_text(out, ") SELECT ");
    sql_table_write_columns(table, out);
    text_buffer_add_text(out, " FROM ");
    if (table->key_count > 0)
        write_newest(table, out);
    else
        text_buffer_add_text(out, "(SELECT * FROM pg_temp.evsql_batch ORDER BY evsql_order) AS "
                                  "newest");
    text_buffer_add_text(out, " WHERE NOT evsql_retract");
    sql_table_write_conflict(table, out);
    if (table->counted)
        text_buffer_add_format(out,
                               " RETURNING 1) UPDATE pg_temp.evsql_counts SET written = written + "
                               "n, refused = refused + %zu - n FROM (SELECT count(*) AS n FROM "
                               "done) AS counted",
                               batch->upserts);
    text_buffer_add_text(out, ";\n");
}

static void write_batch(const struct sql_table *table, const struct row_batch *batch,
                        struct text_buffer *out)
{
    write_copy(batch, out);
    if (batch->retracts > 0)
        write_delete(table, out);
    if (batch->upserts > 0)
        write_insert(table, batch, out);
}

static void write_counts(const struct sql_table *table, struct text_buffer *out)
{
    text_buffer_add_format(out,
                           "\\pset tuples_only on\n"
                           "\\pset format unaligned\n"
                           "SELECT json_build_object('table', '%s', 'written', written, 'refused', "
                           "refused, 'deleted', deleted) FROM pg_temp.evsql_counts;\n",
                           table->name);
}

/* Also inside of $evsql$...$evsql$: no '$' is left as it is. */
static void write_literal(const char *bytes, size_t length, struct text_buffer *out)
{
    text_buffer_add_text(out, "E'");
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '$' || bytes[i] == '\'' || bytes[i] == '\\' ||
            (unsigned char)bytes[i] < ' ')
            text_buffer_add_format(out, "\\x%02x", (unsigned)(unsigned char)bytes[i]);
        else
            text_buffer_add_byte(out, bytes[i]);
    }
    text_buffer_add_byte(out, '\'');
}

/* PL/pgSQL needs no preparation. */
static void write_fence(const char *refusal, size_t length, struct text_buffer *out)
{
    (void)refusal;
    (void)length;
    (void)out;
}

static void write_check(const char *refusal, size_t length, struct text_buffer *out)
{
    text_buffer_add_text(out, "IF NOT FOUND THEN RAISE USING MESSAGE = ");
    text_buffer_add(out, refusal, length);
    text_buffer_add_text(out, "; END IF;\nEND $evsql$;\n");
}

/* An index entry of a B-tree takes at most 2704 bytes, with up to 8 of its own per column. */
const struct sql_dialect sql_dialect_postgres = {
    .kind = SQL_POSTGRES,
    .client = "psql",
    .keyed_table_suffix = "",
    .begin = "BEGIN;\n",
    .time_resolution = NS_PER_US,
    .longest_key = 2600,
    .write_opening = write_opening,
    .write_row = write_row,
    .write_batch = write_batch,
    .write_counts = write_counts,
    .query_opening = "\\set QUIET on\n"
                     "\\set ON_ERROR_STOP on\n"
                     "\\set AUTOCOMMIT on\n"
                     "\\encoding UTF8\n"
                     "\\pset tuples_only on\n"
                     "\\pset format unaligned\n"
                     "SET client_min_messages = warning;\n",
    .lock_mode = "SHARE ROW EXCLUSIVE MODE",
    .json_of_file = "to_json(file)::text",
    .json_of_topic = "to_json(kafka_topic)::text",
    .write_literal = write_literal,
    .write_fence = write_fence,
    .fence_lead = "DO $evsql$ BEGIN\n",
    .write_check = write_check,
};
