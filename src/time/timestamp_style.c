#include "time/timestamp_style.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Where things stand in "2024-05-01T12:00:00.123+02:00". */
enum { SEPARATOR = 10, POINT = 19, MOST_DIGITS = 9 };

static bool is_rfc3339(const char *text, size_t length)
{
    return length >= POINT && memchr("Tt ", text[SEPARATOR], 3) != NULL;
}

static int count_digits(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && text[count] >= '0' && text[count] <= '9')
        count++;
    return (int)count;
}

/* Fraction digits that the text gives, at most those that ns have. An exponent moves the point. */
static int fraction_digits(const char *text, size_t length, int most)
{
    const char *end = text + length;
    const char *point = memchr(text, '.', length);
    const char *exponent = memchr(text, 'e', length);
    long digits = point ? count_digits(point + 1, (size_t)(end - point - 1)) : 0;
    char power[12] = "";

    if (!exponent)
        exponent = memchr(text, 'E', length);
    if (exponent && (size_t)(end - exponent) <= sizeof(power)) {
        memcpy(power, exponent + 1, (size_t)(end - exponent - 1));
        digits -= strtol(power, NULL, 10);
    }
    return digits < 0 ? 0 : digits > most ? most : (int)digits;
}

/* Fraction digits of a unit that make one ns. */
static int digits_of_unit(enum time_unit unit)
{
    static const int digits[] = {
        [TIME_UNIT_NS] = 0,          [TIME_UNIT_US] = 3,  [TIME_UNIT_MS] = 6,
        [TIME_UNIT_S] = MOST_DIGITS, [TIME_UNIT_UTC] = 0,
    };
    return digits[unit];
}

static int64_t power_of_ten(int exponent)
{
    int64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

int64_t timestamp_resolution(const char *text, size_t length, enum time_unit unit)
{
    int most = is_rfc3339(text, length) ? MOST_DIGITS : digits_of_unit(unit);
    return power_of_ten(most - fraction_digits(text, length, most));
}

/* `digits` or more digits of `fraction`, which counts 10^-most, after a point. */
static size_t put_fraction(char *out, int64_t fraction, int digits, int most)
{
    int64_t place = power_of_ten(most - 1);
    size_t length = 0;
    if (digits == 0 && fraction == 0)
        return 0;
    out[length++] = '.';
    for (int i = 0; place > 0 && (i < digits || fraction > 0); i++, place /= 10) {
        out[length++] = (char)('0' + fraction / place);
        fraction %= place;
    }
    return length;
}

/* Seconds east of UTC of "Z", "+02:00" or nothing. */
static int64_t zone_offset(const char *zone, size_t length)
{
    if (length < 6)
        return 0;
    int64_t seconds = ((zone[1] - '0') * 10 + (zone[2] - '0')) * 3600 +
                      ((zone[4] - '0') * 10 + (zone[5] - '0')) * 60;
    return zone[0] == '-' ? -seconds : seconds;
}

static size_t format_like_rfc3339(int64_t ns, const char *text, size_t length, char *out)
{
    char utc[TIMESTAMP_TEXT_SIZE];
    int digits = fraction_digits(text, length, MOST_DIGITS);
    size_t zone = POINT + (length > POINT && text[POINT] == '.' ? (size_t)digits + 1 : 0);
    /* Floor division: the fraction counts forward also before 1970. */
    int64_t fraction = (ns % NS_PER_SECOND + NS_PER_SECOND) % NS_PER_SECOND;
    int64_t local = time_add(ns - fraction,
                             zone_offset(text + zone, length - zone) * NS_PER_SECOND);

    timestamp_format(local, utc);
    memcpy(out, utc, POINT);
    out[SEPARATOR] = text[SEPARATOR];
    size_t written = POINT + put_fraction(out + POINT, fraction, digits, MOST_DIGITS);
    memcpy(out + written, text + zone, length - zone);
    return written + length - zone;
}

static size_t format_like_number(int64_t ns, const char *text, size_t length, enum time_unit unit,
                                 char *out)
{
    int most = digits_of_unit(unit);
    int64_t scale = power_of_ten(most);
    size_t written = ns < 0;
    int64_t whole = ns / scale;
    int64_t fraction = ns % scale;

    /* Not by timestamp_format_json alone: -0.5 is no number of whole units with a sign. */
    if (ns < 0)
        out[0] = '-';
    char digits[TIMESTAMP_TEXT_SIZE];
    size_t count = timestamp_format_json(whole, TIME_FORMAT_NS, digits);
    size_t sign = whole < 0;
    memcpy(out + written, digits + sign, count - sign);
    written += count - sign;
    return written + put_fraction(out + written, fraction < 0 ? -fraction : fraction,
                                  fraction_digits(text, length, most), most);
}

size_t timestamp_format_like(int64_t ns, const char *text, size_t length, enum time_unit unit,
                             char buffer[TIMESTAMP_STYLE_SIZE])
{
    if (is_rfc3339(text, length))
        return format_like_rfc3339(ns, text, length, buffer);
    return format_like_number(ns, text, length, unit, buffer);
}
