#ifndef TIME_TIMESTAMP_STYLE_H
#define TIME_TIMESTAMP_STYLE_H

#include "time/timestamp.h"

#include <stddef.h>
#include <stdint.h>

/* How a time is written in a record, and other times written the same way. A `text` here is one
   that timestamp_parse or timestamp_parse_number has accepted: RFC 3339, or a number in `unit`. */

/* The smallest step that the text's digits can tell, in ns: 1 s for "2024-05-01T12:00:00Z", 1 ms
   for "1714521600123" in ms and for "1714521600.123" in s. At least 1. */
int64_t timestamp_resolution(const char *text, size_t length, enum time_unit unit);

/* Writes `ns` like the text: the same unit, separator and zone; as many fraction digits, more only
   if `ns` has them; no exponent. Returns the length. */
#define TIMESTAMP_STYLE_SIZE 64
size_t timestamp_format_like(int64_t ns, const char *text, size_t length, enum time_unit unit,
                             char buffer[TIMESTAMP_STYLE_SIZE]);

#endif
