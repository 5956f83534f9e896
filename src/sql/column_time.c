#include "sql/column_type.h"

#include "ndjson/json_string.h"

#include <string.h>

enum { DATE_LENGTH = 10 };

static bool refuse_time(const char *text, size_t length, const char *what, struct error_text *error)
{
    return refuse(error, "is no %s: %.*s", what, (int)(length < 60 ? length : 60), text);
}

static bool read_number(struct column_unit unit, const char *text, size_t length, int64_t *time,
                        struct error_text *error)
{
    if (!unit.known || unit.unit == TIME_UNIT_UTC)
        return refuse(error, "is a number, but in what unit nobody said (NAME:timestamptz=EXPR:ms, "
                             ":s, :us, :ns)");
    return timestamp_parse_number(text, length, unit.unit, time) ||
           refuse_time(text, length, "time between 1677 and 2262 in whole nanoseconds", error);
}

static bool looks_numeric(const char *text, size_t length)
{
    size_t start = text[0] == '-';
    return length > start && strspn(text + start, "0123456789.") >= length - start;
}

/* RFC 3339, or a number of the column's unit, also in a string. */
static bool read_time(struct column_unit unit, struct json_slice value, struct scratch *scratch,
                      int64_t *time, struct error_text *error)
{
    bool local = unit.known && unit.unit == TIME_UNIT_UTC;
    if (value.kind == JSON_NUMBER)
        return read_number(unit, value.text, value.length, time, error);
    if (value.kind != JSON_STRING)
        return refuse(error, "is neither a time nor a number");
    char *text = scratch_take(scratch, value.length + 1);
    size_t length = json_string_decode(value, text);
    text[length] = '\0';
    if (timestamp_parse(text, length, local, time))
        return true;
    if (looks_numeric(text, length))
        return read_number(unit, text, length, time, error);
    return refuse_time(text, length, "RFC 3339 time between 1677 and 2262", error);
}

bool column_convert_time(const struct column_input *input, struct sql_value *out,
                         struct error_text *error)
{
    out->kind = SQL_TIME;
    return read_time(input->unit, input->value, input->scratch, &out->time, error);
}

/* "2024-05-01", or the UTC day of a time. */
bool column_convert_date(const struct column_input *input, struct sql_value *out,
                         struct error_text *error)
{
    char midnight[] = "0000-00-00T00:00:00Z";
    int64_t time = 0;
    bool bare = input->value.kind == JSON_STRING && input->value.length == DATE_LENGTH + 2;
    if (bare)
        memcpy(midnight, input->value.text + 1, DATE_LENGTH);
    if (bare && !timestamp_parse(midnight, sizeof midnight - 1, false, &time))
        return refuse_time(midnight, DATE_LENGTH, "date", error);
    if (!bare && !read_time(input->unit, input->value, input->scratch, &time, error))
        return false;
    char *text = scratch_take(input->scratch, TIMESTAMP_TEXT_SIZE);
    timestamp_format(time, text);
    *out = (struct sql_value){.kind = SQL_TEXT, .text = {text, DATE_LENGTH}};
    return true;
}
