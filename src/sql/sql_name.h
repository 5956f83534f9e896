#ifndef SQL_SQL_NAME_H
#define SQL_SQL_NAME_H

#include "cli/diagnostics.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>

/* Names of tables and columns. Only letters, digits and '_' are let through, and they are quoted
   all the same: in quotes a name keeps its case and may be a keyword. */

/* False with the reason: not [A-Za-z_][A-Za-z0-9_]*, longer than PostgreSQL's 63 bytes, or one of
   evsql's own (evsql_...). */
bool sql_name_check(const char *name, struct error_text *error);

/* The same for TABLE or SCHEMA.TABLE. */
bool sql_table_name_check(const char *name, struct error_text *error);

/* Appends a checked name, of a column or a table, in quotes. */
void sql_name_write(struct text_buffer *out, const char *name);

#endif
