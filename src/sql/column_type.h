#ifndef SQL_COLUMN_TYPE_H
#define SQL_COLUMN_TYPE_H

#include "cli/diagnostics.h"
#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"
#include "sql/sql_value.h"
#include "time/timestamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The types that --select may name: how a JSON value becomes a column's value, and what the
   databases call the type. A value that the database would refuse is refused here. */

enum sql_dialect_kind { SQL_POSTGRES, SQL_SQLITE, SQL_DIALECTS };

/* The unit of a number that is to be a time. */
struct column_unit {
    bool known;
    enum time_unit unit;
};

/* One value on its way into a column. */
struct column_input {
    const struct column_type *type;
    struct column_unit unit;
    enum sql_dialect_kind dialect;
    struct json_slice value;
    struct scratch *scratch; /* what is made of it lives there */
};

struct column_type {
    const char *name;
    const char *declared[SQL_DIALECTS]; /* in CREATE TABLE; "" = no type at all */
    int64_t most;                       /* of integers; the least is -most - 1 */
    bool identifies;                    /* may be in a primary key */
    bool ranks;                         /* may be the guard: of two values one is greater */
    /* The value is neither null nor absent. false: *error says what it is not ("is no integer...").
     */
    bool (*convert)(const struct column_input *input, struct sql_value *out,
                    struct error_text *error);
};

/* The row of that name; NULL, with all names in *error. */
const struct column_type *column_type_find(const char *name, struct error_text *error);

/* The type of a column of which one value is known: numeric, boolean, jsonb, text. */
const struct column_type *column_type_of(struct json_slice value);

/* Null and absent values of any type, the others by type->convert(), and no U+0000 in a text. */
bool column_convert(const struct column_input *input, struct sql_value *out,
                    struct error_text *error);

/* For the rows of the table that are not in its file. */
bool column_convert_time(const struct column_input *input, struct sql_value *out,
                         struct error_text *error);
bool column_convert_date(const struct column_input *input, struct sql_value *out,
                         struct error_text *error);
bool column_convert_integer(const struct column_input *input, struct sql_value *out,
                            struct error_text *error);
bool column_convert_numeric(const struct column_input *input, struct sql_value *out,
                            struct error_text *error);
bool column_convert_double(const struct column_input *input, struct sql_value *out,
                           struct error_text *error);

/* Whether PostgreSQL's numeric can hold a number: 131072 digits before the point, 16383 behind. */
bool column_numeric_fits(struct json_slice number);

#endif
