#include "ndjson/decimal.h"

#include "ndjson/number_text.h"

#include <endian.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

enum { COEFFICIENT_DIGITS = 38, QUOTIENT_DIGITS = 34 };

static uint128 absolute(int128 value)
{
    return value < 0 ? -(uint128)value : (uint128)value;
}

static size_t count_digits(uint128 value)
{
    size_t count = 0;
    for (; value > UINT64_MAX; value /= 10)
        count++;
    for (uint64_t rest = (uint64_t)value; rest > 0; rest /= 10)
        count++;
    return count;
}

static bool exponent_fits(int64_t exponent)
{
    return exponent >= INT32_MIN && exponent <= INT32_MAX;
}

/* *value * 10^power; false = overflow. */
static bool scale(int128 *value, int64_t power)
{
    if (power > COEFFICIENT_DIGITS)
        return *value == 0;
    for (; power > 0; power--)
        if (__builtin_mul_overflow(*value, (int128)10, value))
            return false;
    return true;
}

static bool is_small(int128 value)
{
    return value >= INT64_MIN && value <= INT64_MAX;
}

struct decimal decimal_normalise(struct decimal value)
{
    if (value.coefficient == 0)
        return (struct decimal){0, 0};
    if (is_small(value.coefficient) && value.exponent < INT32_MAX - 20) {
        int64_t small = (int64_t)value.coefficient;
        for (; small % 10 == 0; value.exponent++)
            small /= 10;
        return (struct decimal){small, value.exponent};
    }
    while (value.coefficient % 10 == 0 && value.exponent < INT32_MAX) {
        value.coefficient /= 10;
        value.exponent++;
    }
    return value;
}

static bool parse_digits(const char *at, const char *end, bool negative, int128 *out)
{
    int128 coefficient = 0;
    for (; at < end; at++) {
        if (*at == '.')
            continue;
        int128 digit = negative ? '0' - *at : *at - '0';
        if (__builtin_mul_overflow(coefficient, (int128)10, &coefficient) ||
            __builtin_add_overflow(coefficient, digit, &coefficient))
            return false;
    }
    *out = coefficient;
    return true;
}

/* Only the significant digits: for texts like 1000...000 whose zeros do not fit. */
static bool parse_significant(struct json_slice slice, struct decimal *out)
{
    struct number_text number = number_text_read(slice);
    int64_t exponent = number.magnitude - (int64_t)number.count;
    if (number.sign == 0) {
        *out = (struct decimal){0, 0};
        return true;
    }
    if (!exponent_fits(exponent))
        return false;
    out->exponent = (int32_t)exponent;
    return parse_digits(number.digits, number.end, number.sign < 0, &out->coefficient);
}

/* Eight ASCII digits by three multiplications, pairs first, then fours; event times have 19 digits
   and every record has one. Only the low half of each byte is looked at, so that a zero byte is the
   digit 0. */
