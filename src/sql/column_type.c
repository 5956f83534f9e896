#include "sql/column_type.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"

#include <string.h>

static void set_text(struct sql_value *out, enum sql_kind kind, const char *bytes, size_t length)
{
    *out = (struct sql_value){.kind = kind, .text = {bytes, length}};
}

/* Strings become their characters, everything else stays JSON. */
static bool convert_text(const struct column_input *input, struct sql_value *out,
                         struct error_text *error)
{
    size_t length = input->value.length;
    const char *bytes = input->value.text;
    (void)error;
    if (input->value.kind == JSON_STRING)
        bytes = json_string_bytes(input->value, input->scratch, &length);
    set_text(out, SQL_TEXT, bytes, length);
    return true;
}

static bool convert_boolean(const struct column_input *input, struct sql_value *out,
                            struct error_text *error)
{
    if (input->value.kind != JSON_TRUE && input->value.kind != JSON_FALSE)
        return refuse(error, "is neither true nor false");
    *out = (struct sql_value){.kind = SQL_BOOLEAN, .truth = input->value.kind == JSON_TRUE};
    return true;
}

/* The escape of U+0000 among the escapes of validated JSON. */
static bool names_nul(struct json_slice value)
{
    const char *at = value.text;
    const char *end = at + value.length;
    while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        if (at[1] == 'u' && memcmp(at + 2, "0000", 4) == 0)
            return true;
        at += 2;
    }
    return false;
}

static bool numbers_fit(struct json_slice value)
{
    struct json_iterator inside = json_iterator_start(value);
    struct json_slice part;
    if (value.kind == JSON_NUMBER)
        return column_numeric_fits(value);
    if (value.kind != JSON_ARRAY && value.kind != JSON_OBJECT)
        return true;
    while (json_iterator_next(&inside, NULL, &part))
        if (!numbers_fit(part))
            return false;
    return true;
}

static bool convert_json(const struct column_input *input, struct sql_value *out,
                         struct error_text *error)
{
    if (input->dialect == SQL_POSTGRES && names_nul(input->value))
        return refuse(error, "holds U+0000, which PostgreSQL does not take");
    if (input->dialect == SQL_POSTGRES && !numbers_fit(input->value))
        return refuse(error, "holds a number beyond PostgreSQL's numeric");
    set_text(out, SQL_TEXT, input->value.text, input->value.length);
    return true;
}

static bool convert_uuid(const struct column_input *input, struct sql_value *out,
                         struct error_text *error)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    enum { UUID_LENGTH = 36 };
    size_t length = 0;
    const char *bytes = input->value.kind == JSON_STRING
                            ? json_string_bytes(input->value, input->scratch, &length)
                            : "";
    char *text = scratch_take(input->scratch, UUID_LENGTH);
    bool right = length == UUID_LENGTH;
    for (size_t i = 0; right && i < UUID_LENGTH; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        right = dash ? bytes[i] == '-' : bytes[i] != '\0' && strchr(digits, bytes[i]) != NULL;
        text[i] = (char)(bytes[i] >= 'A' && bytes[i] <= 'F' ? bytes[i] + 32 : bytes[i]);
    }
    if (!right)
        return refuse(error, "is no UUID");
    set_text(out, SQL_TEXT, text, UUID_LENGTH);
    return true;
}

/* SQLite has few types. A column without one keeps each value as it is given: integers, decimals
   and, where a decimal has more digits than SQLite's numbers, text. */
static const struct column_type types[] = {
    {"text", {"text", "TEXT"}, 0, true, false, convert_text},
    {"smallint", {"smallint", "INTEGER"}, INT16_MAX, true, true, column_convert_integer},
    {"integer", {"integer", "INTEGER"}, INT32_MAX, true, true, column_convert_integer},
    {"bigint", {"bigint", "INTEGER"}, INT64_MAX, true, true, column_convert_integer},
    {"numeric", {"numeric", ""}, 0, true, true, column_convert_numeric},
    {"double", {"double precision", "REAL"}, 0, true, true, column_convert_double},
    {"boolean", {"boolean", "INTEGER"}, 0, true, false, convert_boolean},
    {"timestamptz", {"timestamptz", "TEXT"}, 0, true, true, column_convert_time},
    {"date", {"date", "TEXT"}, 0, true, false, column_convert_date},
    {"uuid", {"uuid", "TEXT"}, 0, true, false, convert_uuid},
    {"json", {"json", "TEXT"}, 0, false, false, convert_json},
    {"jsonb", {"jsonb", "TEXT"}, 0, false, false, convert_json},
};

const struct column_type *column_type_find(const char *name, struct error_text *error)
{
    char names[200] = "";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
        strcat(strcat(names, i > 0 ? ", " : ""), types[i].name);
    }
    refuse(error, "'%.40s' is none of the types %s", name, names);
    return NULL;
}

const struct column_type *column_type_of(struct json_slice value)
{
    static const char *const names[] = {
        [JSON_ABSENT] = "text",  [JSON_NULL] = "text",      [JSON_FALSE] = "boolean",
        [JSON_TRUE] = "boolean", [JSON_NUMBER] = "numeric", [JSON_STRING] = "text",
        [JSON_ARRAY] = "jsonb",  [JSON_OBJECT] = "jsonb",
    };
    return column_type_find(names[value.kind], NULL);
}

bool column_convert(const struct column_input *input, struct sql_value *out,
                    struct error_text *error)
{
    if (input->value.kind <= JSON_NULL) {
        *out = (struct sql_value){.kind = SQL_NULL};
        return true;
    }
    if (!input->type->convert(input, out, error))
        return false;
    if (out->kind == SQL_TEXT && memchr(out->text.bytes, '\0', out->text.length) != NULL)
        return refuse(error, "holds U+0000, which the database does not take");
    return true;
}
