#include "time/duration.h"

#include <stdio.h>
#include <string.h>

struct duration_unit {
    char name[3];
    uint64_t ns;
};

/* Largest first: the order in which they must be written. */
static const struct duration_unit units[] = {
    {"d", UINT64_C(86400000000000)},
    {"h", UINT64_C(3600000000000)},
    {"m", UINT64_C(60000000000)},
    {"s", UINT64_C(1000000000)},
    {"ms", UINT64_C(1000000)},
    {"us", UINT64_C(1000)},
    {"ns", UINT64_C(1)},
};
enum { UNIT_MINUTE = 2, UNIT_SECOND = 3, UNIT_NS = 6, UNIT_COUNT = 7 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The unit named at *text, passed over; UNIT_COUNT = none. Letters are read as one word, so that
   "5ms" is no minute. */
static int take_unit(const char **text)
{
    size_t length = 0;
    while (((*text)[length] | 32) >= 'a' && ((*text)[length] | 32) <= 'z')
        length++;
    for (int i = 0; i < UNIT_COUNT; i++) {
        if (strlen(units[i].name) == length && strncmp(*text, units[i].name, length) == 0) {
            *text += length;
            return i;
        }
    }
    return UNIT_COUNT;
}

/* Adds the part at *text, "90m" or "1.5s", to *sum. The unit must come after *previous. */
static bool take_part(const char **text, int *previous, uint64_t *sum)
{
    const char *at = *text;
    uint64_t whole = 0, part;

    if (!is_digit(*at))
        return false;
    for (; is_digit(*at); at++)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, (uint64_t)(*at - '0'), &whole))
            return false;

    const char *fraction = *at == '.' ? ++at : NULL;
    while (fraction && is_digit(*at))
        at++;
    size_t digits = fraction ? (size_t)(at - fraction) : 0;
    int unit = take_unit(&at);
    if (unit == UNIT_COUNT || unit <= *previous || (fraction && (digits == 0 || *at)))
        return false;

    if (__builtin_mul_overflow(whole, units[unit].ns, &part) ||
        __builtin_add_overflow(*sum, part, sum))
        return false;
    uint64_t scale = units[unit].ns;
    for (size_t i = 0; i < digits; i++) {
        /* What is left of the unit at this digit must still be whole ns. */
        if (scale % 10 != 0 && fraction[i] != '0')
            return false;
        scale /= 10;
        if (__builtin_add_overflow(*sum, (uint64_t)(fraction[i] - '0') * scale, sum))
            return false;
    }
    *previous = unit;
    *text = at;
    return true;
}

static bool parse_magnitude(const char *text, int64_t *ns)
{
    uint64_t sum = 0;
    int previous = -1;

    if (strcmp(text, "0") == 0) {
        *ns = 0;
        return true;
    }
    do {
        if (!take_part(&text, &previous, &sum))
            return false;
    } while (*text);
    *ns = (int64_t)sum;
    return sum <= INT64_MAX;
}

static bool refuse_duration(const char *text, struct error_text *error)
{
    const char *digits = text + (*text == '-');
    if (*digits && strspn(digits, "0123456789.") == strlen(digits))
        return refuse(error, "'%s' lacks its unit (%sms, %ss, %sm, %sh)", text, text, text, text,
                      text);
    return refuse(error, "'%s' is not a duration (500ms, 10s, 2m, 1h30m; at most 106751d)", text);
}

bool duration_parse(const char *text, int64_t *ns, struct error_text *error)
{
    if (*text == '-' && parse_magnitude(text + 1, ns))
        return refuse(error, "'%s' is negative", text);
    return parse_magnitude(text, ns) || refuse_duration(text, error);
}

bool duration_parse_signed(const char *text, int64_t *ns, struct error_text *error)
{
    bool negative = *text == '-';
    if (!parse_magnitude(text + negative, ns))
        return refuse_duration(text, error);
    if (negative)
        *ns = -*ns;
    return true;
}

bool duration_store(void *target, const char *argument, struct error_text *error)
{
    return duration_parse(argument, target, error);
}

/* "1.5ms": `ns` in the unit, which is not larger than it, as a decimal without final zeros. */
static size_t format_decimal(char *out, uint64_t ns, int unit)
{
    uint64_t whole = ns / units[unit].ns;
    uint64_t rest = ns % units[unit].ns;
    size_t length = (size_t)sprintf(out, "%llu", (unsigned long long)whole);

    if (rest) {
        out[length++] = '.';
        for (uint64_t place = units[unit].ns / 10; rest; place /= 10) {
            out[length++] = (char)('0' + rest / place);
            rest %= place;
        }
    }
    return length + (size_t)sprintf(out + length, "%s", units[unit].name);
}

char *duration_format(int64_t ns, char buffer[DURATION_TEXT_SIZE])
{
    uint64_t rest = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    char *out = buffer;

    if (ns < 0)
        *out++ = '-';
    for (int unit = 0; unit <= UNIT_MINUTE; unit++) {
        if (rest >= units[unit].ns)
            out += sprintf(out, "%llu%s", (unsigned long long)(rest / units[unit].ns),
                           units[unit].name);
        rest %= units[unit].ns;
    }
    if (ns == 0)
        memcpy(out, "0", sizeof("0"));
    else if (rest) {
        int unit = UNIT_SECOND;
        /* A part of a minute stays in seconds; alone, it takes the unit that it fills. */
        if (out == buffer + (ns < 0))
            while (rest < units[unit].ns)
                unit++;
        format_decimal(out, rest, unit);
    }
    return buffer;
}

bool duration_store_positive(void *target, const char *argument, struct error_text *error)
{
    if (!duration_store(target, argument, error))
        return false;
    return *(int64_t *)target > 0 || refuse(error, "'%s' is not above zero", argument);
}