static uint64_t eight_value(uint64_t digits)
{
    digits = ((digits & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
    digits = ((digits & 0x00ff00ff00ff00ff) * 6553601) >> 16;
    return ((digits & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

static uint64_t load_eight(const char *at)
{
    uint64_t digits;
    memcpy(&digits, at, sizeof digits);
    return le64toh(digits);
}

/* Digits only, at most 19. Those that are left over of the eights come first, read as eight with
   zeros before them: what stands behind them in the same load is moved out. */
static uint64_t digits_value(const char *at, size_t count)
{
    uint64_t sum = 0;
    if (count < 8) {
        for (; count > 0; count--)
            sum = sum * 10 + (uint64_t)(*at++ - '0');
        return sum;
    }
    size_t first = count % 8;
    if (first > 0)
        sum = eight_value(load_eight(at) << (8 * (8 - first)));
    sum = sum * 100000000 + eight_value(load_eight(at + first));
    return count < 16 ? sum : sum * 100000000 + eight_value(load_eight(at + first + 8));
}

bool integer_parse(struct json_slice number, int64_t *out)
{
    bool negative = *number.text == '-';
    size_t digits = number.length - negative;
    if (!(number.flags & JSON_FLAG_INTEGER) || digits > 19)
        return false;
    uint64_t sum = digits_value(number.text + negative, digits);
    if (sum > (uint64_t)INT64_MAX + negative)
        return false;
    *out = negative ? (int64_t)-sum : (int64_t)sum;
    return true;
}

bool integer_text_parse(const char *text, size_t length, int64_t *out)
{
    size_t sign = length > 0 && text[0] == '-';
    if (length == sign || length > sign + 19 || (text[sign] == '0' && length > sign + 1))
        return false;
    for (size_t i = sign; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return integer_parse(
        (struct json_slice){text, (uint32_t)length, JSON_NUMBER, JSON_FLAG_INTEGER}, out);
}

bool decimal_parse(struct json_slice number, struct decimal *out)
{
    int64_t integer;
    if (integer_parse(number, &integer)) {
        *out = decimal_from_integer(integer);
        return true;
    }
    bool negative = number.text[0] == '-';
    const char *at = number.text + negative;
    const char *end = number.text + number.length;
    const char *mantissa_end = at;
    const char *point = NULL;
    for (; mantissa_end < end && (*mantissa_end | 0x20) != 'e'; mantissa_end++)
        if (*mantissa_end == '.')
            point = mantissa_end;
    /* Only a text without exponent keeps its zeros: 1.50 stays 150e-2, 1e3 stays 1e3. */
    if (mantissa_end < end || !parse_digits(at, mantissa_end, negative, &out->coefficient))
        return parse_significant(number, out);
    out->exponent = point ? (int32_t)(point + 1 - mantissa_end) : 0;
    return true;
}

/* Operands that scale within 128 bits without further ado. */
static bool compare_small(struct decimal a, struct decimal b, int *order)
{
    int64_t distance = (int64_t)a.exponent - b.exponent;
    if (!is_small(a.coefficient) || !is_small(b.coefficient) || distance > 18 || distance < -18)
        return false;
    int64_t factor = 1;
    for (int64_t i = distance < 0 ? -distance : distance; i > 0; i--)
        factor *= 10;
    int128 left = distance > 0 ? a.coefficient * factor : a.coefficient;
    int128 right = distance < 0 ? b.coefficient * factor : b.coefficient;
    *order = (left > right) - (left < right);
    return true;
}

static int compare_magnitudes(struct decimal a, struct decimal b)
{
    uint128 left = absolute(a.coefficient);
    uint128 right = absolute(b.coefficient);
    int64_t left_magnitude = (int64_t)count_digits(left) + a.exponent;
    int64_t right_magnitude = (int64_t)count_digits(right) + b.exponent;
    if (left_magnitude != right_magnitude)
        return left_magnitude < right_magnitude ? -1 : 1;
    /* The shorter one is scaled up; what overflows is beyond any coefficient. */
    for (int64_t i = b.exponent; i < a.exponent; i++)
        if (__builtin_mul_overflow(left, (uint128)10, &left))
            return 1;
    for (int64_t i = a.exponent; i < b.exponent; i++)
        if (__builtin_mul_overflow(right, (uint128)10, &right))
            return -1;
    return (left > right) - (left < right);
}

int decimal_compare(struct decimal a, struct decimal b)
{
    if (a.exponent == b.exponent)
        return (a.coefficient > b.coefficient) - (a.coefficient < b.coefficient);
    int order;
    if (compare_small(a, b, &order))
        return order;
    int left_sign = (a.coefficient > 0) - (a.coefficient < 0);
    int right_sign = (b.coefficient > 0) - (b.coefficient < 0);
    if (left_sign != right_sign || left_sign == 0)
        return (left_sign > right_sign) - (left_sign < right_sign);
    order = compare_magnitudes(a, b);
    return left_sign > 0 ? order : -order;
}

static bool add_aligned(struct decimal a, struct decimal b, struct decimal *out)
{
    if (a.coefficient == 0 || b.coefficient == 0) {
        *out = a.coefficient == 0 ? b : a;
        return true;
    }
    int32_t exponent = a.exponent < b.exponent ? a.exponent : b.exponent;
    if (!scale(&a.coefficient, (int64_t)a.exponent - exponent) ||
        !scale(&b.coefficient, (int64_t)b.exponent - exponent) ||
        __builtin_add_overflow(a.coefficient, b.coefficient, &out->coefficient))
        return false;
    out->exponent = exponent;
    return true;
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *out)
{
    return add_aligned(a, b, out) || add_aligned(decimal_normalise(a), decimal_normalise(b), out);
}

bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out)
{
    if (__builtin_sub_overflow((int128)0, b.coefficient, &b.coefficient))
        return false;
    return decimal_add(a, b, out);
}

bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out)
{
    int128 product;
    if (__builtin_mul_overflow(a.coefficient, b.coefficient, &product)) {
        a = decimal_normalise(a);
        b = decimal_normalise(b);
        if (__builtin_mul_overflow(a.coefficient, b.coefficient, &product))
            return false;
    }
    int64_t exponent = (int64_t)a.exponent + b.exponent;
    if (!exponent_fits(exponent))
        return false;
    *out = (struct decimal){product, (int32_t)exponent};
    return true;
}

/* Takes the factor out of *value as often as it goes in; returns how often. */
static int64_t take_factor(int128 *value, int64_t factor)
{
    int64_t count = 0;
    if (is_small(*value)) {
        int64_t small = (int64_t)*value;
        for (; small % factor == 0; count++)
            small /= factor;
        *value = small;
        return count;
    }
    for (; *value % factor == 0; count++)
        *value /= factor;
    return count;
}

static bool multiply_power(int128 *value, int128 factor, int64_t power)
{
    for (; power > 0; power--)
        if (__builtin_mul_overflow(*value, factor, value))
            return false;
    return true;
}

static bool divide_coefficients(int128 a, int128 b, int128 *quotient)
{
    if (b == -1)
        return !__builtin_sub_overflow((int128)0, a, quotient);
    if (is_small(a) && is_small(b)) {
        *quotient = (int64_t)a / (int64_t)b;
        return (int64_t)a % (int64_t)b == 0;
    }
    *quotient = a / b;
    return a % b == 0;
}

/* a / (2^x 5^y rest) is a decimal iff rest divides a; then it is (a / rest) 5^(k-y) 2^(k-x) / 10^k
   with k the greater of x and y. */
bool decimal_divide_exact(struct decimal a, struct decimal b, struct decimal *out)
{
    int128 quotient, rest = b.coefficient;
    int64_t power = 0;
    if (!divide_coefficients(a.coefficient, rest, &quotient)) {
        int64_t twos = take_factor(&rest, 2), fives = take_factor(&rest, 5);
        power = twos > fives ? twos : fives;
        a = decimal_normalise(a);
        if (!divide_coefficients(a.coefficient, rest, &quotient) ||
            !multiply_power(&quotient, 2, power - twos) ||
            !multiply_power(&quotient, 5, power - fives))
            return false;
    }
    *out = decimal_normalise((struct decimal){quotient, 0});
    int64_t exponent = (int64_t)out->exponent + a.exponent - b.exponent - power;
    if (!exponent_fits(exponent) || count_digits(absolute(out->coefficient)) > QUOTIENT_DIGITS)
        return false;
    out->exponent = quotient == 0 ? 0 : (int32_t)exponent;
    return true;
}

bool decimal_to_integer(struct decimal value, int64_t *out)
{
    if (value.exponent < 0)
        value = decimal_normalise(value);
    if (value.exponent < 0 || !scale(&value.coefficient, value.exponent) ||
        value.coefficient < INT64_MIN || value.coefficient > INT64_MAX)
        return false;
    *out = (int64_t)value.coefficient;
    return true;
}
