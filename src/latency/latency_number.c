#include "latency/latency_number.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* `from`: the ns from which on the unit is used. Seconds go on to 1000, because 95.0s reads better
   than 1.58m. */
static const struct {
    uint64_t from;
    uint64_t unit;
    const char *name;
} units[] = {
    {1000, 1000, NULL},
    {1000000, 1000000, "ms"},
    {1000000000, 1000000000, "s"},
    {1000000000000, 60000000000, "m"},
    {7200000000000, 3600000000000, "h"},
    {172800000000000, 86400000000000, "d"},
};
enum { UNITS = sizeof units / sizeof units[0] };

/* value / unit in hundredths, tenths or ones, rounded, so that three digits stand there. */
static uint64_t rounded(uint64_t ns, uint64_t unit, int *decimals)
{
    static const uint64_t scales[] = {100, 10, 1};
    uint64_t value = 0;
    for (*decimals = 2; *decimals >= 0; (*decimals)--) {
        uint64_t step = unit / scales[2 - *decimals];
        value = ns / step + (ns % step >= step - step / 2);
        if (value < 1000)
            break;
    }
    if (*decimals < 0)
        *decimals = 0;
    return value;
}

char *latency_number_format(int64_t ns, const char *micro, char text[LATENCY_NUMBER_SIZE])
{
    uint64_t magnitude = ns < 0 ? (uint64_t)0 - (uint64_t)ns : (uint64_t)ns;
    const char *sign = ns < 0 ? "-" : "";
    static const unsigned scales[] = {1, 10, 100};
    uint64_t value = 0;
    int decimals = 0;
    size_t i = 0;
    if (magnitude < units[0].from) {
        snprintf(text, LATENCY_NUMBER_SIZE, "%s%" PRIu64 "%s", sign, magnitude,
                 magnitude == 0 ? "" : "ns");
        return text;
    }
    while (i + 1 < UNITS && magnitude >= units[i + 1].from)
        i++;
    value = rounded(magnitude, units[i].unit, &decimals);
    if (i + 1 < UNITS && value / scales[decimals] * units[i].unit >= units[i + 1].from)
        value = rounded(units[i + 1].from, units[i + 1].unit, &decimals), i++;
    if (decimals == 0)
        snprintf(text, LATENCY_NUMBER_SIZE, "%s%" PRIu64 "%s", sign, value,
                 i == 0 ? micro : units[i].name);
    else
        snprintf(text, LATENCY_NUMBER_SIZE, "%s%" PRIu64 ".%0*" PRIu64 "%s", sign,
                 value / scales[decimals], decimals, value % scales[decimals],
                 i == 0 ? micro : units[i].name);
    return text;
}

char *latency_number_short(int64_t ns, const char *micro, char text[LATENCY_NUMBER_SIZE])
{
    char *point;
    char *unit;
    char *end;
    latency_number_format(ns, micro, text);
    point = strchr(text, '.');
    if (point == NULL)
        return text;
    unit = point + 1 + strspn(point + 1, "0123456789");
    for (end = unit; end[-1] == '0'; end--)
        ;
    if (end[-1] == '.')
        end--;
    memmove(end, unit, strlen(unit) + 1);
    return text;
}

char *latency_number_milliseconds(int64_t ns, char text[LATENCY_NUMBER_SIZE])
{
    uint64_t magnitude = ns < 0 ? (uint64_t)0 - (uint64_t)ns : (uint64_t)ns;
    uint64_t us = magnitude / 1000 + (magnitude % 1000 >= 500);
    const char *sign = ns < 0 && us > 0 ? "-" : "";
    if (us % 10 == 0)
        snprintf(text, LATENCY_NUMBER_SIZE, "%s%" PRIu64 ".%02" PRIu64, sign, us / 1000,
                 us % 1000 / 10);
    else
        snprintf(text, LATENCY_NUMBER_SIZE, "%s%" PRIu64 ".%03" PRIu64, sign, us / 1000, us % 1000);
    return text;
}

char *latency_number_count(uint64_t count, char text[LATENCY_NUMBER_SIZE])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    size_t end = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[end++] = ',';
        text[end++] = digits[i];
    }
    text[end] = '\0';
    return text;
}

char *latency_number_ratio(int64_t numerator, int64_t denominator, char text[LATENCY_NUMBER_SIZE])
{
    double ratio = (double)numerator / (double)denominator;
    if (numerator <= 0 || denominator <= 0)
        snprintf(text, LATENCY_NUMBER_SIZE, "-");
    else
        snprintf(text, LATENCY_NUMBER_SIZE, "%.*fx",
                 ratio < 9.995   ? 2
                 : ratio < 99.95 ? 1
                                 : 0,
                 ratio);
    return text;
}
