#include "sql/sql_dialect.h"
#include "sql/sql_name.h"

#include "ndjson/decimal.h"
#include "ndjson/json_string.h"
#include "ndjson/number_text.h"

#include <string.h>

/* sqlite3: the rows of a transaction are one JSON text in one INSERT. Measured: three times as fast
   as a VALUES list, which SQLite compiles row by row. */

/* Keys without order change thousands of pages per transaction: 64 MB of them stay in memory, and
   as many in the log of a WAL database, before each is written once. Both end with the session. */
static void write_opening(const struct sql_table *table, struct text_buffer *out)
{
    text_buffer_add_text(out, ".bail on\n"
                              ".timeout 60000\n"
                              "PRAGMA cache_size = -65536;\n"
                              ".once /dev/null\n"
                              "PRAGMA wal_autocheckpoint = 16384;\n");
    if (table->create)
        sql_table_write_create(table, false, out);
    if (table->counted)
        text_buffer_add_text(out, "DROP TABLE IF EXISTS temp.evsql_counts;\n"
                                  "CREATE TEMPORARY TABLE evsql_counts AS SELECT 0 AS written, 0 "
                                  "AS refused, 0 AS deleted;\n");
}

/* A number as integer or as real where that is the number itself, otherwise as its digits in a
   text: each value always in the same way, however it is spelled. */
struct stored_number {
    enum { STORED_INTEGER, STORED_REAL, STORED_TEXT } as;
    int64_t integer;
    double real;
    struct decimal decimal; /* STORED_TEXT: of the number, if it is `small` */
    bool small;
};

static struct stored_number store_number(struct json_slice canonical)
{
    struct stored_number stored = {.as = STORED_TEXT};
    struct decimal nearest;
    stored.small = decimal_parse(canonical, &stored.decimal);
    if (!stored.small)
        return stored;
    if (decimal_to_integer(stored.decimal, &stored.integer)) {
        stored.as = STORED_INTEGER;
        return stored;
    }
    stored.real = decimal_to_double(stored.decimal);
    if (decimal_from_double(stored.real, &nearest) && decimal_compare(stored.decimal, nearest) == 0)
        stored.as = STORED_REAL;
    return stored;
}

static void write_digits(struct text_buffer *out, struct json_slice canonical,
                         const struct stored_number *stored)
{
    text_buffer_add_byte(out, '"');
    if (stored->small)
        decimal_write(out, stored->decimal);
    else
        text_buffer_add(out, canonical.text, canonical.length);
    text_buffer_add_byte(out, '"');
}

static void write_number(struct text_buffer *out, struct json_slice number)
{
    int64_t integer;
    if (integer_parse(number, &integer)) {
        decimal_write(out, decimal_from_integer(integer));
        return;
    }
    struct text_buffer canonical = {0};
    sql_number_canonicalise(&canonical, number);
    struct json_slice text = {canonical.bytes, (uint32_t)canonical.length, JSON_NUMBER, 0};
    struct stored_number stored = store_number(text);
    if (stored.as == STORED_INTEGER)
        decimal_write(out, decimal_from_integer(stored.integer));
    else if (stored.as == STORED_REAL)
        double_write(out, stored.real);
    else
        write_digits(out, text, &stored);
    text_buffer_free(&canonical);
}

/* A text is greater than every number, and two of them compare by their characters. */
static bool is_ordered(struct json_slice canonical)
{
    return store_number(canonical).as != STORED_TEXT;
}

/* Nine digits behind the point, always: as text, times then have their order. */
static void write_time(struct text_buffer *out, int64_t time)
{
    char text[TIMESTAMP_TEXT_SIZE];
    int64_t second = sql_time_steps(time, NS_PER_SECOND);
    uint64_t fraction = (uint64_t)time - (uint64_t)second * (uint64_t)NS_PER_SECOND;
    timestamp_format(time, text);
    text_buffer_add_format(out, "\"%.19s.%09uZ\"", text, (unsigned)fraction);
}

