#include "time/timestamp.h"

#include <string.h>

static const int64_t ns_per_unit[] = {
    [TIME_UNIT_NS] = 1,
    [TIME_UNIT_US] = NS_PER_US,
    [TIME_UNIT_MS] = NS_PER_MS,
    [TIME_UNIT_S] = NS_PER_SECOND,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Eight digits at once: their numeric value, or false if one is none. The pairs, fours and eights
   are summed inside one word, least significant digit in the top byte. */
static bool take_eight_digits(const char *text, uint64_t *value)
{
    static const uint64_t high_halves = UINT64_C(0xf0f0f0f0f0f0f0f0);
    static const uint64_t threes = UINT64_C(0x3030303030303030);
    uint64_t word;
    memcpy(&word, text, sizeof(word));
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
        word = __builtin_bswap64(word);
    /* The high halves are all 3, so the sum of the second test carries nowhere. */
    if ((word & high_halves) != threes ||
        ((word + UINT64_C(0x0606060606060606)) & high_halves) != threes)
        return false;
    word &= UINT64_C(0x0f0f0f0f0f0f0f0f);
    word = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    word = (word * 100 + (word >> 16)) & UINT64_C(0x0000ffff0000ffff);
    *value = (word * 10000 + (word >> 32)) & UINT64_C(0xffffffff);
    return true;
}

/* The magnitude of digits only; at most 19 of them, which fit 64 bits. */
static bool parse_digits(const char *text, size_t length, uint64_t *magnitude)
{
    uint64_t sum = 0, eight;
    if (length == 0 || length > 19)
        return false;
    while (length >= 8) {
        if (!take_eight_digits(text, &eight))
            return false;
        sum = sum * 100000000 + eight;
        text += 8;
        length -= 8;
    }
    for (; length; text++, length--) {
        unsigned digit = (unsigned char)*text - (unsigned)'0';
        if (digit > 9)
            return false;
        sum = sum * 10 + digit;
    }
    *magnitude = sum;
    return true;
}

static bool signed_time(bool negative, uint64_t magnitude, uint64_t scale, int64_t *ns)
{
    if (__builtin_mul_overflow(magnitude, scale, &magnitude) || magnitude >= INT64_MAX)
        return false;
    *ns = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

/* coefficient * 10^exponent. Final zeros are in the exponent, so that whatever is a time fits. */
struct scaled_number {
    uint64_t coefficient;
    int64_t exponent;
};

/* One more digit, which stands at 10^exponent. */
static bool append_digit(struct scaled_number *number, unsigned digit, int64_t exponent)
{
    if (digit == 0)
        return true;
    if (number->coefficient == 0)
        number->exponent = exponent;
    for (; number->exponent > exponent; number->exponent--)
        if (__builtin_mul_overflow(number->coefficient, 10, &number->coefficient))
            return false;
    return !__builtin_add_overflow(number->coefficient, digit, &number->coefficient);
}

/* Takes a run of digits at *at, the first of which stands at 10^exponent. */
static bool take_digits(const char **at, const char *end, int64_t exponent,
                        struct scaled_number *number)
{
    const char *first = *at;
    for (; *at < end && is_digit(**at); ++*at)
        if (!append_digit(number, (unsigned)(**at - '0'), exponent--))
            return false;
    return *at > first;
}

/* "e-3" at `at` up to the end. Beyond 9 digits of exponent nothing is a time. */
static bool parse_exponent(const char *at, const char *end, int64_t *exponent)
{
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    *exponent = 0;
    if (at == end || end - at > 9)
        return false;
    for (; at < end; at++) {
        if (!is_digit(*at))
            return false;
        *exponent = *exponent * 10 + (*at - '0');
    }
    if (negative)
        *exponent = -*exponent;
    return true;
}

/* The way of numbers with a point, an exponent or very many digits. */
static bool parse_decimal(const char *text, size_t length, bool negative, enum time_unit unit,
                          int64_t *ns)
{
    static const int places[] = {
        [TIME_UNIT_NS] = 0, [TIME_UNIT_US] = 3, [TIME_UNIT_MS] = 6, [TIME_UNIT_S] = 9};
    const char *end = text + length;
    const char *at = text;
    struct scaled_number number = {0, 0};
    int64_t exponent = 0;
    size_t whole = 0;

    while (whole < length && is_digit(text[whole]))
        whole++;
    if (!take_digits(&at, end, (int64_t)whole - 1, &number))
        return false;
    if (at < end && *at == '.' && (at++, !take_digits(&at, end, -1, &number)))
        return false;
    if (at < end && ((*at | 32) != 'e' || !parse_exponent(at + 1, end, &exponent)))
        return false;
    exponent += number.exponent + places[unit];
    if (number.coefficient == 0)
        exponent = 0;
    if (exponent < 0 || exponent > 18)
        return false;
    uint64_t scale = 1;
    for (; exponent; exponent--)
        scale *= 10;
    return signed_time(negative, number.coefficient, scale, ns);
}

bool timestamp_parse_number(const char *text, size_t length, enum time_unit unit, int64_t *ns)
{
    uint64_t magnitude;
    bool negative = length && *text == '-';
    text += negative;
    length -= negative;

    if (unit == TIME_UNIT_UTC)
        return false;
    if (parse_digits(text, length, &magnitude))
        return signed_time(negative, magnitude, (uint64_t)ns_per_unit[unit], ns);
    return parse_decimal(text, length, negative, unit, ns);
}
