#include "expression/value.h"

#include "ndjson/json_string.h"

#include <float.h>
#include <math.h>

struct value value_from_slice(struct json_slice slice)
{
    struct value value = {.form = VALUE_SLICE};
    value.slice = json_slice_absent(slice) ? (struct json_slice){"null", 4, JSON_NULL, 0} : slice;
    value.kind = value.slice.kind;
    return value;
}

struct value value_null(void)
{
    return value_from_slice((struct json_slice){"null", 4, JSON_NULL, 0});
}

struct value value_boolean(bool truth)
{
    return value_from_slice(truth ? (struct json_slice){"true", 4, JSON_TRUE, 0}
                                  : (struct json_slice){"false", 5, JSON_FALSE, 0});
}

struct value value_decimal(struct decimal decimal)
{
    return (struct value){.kind = JSON_NUMBER, .form = VALUE_DECIMAL, .decimal = decimal};
}

struct value value_integer(int64_t integer)
{
    return value_decimal(decimal_from_integer(integer));
}

struct value value_double(double real)
{
    if (isnan(real))
        return value_null();
    if (isinf(real))
        real = real > 0 ? DBL_MAX : -DBL_MAX;
    return (struct value){.kind = JSON_NUMBER, .form = VALUE_DOUBLE, .real = real};
}

struct value value_string(const char *bytes, size_t length)
{
    struct value value = {.kind = JSON_STRING, .form = VALUE_STRING};
    value.string.bytes = bytes;
    value.string.length = length;
    return value;
}

const char *value_string_bytes(const struct value *value, struct scratch *scratch, size_t *length)
{
    if (value->form == VALUE_SLICE)
        return json_string_bytes(value->slice, scratch, length);
    *length = value->string.length;
    return value->string.bytes;
}

bool value_decimal_of(const struct value *value, struct decimal *decimal)
{
    if (value->kind != JSON_NUMBER || value->form == VALUE_DOUBLE)
        return false;
    if (value->form == VALUE_SLICE)
        return decimal_parse(value->slice, decimal);
    *decimal = value->decimal;
    return true;
}

/* A double counts as the decimal that is printed for it: so it compares as it will be read. */
static bool comparable_decimal(const struct value *value, struct decimal *decimal)
{
    if (value->form == VALUE_DOUBLE)
        return decimal_from_double(value->real, decimal);
    return value_decimal_of(value, decimal);
}

static int compare_numbers(const struct value *a, const struct value *b, struct scratch *scratch)
{
    struct decimal left, right;
    if (a->form == VALUE_DOUBLE && b->form == VALUE_DOUBLE)
        return (a->real > b->real) - (a->real < b->real);
    if (comparable_decimal(a, &left) && comparable_decimal(b, &right))
        return decimal_compare(left, right);
    return json_compare(value_slice(a, scratch), value_slice(b, scratch));
}

static int compare_strings(const struct value *a, const struct value *b, struct scratch *scratch)
{
    size_t a_length, b_length;
    const char *left = value_string_bytes(a, scratch, &a_length);
    const char *right = value_string_bytes(b, scratch, &b_length);
    int order = memcmp(left, right, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

int value_compare(const struct value *a, const struct value *b, struct scratch *scratch)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->form == VALUE_SLICE && b->form == VALUE_SLICE)
        return json_compare(a->slice, b->slice);
    return a->kind == JSON_NUMBER ? compare_numbers(a, b, scratch) : compare_strings(a, b, scratch);
}

void value_write(struct text_buffer *out, const struct value *value)
{
    switch ((enum value_form)value->form) {
    case VALUE_SLICE:
        text_buffer_add(out, value->slice.text, value->slice.length);
        break;
    case VALUE_DECIMAL:
        decimal_write(out, value->decimal);
        break;
    case VALUE_DOUBLE:
        double_write(out, value->real);
        break;
    case VALUE_STRING:
        json_string_encode(out, value->string.bytes, value->string.length);
        break;
    }
}

static struct json_slice number_slice(const struct value *value, struct scratch *scratch)
{
    char *text = scratch_take(scratch, DECIMAL_TEXT_SIZE);
    size_t length = value->form == VALUE_DECIMAL ? decimal_format(text, value->decimal)
                                                 : double_format(text, value->real);
    uint8_t flags = JSON_FLAG_INTEGER;
    for (size_t i = 0; i < length; i++)
        if (text[i] == '.' || text[i] == 'e')
            flags = 0;
    return (struct json_slice){text, (uint32_t)length, JSON_NUMBER, flags};
}

struct json_slice value_slice(const struct value *value, struct scratch *scratch)
{
    if (value->form == VALUE_SLICE)
        return value->slice;
    if (value->form != VALUE_STRING)
        return number_slice(value, scratch);
    size_t length = value->string.length;
    char *text = scratch_take(scratch, JSON_STRING_ROOM(length));
    size_t written = json_string_format(text, value->string.bytes, length);
    uint8_t flags = written == length + 2 ? 0 : JSON_FLAG_ESCAPED;
    return (struct json_slice){text, (uint32_t)written, JSON_STRING, flags};
}

bool value_key(const struct value *value, struct scratch *scratch, struct json_key *key)
{
    return json_key_make(value_slice(value, scratch), scratch, key);
}

bool value_integer_of(const struct value *value, bool or_text, int64_t *integer)
{
    struct decimal decimal;
    if (value->kind == JSON_NUMBER)
        return (value->form == VALUE_SLICE && integer_parse(value->slice, integer)) ||
               (comparable_decimal(value, &decimal) && decimal_to_integer(decimal, integer));
    if (value->kind != JSON_STRING || !or_text)
        return false;
    struct json_slice digits;
    if (value->form == VALUE_SLICE)
        digits = (struct json_slice){value->slice.text + 1, value->slice.length - 2, 0, 0};
    else if (value->string.length <= DECIMAL_TEXT_SIZE)
        digits = (struct json_slice){value->string.bytes, (uint32_t)value->string.length, 0, 0};
    else
        return false;
    return integer_text_parse(digits.text, digits.length, integer);
}

bool value_double_of(const struct value *value, double *real)
{
    struct decimal decimal;
    if (value->kind != JSON_NUMBER)
        return false;
    if (value->form == VALUE_DOUBLE)
        *real = value->real;
    else if (value_decimal_of(value, &decimal))
        *real = decimal_to_double(decimal);
    else
        *real = decimal_text_to_double(value->slice);
    return true;
}