/* JSON in a literal: between single quotes, which are doubled inside. */
static void write_value(struct text_buffer *out, const struct sql_value *value)
{
    switch (value->kind) {
    case SQL_NULL:
        text_buffer_add(out, "null", 4);
        break;
    case SQL_TEXT:
        json_string_encode(out, value->text.bytes, value->text.length);
        break;
    case SQL_NUMBER:
        write_number(out, (struct json_slice){value->text.bytes, (uint32_t)value->text.length,
                                              JSON_NUMBER, 0});
        break;
    case SQL_BOOLEAN:
        text_buffer_add_byte(out, value->truth ? '1' : '0');
        break;
    case SQL_TIME:
        write_time(out, value->time);
        break;
    }
}

static void double_quotes(struct text_buffer *out, size_t start)
{
    size_t quotes = 0;
    for (size_t i = start; i < out->length; i++)
        quotes += out->bytes[i] == '\'';
    if (quotes == 0)
        return;
    text_buffer_reserve(out, quotes);
    char *to = out->bytes + out->length + quotes;
    for (const char *from = out->bytes + out->length; from > out->bytes + start;) {
        *--to = *--from;
        if (*from == '\'')
            *--to = '\'';
    }
    out->length += quotes;
}

static void write_row(const struct sql_table *table, const struct sql_value *values, bool retract,
                      struct text_buffer *out)
{
    size_t start = out->length;
    (void)retract;
    for (size_t i = 0; i < table->count; i++) {
        text_buffer_add_byte(out, i == 0 ? '[' : ',');
        write_value(out, &values[i]);
    }
    text_buffer_add_byte(out, ']');
    double_quotes(out, start);
}

/* json_each() of the rows that are retracts, or of those that are not. */
static void write_rows(const struct row_batch *batch, bool retract, struct text_buffer *out)
{
    const char *lead = "json_each('[";
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->rows[i].replaced || batch->rows[i].retract != retract)
            continue;
        struct row_text body = batch_row_body(batch, &batch->rows[i]);
        text_buffer_add_text(out, lead);
        text_buffer_add(out, body.bytes, body.length);
        lead = ",";
    }
    text_buffer_add_text(out, "]')");
}

static void write_key_match(const struct sql_table *table, struct text_buffer *out)
{
    for (size_t i = 0; i < table->key_count; i++) {
        text_buffer_add_text(out, i > 0 ? " AND stored." : "stored.");
        sql_name_write(out, table->columns[table->keys[i]].name);
        text_buffer_add_format(out, " = newest.value->>%zu", table->keys[i]);
    }
}

static void write_guard_match(const struct sql_table *table, struct text_buffer *out)
{
    const char *guard = table->columns[table->guard].name;
    text_buffer_add_text(out, " WHERE stored.");
    sql_name_write(out, guard);
    text_buffer_add_text(out, " IS NULL OR stored.");
    sql_name_write(out, guard);
    text_buffer_add_format(out, " <= newest.value->>%zu", table->guard);
}

/* CROSS JOIN: SQLite then keeps the order and finds each row by its key. */
static void write_delete(const struct sql_table *table, const struct row_batch *batch,
                         struct text_buffer *out)
{
    text_buffer_add_text(out, "DELETE FROM ");
    sql_table_write_name(table, out);
    text_buffer_add_text(out, " WHERE (");
    sql_table_write_keys(table, out);
    text_buffer_add_text(out, ") IN (SELECT ");
    for (size_t i = 0; i < table->key_count; i++) {
        text_buffer_add_text(out, i > 0 ? ", stored." : "stored.");
        sql_name_write(out, table->columns[table->keys[i]].name);
    }
    text_buffer_add_text(out, " FROM ");
    write_rows(batch, true, out);
    text_buffer_add_text(out, " AS newest CROSS JOIN ");
    sql_table_write_name(table, out);
    text_buffer_add_text(out, " AS stored ON ");
    write_key_match(table, out);
    if (table->guard != SQL_NO_GUARD)
        write_guard_match(table, out);
    text_buffer_add_text(out, ");\n");
    if (table->counted)
        text_buffer_add_text(out, "UPDATE temp.evsql_counts SET deleted = deleted + changes();\n");
}

