#include "ndjson/decimal.h"

#include "ndjson/integer_text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PLAIN_LIMIT = 40 };

static double within_range(double value)
{
    if (value > DBL_MAX)
        return DBL_MAX;
    return value < -DBL_MAX ? -DBL_MAX : value;
}

/* strtod needs a terminated text. */
double decimal_text_to_double(struct json_slice number)
{
    char text[1024];
    if (number.length < sizeof text) {
        memcpy(text, number.text, number.length);
        text[number.length] = 0;
        return within_range(strtod(text, NULL));
    }
    char *copy = strndup(number.text, number.length);
    double value = copy ? within_range(strtod(copy, NULL)) : 0;
    free(copy);
    return value;
}

double decimal_to_double(struct decimal value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int128 exact = (int128)1 << 53;
    if (value.exponent == 0)
        return (double)value.coefficient;
    /* Both operands are exact doubles here, so that one operation rounds once. */
    if (value.coefficient >= -exact && value.coefficient <= exact) {
        if (value.exponent >= 0 && value.exponent <= 22)
            return (double)value.coefficient * powers[value.exponent];
        if (value.exponent < 0 && value.exponent >= -22)
            return (double)value.coefficient / powers[-value.exponent];
    }
    char text[DECIMAL_TEXT_SIZE + 1];
    text[decimal_format(text, value)] = 0;
    return within_range(strtod(text, NULL));
}

/* Digits of |coefficient|, most significant first; returns how many. */
static size_t format_digits(char *out, int128 coefficient)
{
    char reversed[DECIMAL_TEXT_SIZE];
    size_t count = 0;
    bool negative = coefficient < 0;
    do {
        int digit = (int)(coefficient % 10);
        reversed[count++] = (char)('0' + (negative ? -digit : digit));
        coefficient /= 10;
    } while (coefficient != 0);
    for (size_t i = 0; i < count; i++)
        out[i] = reversed[count - 1 - i];
    return count;
}

static size_t format_integer(char *out, const char *digits, size_t count, size_t zeros)
{
    memcpy(out, digits, count);
    memset(out + count, '0', zeros);
    return count + zeros;
}

/* `point` digits stand before the point; none if it is not positive. */
static size_t format_fraction(char *out, const char *digits, size_t count, int64_t point)
{
    size_t length = 0;
    if (point <= 0) {
        memcpy(out, "0.", 2);
        memset(out + 2, '0', (size_t)-point);
        length = 2 + (size_t)-point;
        point = 0;
    } else {
        memcpy(out, digits, (size_t)point);
        out[point] = '.';
        length = (size_t)point + 1;
    }
    memcpy(out + length, digits + point, count - (size_t)point);
    return length + count - (size_t)point;
}

static size_t format_scientific(char *out, const char *digits, size_t count, int64_t exponent)
{
    while (count > 1 && digits[count - 1] == '0') {
        count--;
        exponent++;
    }
    size_t length = format_fraction(out, digits, count, 1);
    if (count == 1)
        length--;
    return length +
           (size_t)snprintf(out + length, 24, "e%lld", (long long)(exponent + (int64_t)count - 1));
}

size_t decimal_format(char out[DECIMAL_TEXT_SIZE], struct decimal value)
{
    char digits[DECIMAL_TEXT_SIZE] = {0};
    size_t sign = value.coefficient < 0;
    if (value.exponent == 0 && value.coefficient == (int64_t)value.coefficient)
        return integer_write((int64_t)value.coefficient, out);
    while (value.exponent < 0 && value.coefficient % 10 == 0) {
        value.coefficient /= 10;
        value.exponent = value.coefficient == 0 ? 0 : value.exponent + 1;
    }
    if (value.coefficient == 0)
        value.exponent = 0;
    size_t count = format_digits(digits, value.coefficient);
    int64_t point = (int64_t)count + value.exponent;
    out[0] = '-';
    if (value.exponent >= 0 && point + (int64_t)sign <= PLAIN_LIMIT)
        return sign + format_integer(out + sign, digits, count, (size_t)value.exponent);
    int64_t plain = point > 0 ? (int64_t)count + 1 : (int64_t)count + 2 - point;
    if (value.exponent < 0 && plain + (int64_t)sign <= PLAIN_LIMIT)
        return sign + format_fraction(out + sign, digits, count, point);
    return sign + format_scientific(out + sign, digits, count, value.exponent);
}

void decimal_write(struct text_buffer *out, struct decimal value)
{
    out->length += decimal_format(text_buffer_reserve(out, DECIMAL_TEXT_SIZE), value);
}

bool decimal_from_double(double value, struct decimal *out)
{
    if (isnan(value))
        return false;
    if (fabs(value) < 1e15 && value == (double)(int64_t)value) {
        *out = decimal_from_integer((int64_t)value);
        return true;
    }
    char text[40];
    int length = 0;
    /* 15 digits are always told apart, so none fewer are tried but near zero. */
    for (int digits = fabs(value) < DBL_MIN ? 0 : DBL_DIG - 1; digits < 17; digits++) {
        length = snprintf(text, sizeof text, "%.*e", digits, within_range(value));
        if (strtod(text, NULL) == value)
            break;
    }
    return decimal_parse((struct json_slice){text, (uint32_t)length, JSON_NUMBER, 0}, out);
}

size_t double_format(char out[DECIMAL_TEXT_SIZE], double value)
{
    struct decimal decimal;
    if (!decimal_from_double(value, &decimal)) {
        memcpy(out, "null", 4);
        return 4;
    }
    if (value == 0 && signbit(value)) {
        memcpy(out, "-0", 2);
        return 2;
    }
    return decimal_format(out, decimal);
}

void double_write(struct text_buffer *out, double value)
{
    out->length += double_format(text_buffer_reserve(out, DECIMAL_TEXT_SIZE), value);
}
