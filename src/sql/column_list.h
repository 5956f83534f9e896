#ifndef SQL_COLUMN_LIST_H
#define SQL_COLUMN_LIST_H

#include "cli/diagnostics.h"
#include "expression/expression.h"
#include "ndjson/json_slice.h"
#include "sql/sql_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Where a table's columns come from: the items of --select, or the members of the first record. */

/* A column per item; false: *error says which name, type or unit is wrong. */
bool column_list_of_items(struct sql_table *table, const struct expression_list *list,
                          struct error_text *error);

/* A column per member of the record; without `retract`, which is no data, unless the table is a
 * log.
 */
bool column_list_of_members(struct sql_table *table, struct json_slice record,
                            struct error_text *error);

/* Gives columns whose type nobody said that of a record's values. */
void column_list_settle(struct sql_table *table, const struct json_slice *values);

/* The columns' values in a record; absent where it has no such member. *stranger: the name of a
   member that is no column, JSON_ABSENT if there is none. false: a column stands twice. */
bool column_list_read(const struct sql_table *table, struct json_slice record,
                      struct json_slice *values, struct json_slice *stranger,
                      struct error_text *error);

/* "k text (key), clicks bigint, rev numeric (guard)", for --explain. */
void column_list_explain(const struct sql_table *table, FILE *out);

#endif
