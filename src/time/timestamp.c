#include "time/timestamp.h"

#include "time/civil_date.h"
#include "time/clock.h"
#include "time/time_layout.h"

#include <string.h>

enum { SECONDS_PER_DAY = 86400, MAX_FRACTION_DIGITS = 9 };

bool time_unit_parse(const char *text, size_t length, enum time_unit *unit)
{
    static const char *const names[] = {"ns", "us", "ms", "s", "utc"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0) {
            *unit = (enum time_unit)i;
            return true;
        }
    }
    return false;
}

bool time_unit_of_name(const char *name, size_t length, enum time_unit *unit)
{
    const char *underscore = length ? memrchr(name, '_', length) : NULL;
    if (!underscore || underscore == name)
        return false;
    size_t suffix = length - (size_t)(underscore + 1 - name);
    return time_unit_parse(underscore + 1, suffix, unit) && *unit != TIME_UNIT_UTC;
}

/* False for the two values that stand for "none" and "end" where times are compared. */
static bool is_time(int64_t ns)
{
    return ns != INT64_MIN && ns != INT64_MAX;
}

/* What is left of a text being read. */
struct text_cursor {
    const char *at;
    const char *end;
};

static bool take_number(struct text_cursor *cursor, int digits, int most, int *value)
{
    *value = 0;
    if (cursor->end - cursor->at < digits)
        return false;
    for (int i = 0; i < digits; i++, cursor->at++) {
        if (*cursor->at < '0' || *cursor->at > '9')
            return false;
        *value = *value * 10 + (*cursor->at - '0');
    }
    return *value <= most;
}

static bool take_any_of(struct text_cursor *cursor, const char *characters)
{
    if (cursor->at == cursor->end || !memchr(characters, *cursor->at, strlen(characters)))
        return false;
    cursor->at++;
    return true;
}

static bool take_date(struct text_cursor *cursor, int64_t *days)
{
    struct civil_date date;
    if (!take_number(cursor, 4, 9999, &date.year) || !take_any_of(cursor, "-") ||
        !take_number(cursor, 2, 12, &date.month) || !take_any_of(cursor, "-") ||
        !take_number(cursor, 2, 31, &date.day))
        return false;
    if (date.month == 0 || date.day == 0 ||
        date.day > civil_date_days_of_month(date.year, date.month))
        return false;
    *days = civil_date_to_days(date);
    return true;
}

static bool take_time_of_day(struct text_cursor *cursor, int *second_of_day, bool *leap)
{
    int hour, minute, second;
    if (!take_number(cursor, 2, 23, &hour) || !take_any_of(cursor, ":") ||
        !take_number(cursor, 2, 59, &minute) || !take_any_of(cursor, ":") ||
        !take_number(cursor, 2, 60, &second))
        return false;
    *leap = second == 60;
    *second_of_day = hour * 3600 + minute * 60 + second;
    return true;
}

static bool take_fraction(struct text_cursor *cursor, int64_t *ns)
{
    int64_t place = NS_PER_SECOND / 10;
    *ns = 0;
    if (!take_any_of(cursor, "."))
        return true;
    const char *first = cursor->at;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
        if (cursor->at - first == MAX_FRACTION_DIGITS)
            return false;
        *ns += (*cursor->at - '0') * place;
        place /= 10;
    }
    return cursor->at > first;
}

