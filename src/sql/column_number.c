#include "sql/column_type.h"

#include "ndjson/decimal.h"
#include "ndjson/json_scalar.h"
#include "ndjson/json_string.h"
#include "ndjson/number_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* PostgreSQL, "Numeric Types": digits before and behind the point of an unconstrained numeric. */
enum { NUMERIC_WHOLE = 131072, NUMERIC_FRACTION = 16383, NUMERIC_EXPONENT = 1000000 };

/* A number, or a string that holds one as JSON spells it; false = neither. */
static bool read_number(struct json_slice value, struct scratch *scratch, struct json_slice *number)
{
    size_t length;
    if (value.kind == JSON_NUMBER) {
        *number = value;
        return true;
    }
    if (value.kind != JSON_STRING)
        return false;
    const char *bytes = json_string_bytes(value, scratch, &length);
    return length > 0 && json_scalar_read_slowly(bytes, (uint32_t)length, number) &&
           number->kind == JSON_NUMBER;
}

static bool refuse_number(struct json_slice value, const char *what, struct error_text *error)
{
    return refuse(error, "is no %s: %.*s%s", what, (int)(value.length < 60 ? value.length : 60),
                  value.text, value.length > 60 ? "..." : "");
}

static void set_number(struct sql_value *out, const char *bytes, size_t length)
{
    *out = (struct sql_value){.kind = SQL_NUMBER, .text = {bytes, length}};
}

bool column_convert_integer(const struct column_input *input, struct sql_value *out,
                            struct error_text *error)
{
    struct json_slice number;
    struct decimal decimal;
    int64_t integer;
    if (!read_number(input->value, input->scratch, &number))
        return refuse_number(input->value, "integer", error);
    if (!integer_parse(number, &integer) &&
        (!decimal_parse(number, &decimal) || !decimal_to_integer(decimal, &integer)))
        return refuse_number(input->value, input->type->name, error);
    if (integer > input->type->most || integer < -input->type->most - 1)
        return refuse_number(input->value, input->type->name, error);
    char *text = scratch_take(input->scratch, 24);
    set_number(out, text, (size_t)sprintf(text, "%" PRId64, integer));
    return true;
}

/* What stands behind the 'e'; held at +-10^9. */
static int64_t exponent_of(const char *at, const char *end)
{
    bool negative = *at == '-';
    int64_t exponent = 0;
    for (at += negative || *at == '+'; at < end && exponent < 100000000; at++)
        exponent = exponent * 10 + (*at - '0');
    return negative ? -exponent : exponent;
}

/* PostgreSQL counts the digits behind the point as they are written, final zeros too. */
bool column_numeric_fits(struct json_slice number)
{
    const char *end = number.text + number.length;
    const char *mark = number.text;
    const char *point;
    int64_t exponent = 0;
    if (number.length <= NUMERIC_FRACTION && (number.flags & JSON_FLAG_INTEGER))
        return true;
    while (mark < end && (*mark | 32) != 'e')
        mark++;
    if (mark < end)
        exponent = exponent_of(mark + 1, end);
    point = memchr(number.text, '.', (size_t)(mark - number.text));
    int64_t fraction = (point == NULL ? 0 : mark - point - 1) - exponent;
    struct number_text parts = number_text_read(number);
    return exponent <= NUMERIC_EXPONENT && fraction <= NUMERIC_FRACTION &&
           (parts.sign == 0 || parts.magnitude <= NUMERIC_WHOLE);
}

bool column_convert_numeric(const struct column_input *input, struct sql_value *out,
                            struct error_text *error)
{
    struct json_slice number;
    if (!read_number(input->value, input->scratch, &number))
        return refuse_number(input->value, "number", error);
    if (input->dialect == SQL_POSTGRES && !column_numeric_fits(number))
        return refuse_number(input->value, "number that PostgreSQL's numeric can hold", error);
    set_number(out, number.text, number.length);
    return true;
}

bool column_convert_double(const struct column_input *input, struct sql_value *out,
                           struct error_text *error)
{
    struct json_slice number;
    if (!read_number(input->value, input->scratch, &number))
        return refuse_number(input->value, "number", error);
    char *text = scratch_take(input->scratch, number.length + 1 + DECIMAL_TEXT_SIZE);
    memcpy(text, number.text, number.length);
    text[number.length] = '\0';
    double real = strtod(text, NULL);
    if (isinf(real) || (real == 0 && number_text_read(number).sign != 0))
        return refuse_number(input->value, "double", error);
    set_number(out, text, double_format(text, real));
    return true;
}
