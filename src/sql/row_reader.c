#include "sql/row_reader.h"

#include "sql/sql_dialect.h"

#include <stdlib.h>

void row_reader_init(struct row_reader *reader, const struct sql_table *table)
{
    *reader = (struct row_reader){.table = table,
                                  .values = allocate_zeroed(table->count, sizeof *reader->values)};
}

void row_reader_free(struct row_reader *reader)
{
    free(reader->values);
    text_buffer_free(&reader->identity);
    text_buffer_free(&reader->guard);
    text_buffer_free(&reader->body);
}

static bool convert(struct row_reader *reader, const struct json_slice *values, bool retract,
                    struct scratch *scratch, struct error_text *error)
{
    const struct sql_table *table = reader->table;
    struct error_text reason;
    for (size_t i = 0; i < table->count; i++) {
        const struct sql_column *column = &table->columns[i];
        struct column_input input = {column->type, column->unit, table->dialect->kind, values[i],
                                     scratch};
        if (retract && !column->key && i != table->guard)
            input.value.kind = JSON_ABSENT;
        if (!column_convert(&input, &reader->values[i], &reason))
            return refuse(error, "%s %.180s", column->name, reason.text);
    }
    return true;
}

/* A guard orders the rows of one key by a number. */
static bool read_guard(struct row_reader *reader, struct error_text *error)
{
    const struct sql_table *table = reader->table;
    reader->guard.length = 0;
    if (table->guard == SQL_NO_GUARD)
        return true;
    const struct sql_value *value = &reader->values[table->guard];
    if (value->kind == SQL_NULL)
        return refuse(error, "%s is missing, which says which row is newer",
                      table->columns[table->guard].name);
    sql_value_rank(value, table->dialect->time_resolution, &reader->guard);
    struct json_slice rank = {reader->guard.bytes, (uint32_t)reader->guard.length, JSON_NUMBER, 0};
    return table->dialect->is_ordered == NULL || table->dialect->is_ordered(rank) ||
           refuse(error, "%s has more digits than the database's numbers",
                  table->columns[table->guard].name);
}

static bool read_key(struct row_reader *reader, struct error_text *error)
{
    const struct sql_table *table = reader->table;
    size_t longest = table->dialect->longest_key;
    reader->identity.length = 0;
    for (size_t i = 0; i < table->key_count; i++) {
        const struct sql_value *value = &reader->values[table->keys[i]];
        if (value->kind == SQL_NULL)
            return refuse(error, "%s is missing, a column of the primary key",
                          table->columns[table->keys[i]].name);
        sql_value_identify(value, table->dialect->time_resolution, &reader->identity);
    }
    return longest == 0 || reader->identity.length <= longest ||
           refuse(error, "a primary key of %zu bytes: the index takes no more than %zu",
                  reader->identity.length, longest);
}

static struct row_text text_of(const struct text_buffer *text)
{
    return (struct row_text){text->bytes, text->length};
}

bool row_reader_add(struct row_reader *reader, const struct json_slice *values, bool retract,
                    struct scratch *scratch, struct row_batch *batch, const char **reason,
                    struct error_text *error)
{
    const struct sql_table *table = reader->table;
    const struct row_text none = {NULL, 0};
    *reason = "column";
    if (!convert(reader, values, retract, scratch, error))
        return false;
    *reason = "key";
    if (!read_key(reader, error))
        return false;
    *reason = "guard";
    if (!read_guard(reader, error))
        return false;
    reader->body.length = 0;
    table->dialect->write_row(table, reader->values, retract, &reader->body);
    row_batch_add(batch, table->insert_only ? none : text_of(&reader->identity),
                  table->guard == SQL_NO_GUARD ? none : text_of(&reader->guard),
                  text_of(&reader->body), retract);
    return true;
}
