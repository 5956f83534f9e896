#include "sql/column_list.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"

#include <stdlib.h>
#include <string.h>

static bool read_unit(const struct expression_item *item, struct column_unit *unit,
                      struct error_text *error)
{
    const char *path = expression_path_name(item->expression);
    *unit = (struct column_unit){0};
    if (item->unit != NULL) {
        unit->known = time_unit_parse(item->unit, strlen(item->unit), &unit->unit);
        return unit->known ||
               refuse(error, "'%.40s' is no unit of time: s, ms, us, ns or utc", item->unit);
    }
    if (path != NULL)
        unit->known = time_unit_of_name(path, strlen(path), &unit->unit);
    return true;
}

bool column_list_of_items(struct sql_table *table, const struct expression_list *list,
                          struct error_text *error)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct expression_item *item = &list->items[i];
        const struct column_type *type = NULL;
        struct column_unit unit;
        if (item->type != NULL && (type = column_type_find(item->type, error)) == NULL)
            return false;
        if (!read_unit(item, &unit, error) || !sql_table_add(table, item->name, type, unit, error))
            return false;
    }
    return true;
}

static bool is_mark(const struct sql_table *table, struct json_slice name)
{
    return !table->insert_only && json_string_equals(name, "retract", 7);
}

bool column_list_of_members(struct sql_table *table, struct json_slice record,
                            struct error_text *error)
{
    struct json_iterator members = json_iterator_start(record);
    struct json_slice name, value;
    while (json_iterator_next(&members, &name, &value)) {
        if (is_mark(table, name))
            continue;
        char *text = allocate(name.length);
        size_t length = json_string_decode(name, text);
        text[length] = '\0';
        if (strlen(text) < length)
            text[0] = '\0'; /* no name for SQL */
        bool added = sql_table_add(table, text, NULL, (struct column_unit){0}, error);
        free(text);
        if (!added)
            return false;
    }
    return true;
}

void column_list_settle(struct sql_table *table, const struct json_slice *values)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].type == NULL)
            table->columns[i].type = column_type_of(values[i]);
}

/* The column of that name; records have their members in one order as a rule. */
static size_t find(const struct sql_table *table, struct json_slice name, size_t likely)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t column = likely + i < table->count ? likely + i : likely + i - table->count;
        const char *text = table->columns[column].name;
        if (json_string_equals(name, text, strlen(text)))
            return column;
    }
    return table->count;
}

bool column_list_read(const struct sql_table *table, struct json_slice record,
                      struct json_slice *values, struct json_slice *stranger,
                      struct error_text *error)
{
    struct json_iterator members = json_iterator_start(record);
    struct json_slice name, value;
    size_t likely = 0;
    *stranger = (struct json_slice){.kind = JSON_ABSENT};
    for (size_t i = 0; i < table->count; i++)
        values[i] = *stranger;
    while (json_iterator_next(&members, &name, &value)) {
        size_t column = find(table, name, likely);
        if (column == table->count) {
            if (!is_mark(table, name))
                *stranger = name;
            continue;
        }
        if (!json_slice_absent(values[column]))
            return refuse(error, "member stands twice: %s", table->columns[column].name);
        values[column] = value;
        likely = column + 1 == table->count ? 0 : column + 1;
    }
    return true;
}

void column_list_explain(const struct sql_table *table, FILE *out)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct sql_column *column = &table->columns[i];
        fprintf(out, "%s%s %s%s%s", i > 0 ? ", " : "", column->name,
                column->type == NULL ? "(type of the first value)" : column->type->name,
                column->key ? " (key)" : "", i == table->guard ? " (guard)" : "");
    }
    fputc('\n', out);
}
