#include "ndjson/number_text.h"

#include <string.h>

static const int64_t exponent_limit = INT64_C(100000000000000000);

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int64_t read_exponent(const char *at, const char *end)
{
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    int64_t exponent = 0;
    for (; at < end; at++)
        if (exponent < exponent_limit)
            exponent = exponent * 10 + (*at - '0');
    if (exponent > exponent_limit)
        exponent = exponent_limit;
    return negative ? -exponent : exponent;
}

/* Sets digits, end, count and magnitude from the mantissa. */
static void read_mantissa(struct number_text *number, const char *at, const char *end)
{
    const char *point = memchr(at, '.', (size_t)(end - at));
    const char *integer_end = point ? point : end;
    while (at < end && (*at == '0' || *at == '.'))
        at++;
    while (end > at && (end[-1] == '0' || end[-1] == '.'))
        end--;
    number->digits = at;
    number->end = end;
    number->count = (size_t)(end - at) - (size_t)(integer_end > at && integer_end < end);
    number->magnitude = at > integer_end ? integer_end + 1 - at : integer_end - at;
}

struct number_text number_text_read(struct json_slice slice)
{
    struct number_text number = {.sign = slice.text[0] == '-' ? -1 : 1};
    const char *at = slice.text + (number.sign < 0);
    const char *end = slice.text + slice.length;
    const char *mantissa_end = at;
    while (mantissa_end < end && (is_digit(*mantissa_end) || *mantissa_end == '.'))
        mantissa_end++;
    read_mantissa(&number, at, mantissa_end);
    if (number.count == 0)
        number.sign = 0;
    else if (mantissa_end < end)
        number.magnitude += read_exponent(mantissa_end + 1, end);
    return number;
}

static int next_digit(const char **at, const char *end)
{
    if (*at < end && **at == '.')
        ++*at;
    return *at < end ? *(*at)++ : '0';
}

static int compare_digits(const struct number_text *a, const struct number_text *b)
{
    const char *left = a->digits;
    const char *right = b->digits;
    while (left < a->end || right < b->end) {
        int difference = next_digit(&left, a->end) - next_digit(&right, b->end);
        if (difference != 0)
            return difference;
    }
    return 0;
}

/* Both canonical integers: more digits or greater digits is more, away from zero. */
static int compare_plain(struct json_slice a, struct json_slice b)
{
    bool a_negative = a.text[0] == '-';
    bool b_negative = b.text[0] == '-';
    if (a_negative != b_negative)
        return a_negative ? -1 : 1;
    int order = a.length != b.length ? (a.length < b.length ? -1 : 1)
                                     : memcmp(a.text, b.text, a.length);
    return a_negative ? -order : order;
}

int number_text_compare(struct json_slice a, struct json_slice b)
{
    if (number_text_canonical(a) && number_text_canonical(b))
        return compare_plain(a, b);
    struct number_text left = number_text_read(a);
    struct number_text right = number_text_read(b);
    if (left.sign != right.sign)
        return left.sign < right.sign ? -1 : 1;
    if (left.sign == 0)
        return 0;
    if (left.magnitude != right.magnitude)
        return (left.magnitude < right.magnitude) == (left.sign > 0) ? -1 : 1;
    int order = compare_digits(&left, &right);
    return left.sign > 0 ? order : -order;
}

static size_t format_exponent(char *out, int64_t exponent)
{
    char digits[24];
    size_t count = 0, length = 0;
    uint64_t rest = exponent < 0 ? -(uint64_t)exponent : (uint64_t)exponent;
    out[length++] = 'e';
    if (exponent < 0)
        out[length++] = '-';
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    while (count > 0)
        out[length++] = digits[--count];
    return length;
}

size_t number_text_canonicalise(struct json_slice slice, char *out)
{
    struct number_text number = number_text_read(slice);
    size_t length = 0;
    if (number.sign == 0) {
        out[0] = '0';
        return 1;
    }
    if (number.sign < 0)
        out[length++] = '-';
    const char *at = number.digits;
    while (at < number.end)
        out[length++] = (char)next_digit(&at, number.end);
    int64_t exponent = number.magnitude - (int64_t)number.count;
    if (exponent >= 0 && number.magnitude + (number.sign < 0) <= NUMBER_TEXT_PLAIN) {
        memset(out + length, '0', (size_t)exponent);
        return length + (size_t)exponent;
    }
    return length + format_exponent(out + length, exponent);
}
