#include "expression/lookup_table.h"

#include "expression/expression.h"
#include "expression/expression_variable.h"
#include "expression/table_rows.h"

#include <ctype.h>
#include <stdlib.h>

struct lookup_table {
    char *name;
    char *file;
    char *key;
    struct table_rows rows;
    struct table_rows *replaced; /* what somebody may still be looking at */
    size_t replaced_count;
};

struct lookup_tables {
    struct lookup_table **items;
    size_t count;
};

struct lookup_tables *lookup_tables_new(void)
{
    return allocate_zeroed(1, sizeof(struct lookup_tables));
}

void lookup_tables_free(struct lookup_tables *tables)
{
    if (tables == NULL)
        return;
    lookup_tables_drop_replaced(tables);
    for (size_t i = 0; i < tables->count; i++) {
        struct lookup_table *table = tables->items[i];
        table_rows_free(&table->rows);
        free(table->replaced);
        free(table->name);
        free(table->file);
        free(table->key);
        free(table);
    }
    free(tables->items);
    free(tables);
}

static char *piece(const char *from, const char *to)
{
    char *text = memcpy(allocate((size_t)(to - from) + 1), from, (size_t)(to - from));
    text[to - from] = '\0';
    return text;
}

static bool name_fits(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isalpha((unsigned char)name[i]) && name[i] != '_' &&
            (i == 0 || !isdigit((unsigned char)name[i])))
            return false;
    return length > 0;
}

bool lookup_tables_add(struct lookup_tables *tables, const char *specification,
                       struct error_text *error)
{
    const char *equals = strchr(specification, '=');
    const char *colon = equals == NULL ? NULL : strchr(equals, ':');
    size_t length = equals == NULL ? 0 : (size_t)(equals - specification);
    size_t variable;
    struct lookup_table *table;
    if (colon == NULL || colon == equals + 1 || colon[1] == '\0' ||
        !name_fits(specification, length))
        return refuse(error, "'%s' is not NAME=FILE:KEY (price=products.ndjson:.product_id)",
                      specification);
    if (expression_variable_find(specification, length, &variable))
        return refuse(error, "$%.*s is a variable already", (int)length, specification);
    if (lookup_tables_find(tables, specification, length) != NULL)
        return refuse(error, "there are two tables $%.*s", (int)length, specification);
    table = allocate_zeroed(1, sizeof *table);
    table->name = piece(specification, equals);
    table->file = piece(equals + 1, colon);
    table->key = duplicate_text(colon + 1);
    tables->items = reallocate(tables->items, (tables->count + 1) * sizeof(struct lookup_table *));
    tables->items[tables->count++] = table;
    return true;
}

static bool load(struct lookup_table *table, bool *missing, struct error_text *error)
{
    struct table_rows rows = {0};
    if (!table_rows_read(&rows, table->file, table->key, missing, error)) {
        table_rows_free(&rows);
        return false;
    }
    table->replaced = reallocate(table->replaced,
                                 (table->replaced_count + 1) * sizeof *table->replaced);
    table->replaced[table->replaced_count++] = table->rows;
    table->rows = rows;
    return true;
}

bool lookup_tables_load(struct lookup_tables *tables, bool *missing, struct error_text *error)
{
    *missing = false;
    for (size_t i = 0; i < tables->count; i++)
        if (!load(tables->items[i], missing, error))
            return false;
    return true;
}

void lookup_tables_drop_replaced(struct lookup_tables *tables)
{
    for (size_t i = 0; i < tables->count; i++) {
        struct lookup_table *table = tables->items[i];
        while (table->replaced_count > 0)
            table_rows_free(&table->replaced[--table->replaced_count]);
    }
}

const struct lookup_table *lookup_tables_find(const struct lookup_tables *tables, const char *name,
                                              size_t length)
{
    for (size_t i = 0; tables != NULL && i < tables->count; i++)
        if (strlen(tables->items[i]->name) == length &&
            memcmp(tables->items[i]->name, name, length) == 0)
            return tables->items[i];
    return NULL;
}

const struct lookup_table *lookup_tables_at(const struct lookup_tables *tables, size_t index)
{
    return tables == NULL || index >= tables->count ? NULL : tables->items[index];
}

struct json_slice lookup_table_row(const struct lookup_table *table, const struct json_key *key)
{
    return table_rows_find(&table->rows, key);
}

struct lookup_table_facts lookup_table_facts(const struct lookup_table *table)
{
    return (struct lookup_table_facts){
        table->name,      table->file, table->key, table->rows.count, table->rows.duplicates,
        table->rows.bytes};
}