/* WHERE true: without it SQLite takes ON for the beginning of a join's condition. */
static void write_insert(const struct sql_table *table, const struct row_batch *batch,
                         struct text_buffer *out)
{
    text_buffer_add_text(out, "INSERT INTO ");
    sql_table_write_name(table, out);
    text_buffer_add_text(out, " AS stored (");
    sql_table_write_columns(table, out);
    text_buffer_add_text(out, ") SELECT ");
    for (size_t i = 0; i < table->count; i++)
        text_buffer_add_format(out, "%svalue->>%zu", i > 0 ? ", " : "", i);
    text_buffer_add_text(out, " FROM ");
    write_rows(batch, false, out);
    text_buffer_add_text(out, " WHERE true");
    sql_table_write_conflict(table, out);
    text_buffer_add_text(out, ";\n");
    if (table->counted)
        text_buffer_add_format(out,
                               "UPDATE temp.evsql_counts SET written = written + changes(), "
                               "refused = refused + %zu - changes();\n",
                               batch->upserts);
}

static void write_batch(const struct sql_table *table, const struct row_batch *batch,
                        struct text_buffer *out)
{
    if (batch->retracts > 0)
        write_delete(table, batch, out);
    if (batch->upserts > 0)
        write_insert(table, batch, out);
}

static void write_counts(const struct sql_table *table, struct text_buffer *out)
{
    text_buffer_add_format(out,
                           ".headers off\n"
                           ".mode list\n"
                           "SELECT json_object('table', '%s', 'written', written, 'refused', "
                           "refused, 'deleted', deleted) FROM temp.evsql_counts;\n",
                           table->name);
}

static void write_literal(const char *bytes, size_t length, struct text_buffer *out)
{
    text_buffer_add_byte(out, '\'');
    size_t start = out->length;
    text_buffer_add(out, bytes, length);
    double_quotes(out, start);
    text_buffer_add_byte(out, '\'');
}

/* SQL without procedures can fail on purpose in a trigger only. */
static void write_fence(const char *refusal, size_t length, struct text_buffer *out)
{
    text_buffer_add_text(out, "DROP TABLE IF EXISTS temp.evsql_fence;\n"
                              "CREATE TEMPORARY TABLE evsql_fence (changed);\n"
                              "CREATE TEMPORARY TRIGGER evsql_fence_holds BEFORE INSERT ON "
                              "evsql_fence BEGIN SELECT CASE WHEN new.changed = 1 THEN "
                              "RAISE(IGNORE) ELSE RAISE(ABORT, ");
    text_buffer_add(out, refusal, length);
    text_buffer_add_text(out, ") END; END;\n");
}

static void write_check(const char *refusal, size_t length, struct text_buffer *out)
{
    (void)refusal;
    (void)length;
    text_buffer_add_text(out, "INSERT INTO temp.evsql_fence VALUES (changes());\n");
}

const struct sql_dialect sql_dialect_sqlite = {
    .kind = SQL_SQLITE,
    .client = "sqlite3",
    .names_fold = true,
    .keyed_table_suffix = " WITHOUT ROWID",
    .begin = "BEGIN IMMEDIATE;\n",
    .time_resolution = 1,
    .is_ordered = is_ordered,
    .write_opening = write_opening,
    .write_row = write_row,
    .write_batch = write_batch,
    .write_counts = write_counts,
    .query_opening = ".bail on\n"
                     ".timeout 60000\n"
                     ".headers off\n"
                     ".mode list\n",
    .json_of_file = "json_quote(file)",
    .json_of_topic = "json_quote(kafka_topic)",
    .write_literal = write_literal,
    .write_fence = write_fence,
    .fence_lead = "",
    .write_check = write_check,
};
