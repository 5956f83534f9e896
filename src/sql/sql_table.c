#include "sql/sql_table.h"

#include "sql/sql_dialect.h"
#include "sql/sql_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool same_name(const struct sql_table *table, const char *a, const char *b)
{
    return (table->dialect->names_fold ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

static size_t find_column(const struct sql_table *table, const char *name)
{
    size_t i = 0;
    while (i < table->count && !same_name(table, table->columns[i].name, name))
        i++;
    return i;
}

bool sql_table_add(struct sql_table *table, const char *name, const struct column_type *type,
                   struct column_unit unit, struct error_text *error)
{
    if (!sql_name_check(name, error))
        return false;
    if (find_column(table, name) < table->count)
        return refuse(error, "there are two columns %s", name);
    table->columns = reallocate(table->columns, (table->count + 1) * sizeof *table->columns);
    table->columns[table->count++] = (struct sql_column){duplicate_text(name), type, unit, false};
    return true;
}

void sql_table_free(struct sql_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->columns[i].name);
    free(table->columns);
    free(table->keys);
}

bool sql_table_typed(const struct sql_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].type == NULL)
            return false;
    return table->count > 0;
}

static bool refuse_missing(const struct sql_table *table, const char *option, const char *name,
                           struct error_text *error)
{
    char names[160] = "";
    for (size_t i = 0; i < table->count; i++) {
        size_t used = strlen(names);
        int fits = snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                            table->columns[i].name);
        if ((size_t)fits >= sizeof names - used)
            memcpy(names + sizeof names - 4, "...", 4);
    }
    return refuse(error, "%s: there is no column %.40s among %s", option, name, names);
}

static bool add_key(struct sql_table *table, const char *name, struct error_text *error)
{
    size_t found = find_column(table, name);
    if (found == table->count)
        return refuse_missing(table, "--primary-key", name, error);
    if (table->columns[found].key)
        return refuse(error, "--primary-key names %s twice", name);
    if (!table->columns[found].type->identifies)
        return refuse(error, "--primary-key: %s is %s, which is no key", name,
                      table->columns[found].type->name);
    table->columns[found].key = true;
    table->keys[table->key_count++] = found;
    return true;
}

static bool find_keys(struct sql_table *table, const char *keys, struct error_text *error)
{
    bool found = true;
    char *list = duplicate_text(keys);
    char *rest = list, *name;
    table->keys = allocate_zeroed(table->count, sizeof *table->keys);
    while (found && (name = strsep(&rest, ",")) != NULL)
        found = add_key(table, name + strspn(name, " "), error);
    free(list);
    return found;
}

static bool find_guard(struct sql_table *table, const char *guard, struct error_text *error)
{
    table->guard = SQL_NO_GUARD;
    if (table->insert_only || (guard != NULL && strcmp(guard, "none") == 0))
        return true;
    size_t found = find_column(table, guard == NULL ? "rev" : guard);
    if (found == table->count)
        return guard == NULL || refuse_missing(table, "--guard", guard, error);
    if (table->columns[found].key)
        return guard == NULL || refuse(error, "--guard: %s is part of the primary key", guard);
    if (!table->columns[found].type->ranks)
        return refuse(error,
                      "%s%s is %s, which does not say which row is newer: give it another type in "
                      "--select (numeric, timestamptz), or --guard none",
                      guard == NULL ? "" : "--guard: ", table->columns[found].name,
                      table->columns[found].type->name);
    table->guard = found;
    return true;
}

bool sql_table_complete(struct sql_table *table, const char *keys, const char *guard,
                        struct error_text *error)
{
    return (keys == NULL || find_keys(table, keys, error)) && find_guard(table, guard, error);
}

void sql_table_write_name(const struct sql_table *table, struct text_buffer *out)
{
    sql_name_write(out, table->name);
}

void sql_table_write_columns(const struct sql_table *table, struct text_buffer *out)
{
    for (size_t i = 0; i < table->count; i++) {
        text_buffer_add_text(out, i > 0 ? ", " : "");
        sql_name_write(out, table->columns[i].name);
    }
}

void sql_table_write_keys(const struct sql_table *table, struct text_buffer *out)
{
    for (size_t i = 0; i < table->key_count; i++) {
        text_buffer_add_text(out, i > 0 ? ", " : "");
        sql_name_write(out, table->columns[table->keys[i]].name);
    }
}

void sql_table_write_create(const struct sql_table *table, bool bare, struct text_buffer *out)
{
    text_buffer_add_text(out, bare ? "CREATE TABLE " : "CREATE TABLE IF NOT EXISTS ");
    sql_table_write_name(table, out);
    for (size_t i = 0; i < table->count; i++) {
        const char *declared = table->columns[i].type->declared[table->dialect->kind];
        text_buffer_add_text(out, i == 0 ? " (\n    " : ",\n    ");
        sql_name_write(out, table->columns[i].name);
        text_buffer_add_format(out, "%s%s", *declared == '\0' ? "" : " ", declared);
    }
    if (table->key_count > 0) {
        text_buffer_add_text(out, ",\n    PRIMARY KEY (");
        sql_table_write_keys(table, out);
        text_buffer_add_byte(out, ')');
    }
    text_buffer_add_text(out, "\n)");
    if (table->key_count > 0)
        text_buffer_add_text(out, table->dialect->keyed_table_suffix);
    text_buffer_add_text(out, ";\n");
}

static void write_assignments(const struct sql_table *table, struct text_buffer *out)
{
    const char *lead = " DO UPDATE SET ";
    for (size_t i = 0; i < table->count; i++) {
        if (table->columns[i].key)
            continue;
        text_buffer_add_text(out, lead);
        sql_name_write(out, table->columns[i].name);
        text_buffer_add_text(out, " = excluded.");
        sql_name_write(out, table->columns[i].name);
        lead = ", ";
    }
}

static void write_guard(const struct sql_table *table, struct text_buffer *out)
{
    const char *guard = table->columns[table->guard].name;
    text_buffer_add_text(out, " WHERE stored.");
    sql_name_write(out, guard);
    text_buffer_add_text(out, " IS NULL OR excluded.");
    sql_name_write(out, guard);
    text_buffer_add_text(out, " > stored.");
    sql_name_write(out, guard);
}

void sql_table_write_conflict(const struct sql_table *table, struct text_buffer *out)
{
    if (table->key_count == 0)
        return;
    text_buffer_add_text(out, " ON CONFLICT (");
    sql_table_write_keys(table, out);
    text_buffer_add_byte(out, ')');
    if (table->insert_only || table->key_count == table->count) {
        text_buffer_add_text(out, " DO NOTHING");
        return;
    }
    write_assignments(table, out);
    if (table->guard != SQL_NO_GUARD)
        write_guard(table, out);
}
