#include "attribution/credit_value.h"

#include "ndjson/decimal.h"

#define UNITS_LIMIT ((int128)INT64_MAX)

/* Integers, that is, nearly all there are; false: look closer. */
static bool read_integer(struct json_slice number, unsigned digits, struct credit_value *value)
{
    int64_t units;
    if (!integer_parse(number, &units) || units == INT64_MIN)
        return false;
    value->negative = units < 0;
    units = value->negative ? -units : units;
    for (unsigned i = 0; i < digits; i++)
        if (__builtin_mul_overflow(units, 10, &units))
            return false;
    value->units = (uint64_t)units;
    value->exponent = -(int32_t)digits;
    return true;
}

bool credit_value_read(struct json_slice number, unsigned digits, struct credit_value *value,
                       struct error_text *error)
{
    struct decimal decimal;
    if (number.kind != JSON_NUMBER)
        return refuse(error, "the value is not a number");
    if (read_integer(number, digits, value))
        return true;
    if (!decimal_parse(number, &decimal))
        return refuse(error, "the value is beyond 128 bits");
    decimal = decimal_normalise(decimal);
    value->negative = decimal.coefficient < 0;
    if (value->negative)
        decimal.coefficient = -decimal.coefficient;
    while (decimal.exponent > -(int32_t)digits && decimal.coefficient <= UNITS_LIMIT) {
        decimal.coefficient *= 10;
        decimal.exponent--;
        if (decimal.coefficient == 0)
            decimal.exponent = -(int32_t)digits;
    }
    if (decimal.coefficient > UNITS_LIMIT)
        return refuse(error, "the value has more than 18 digits where --credit-digits is %u",
                      digits);
    value->units = (uint64_t)decimal.coefficient;
    value->exponent = decimal.exponent;
    return true;
}

void credit_value_write(const struct credit_value *value, uint64_t units, struct text_buffer *out)
{
    struct decimal decimal = {units, value->exponent};
    if (value->negative)
        decimal.coefficient = -decimal.coefficient;
    decimal_write(out, decimal_normalise(decimal));
}
