#include "window/saved_number.h"

#include "state/line_fields.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *text; /* as a JSON string */
    double number;
} beyond[] = {{"\"inf\"", INFINITY}, {"\"-inf\"", -INFINITY}, {"\"nan\"", NAN}};

void saved_number_write(struct text_buffer *out, const char *lead, double number)
{
    text_buffer_add_text(out, lead);
    if (isfinite(number))
        double_write(out, number);
    else
        text_buffer_add_text(out, beyond[isnan(number) ? 2 : number < 0].text);
}

bool saved_number_read(struct json_slice saved, double *number)
{
    if (saved.kind == JSON_NUMBER) {
        *number = decimal_text_to_double(saved);
        return true;
    }
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
        if (strlen(beyond[i].text) == saved.length &&
            memcmp(beyond[i].text, saved.text, saved.length) == 0) {
            *number = beyond[i].number;
            return true;
        }
    return false;
}

void saved_decimal_write(struct text_buffer *out, const char *lead, struct decimal decimal)
{
    text_buffer_add_text(out, lead);
    if (decimal.coefficient == (int64_t)decimal.coefficient) {
        line_add_integer(out, "\"", (int64_t)decimal.coefficient);
    } else {
        text_buffer_add_byte(out, '"');
        decimal_write(out, (struct decimal){decimal.coefficient, 0});
    }
    if (decimal.exponent != 0)
        line_add_integer(out, "e", decimal.exponent);
    text_buffer_add_byte(out, '"');
}

static bool read_coefficient(const char *text, size_t length, int128 *coefficient)
{
    size_t sign = length > 0 && text[0] == '-';
    struct json_slice digits = {text, (uint32_t)length, JSON_NUMBER, JSON_FLAG_INTEGER};
    struct decimal decimal;
    if (length == sign || strspn(text + sign, "0123456789") < length - sign ||
        !decimal_parse(digits, &decimal))
        return false;
    *coefficient = decimal.coefficient;
    return decimal.exponent == 0;
}

bool saved_decimal_read(struct json_slice saved, struct decimal *decimal)
{
    const char *text = saved.text + 1;
    const char *end = saved.text + saved.length - 1;
    const char *digits_end;
    int64_t exponent = 0;
    if (saved.kind != JSON_STRING || saved.length < 3)
        return false;
    digits_end = memchr(text, 'e', (size_t)(end - text));
    if (digits_end == NULL)
        digits_end = end;
    else if (!integer_text_parse(digits_end + 1, (size_t)(end - digits_end) - 1, &exponent))
        return false;
    decimal->exponent = (int32_t)exponent;
    return exponent == decimal->exponent &&
           read_coefficient(text, (size_t)(digits_end - text), &decimal->coefficient);
}