/* "Z" or "+02:00", in seconds east of UTC. */
static bool take_offset(struct text_cursor *cursor, bool optional, int *offset)
{
    int hours, minutes;
    *offset = 0;
    if (cursor->at == cursor->end)
        return optional;
    if (take_any_of(cursor, "Zz"))
        return true;
    bool west = *cursor->at == '-';
    if (!take_any_of(cursor, "+-") || !take_number(cursor, 2, 23, &hours) ||
        !take_any_of(cursor, ":") || !take_number(cursor, 2, 59, &minutes))
        return false;
    *offset = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

static bool starts_month(int64_t seconds)
{
    return seconds % SECONDS_PER_DAY == 0 &&
           civil_date_from_days(seconds / SECONDS_PER_DAY).day == 1;
}

/* What time_layout_read() does not read: leap seconds, and what is no time. */
static bool read_slowly(const char *text, size_t length, bool offset_optional,
                        struct laid_out_time *time)
{
    struct text_cursor cursor = {text, text + length};
    int64_t days;
    int second_of_day, offset;
    bool leap;

    if (!take_date(&cursor, &days) || !take_any_of(&cursor, "Tt ") ||
        !take_time_of_day(&cursor, &second_of_day, &leap) || !take_fraction(&cursor, &time->ns) ||
        !take_offset(&cursor, offset_optional, &offset) || cursor.at != cursor.end)
        return false;
    time->seconds = days * SECONDS_PER_DAY + second_of_day - offset;
    return !leap || starts_month(time->seconds);
}

bool timestamp_parse(const char *text, size_t length, bool offset_optional, int64_t *ns)
{
    struct laid_out_time read;
    int64_t time;

    if (!time_layout_read(text, length, offset_optional, &read) &&
        !read_slowly(text, length, offset_optional, &read))
        return false;
    /* One second nearer to 1970, so that the first and the last second of the range do not overflow
       before their fraction is added. */
    int64_t inward = read.seconds < 0 ? 1 : 0;
    if (__builtin_mul_overflow(read.seconds + inward, NS_PER_SECOND, &time) ||
        __builtin_add_overflow(time, read.ns - inward * NS_PER_SECOND, &time) || !is_time(time))
        return false;
    *ns = time;
    return true;
}

/* `digits` decimal digits of `value` at `out`. */
static char *put_digits(char *out, int64_t value, int digits)
{
    uint32_t rest = (uint32_t)value; /* at most nine digits */
    for (int i = digits - 1; i >= 0; i--) {
        out[i] = (char)('0' + rest % 10);
        rest /= 10;
    }
    return out + digits;
}

static int64_t floor_divide(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

static char *put_fraction(char *out, int64_t ns)
{
    if (ns == 0)
        return out;
    *out++ = '.';
    if (ns % NS_PER_MS == 0)
        return put_digits(out, ns / NS_PER_MS, 3);
    if (ns % NS_PER_US == 0)
        return put_digits(out, ns / NS_PER_US, 6);
    return put_digits(out, ns, MAX_FRACTION_DIGITS);
}

static char *put_timestamp(char *out, int64_t ns)
{
    int64_t seconds = floor_divide(ns, NS_PER_SECOND);
    int64_t days = floor_divide(seconds, SECONDS_PER_DAY);
    int64_t second_of_day = seconds - days * SECONDS_PER_DAY;
    struct civil_date date = civil_date_from_days(days);

    out = put_digits(out, date.year, 4);
    *out++ = '-';
    out = put_digits(out, date.month, 2);
    *out++ = '-';
    out = put_digits(out, date.day, 2);
    *out++ = 'T';
    out = put_digits(out, second_of_day / 3600, 2);
    *out++ = ':';
    out = put_digits(out, second_of_day / 60 % 60, 2);
    *out++ = ':';
    out = put_digits(out, second_of_day % 60, 2);
    /* The remainder of a floor division, taken in unsigned arithmetic: INT64_MIN has no seconds
       that can be multiplied back. */
    out = put_fraction(out, (int64_t)((uint64_t)ns - (uint64_t)seconds * (uint64_t)NS_PER_SECOND));
    *out++ = 'Z';
    return out;
}

size_t timestamp_format(int64_t ns, char buffer[TIMESTAMP_TEXT_SIZE])
{
    return (size_t)(put_timestamp(buffer, ns) - buffer);
}

static size_t put_integer(char *buffer, int64_t value)
{
    char digits[20];
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    size_t first = sizeof(digits);
    do {
        digits[--first] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    size_t sign = value < 0;
    if (sign)
        *buffer = '-';
    memcpy(buffer + sign, digits + first, sizeof(digits) - first);
    return sign + sizeof(digits) - first;
}

size_t timestamp_format_json(int64_t ns, enum time_format format, char buffer[TIMESTAMP_TEXT_SIZE])
{
    static const int64_t divisors[] = {
        [TIME_FORMAT_NS] = 1,
        [TIME_FORMAT_US] = NS_PER_US,
        [TIME_FORMAT_MS] = NS_PER_MS,
        [TIME_FORMAT_S] = NS_PER_SECOND,
    };
    if (format != TIME_FORMAT_RFC3339)
        return put_integer(buffer, floor_divide(ns, divisors[format]));
    char *out = buffer;
    *out++ = '"';
    out = put_timestamp(out, ns);
    *out++ = '"';
    return (size_t)(out - buffer);
}

bool time_format_store(void *target, const char *argument, struct error_text *error)
{
    static const char *const names[] = {"rfc3339", "ns", "us", "ms", "s"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i], argument) == 0) {
            *(enum time_format *)target = (enum time_format)i;
            return true;
        }
    }
    return refuse(error, "'%s' is none of rfc3339, ns, us, ms, s", argument);
}

static bool parse_bare_date(const char *text, size_t length, int64_t *ns)
{
    struct text_cursor cursor = {text, text + length};
    int64_t days;
    return take_date(&cursor, &days) && cursor.at == cursor.end &&
           !__builtin_mul_overflow(days, SECONDS_PER_DAY * NS_PER_SECOND, ns);
}

bool timestamp_store(void *target, const char *argument, struct error_text *error)
{
    int64_t *ns = target;
    size_t length = strlen(argument);
    if (strcmp(argument, "now") == 0) {
        *ns = clock_wall();
        return true;
    }
    return parse_bare_date(argument, length, ns) || timestamp_parse(argument, length, false, ns) ||
           refuse(error, "'%s' is not a time (2024-05-01T12:00:00Z, 2024-05-01, now)", argument);
}
