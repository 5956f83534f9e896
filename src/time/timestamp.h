#ifndef TIME_TIMESTAMP_H
#define TIME_TIMESTAMP_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Event time is int64 nanoseconds since 1970-01-01T00:00:00Z, proleptic Gregorian, no leap seconds
   (":60" on the last second of a UTC day at a month's end reads as the next second). Range: years
   1677 to 2262; INT64_MIN and INT64_MAX themselves are no times (they mean "none" and "end"). */

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SECOND INT64_C(1000000000)

/* The unit of a numeric time. TIME_UNIT_UTC: RFC 3339 text that may lack its offset (then UTC). */
enum time_unit { TIME_UNIT_NS, TIME_UNIT_US, TIME_UNIT_MS, TIME_UNIT_S, TIME_UNIT_UTC };

/* "ns" "us" "ms" "s" "utc". */
bool time_unit_parse(const char *text, size_t length, enum time_unit *unit);

/* The unit a member's name tells by its suffix _s _ms _us _ns; false = it tells none. */
bool time_unit_of_name(const char *name, size_t length, enum time_unit *unit);

/* RFC 3339: "2024-05-01T12:00:00.123456789+02:00", 'T' may be 't' or ' ', 'Z' may be 'z', 0-9
   fraction digits. Without offset only if `offset_optional`. false = not such a time, or out of
   range. */
bool timestamp_parse(const char *text, size_t length, bool offset_optional, int64_t *ns);

/* JSON's number text, e.g. "1714521600.25" with unit s, to ns, exactly; digits below one ns are
   refused unless zero, so are times out of range and TIME_UNIT_UTC. Leading zeros are read. */
bool timestamp_parse_number(const char *text, size_t length, enum time_unit unit, int64_t *ns);

/* "2024-05-01T10:00:00Z", "...:00.500Z": UTC, as many fraction digits (0, 3, 6, 9) as needed.
   Returns the length; no final NUL is promised. */
#define TIMESTAMP_TEXT_SIZE 40
size_t timestamp_format(int64_t ns, char buffer[TIMESTAMP_TEXT_SIZE]);

/* How tools print the times they make (--time-format). Numbers for ns, us, ms, s (floor division);
   a quoted RFC 3339 string otherwise: JSON text either way. */
enum time_format {
    TIME_FORMAT_RFC3339,
    TIME_FORMAT_NS,
    TIME_FORMAT_US,
    TIME_FORMAT_MS,
    TIME_FORMAT_S
};
size_t timestamp_format_json(int64_t ns, enum time_format format, char buffer[TIMESTAMP_TEXT_SIZE]);
bool time_format_store(void *target, const char *argument, struct error_text *error);

/* An option value that is a time: RFC 3339, a bare date, or "now". Target: int64_t ns. */
bool timestamp_store(void *target, const char *argument, struct error_text *error);

/* a + b, a - b, held at INT64_MIN and INT64_MAX; an operand at one of these stays there. */
static inline int64_t time_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (a == INT64_MIN || a == INT64_MAX)
        return a;
    if (__builtin_add_overflow(a, b, &sum))
        return b > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

static inline int64_t time_subtract(int64_t a, int64_t b)
{
    int64_t difference;
    if (a == INT64_MIN || a == INT64_MAX)
        return a;
    if (__builtin_sub_overflow(a, b, &difference))
        return b < 0 ? INT64_MAX : INT64_MIN;
    return difference;
}

#endif
