#ifndef NDJSON_JSON_ESCAPE_H
#define NDJSON_JSON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Escape sequences inside JSON strings: RFC 8259, section 7. */

/* Bytes of the escape that starts with the backslash at `at` (a surrogate pair counts as one:
   12), or 0 and *reason, a static text. */
size_t json_escape_measure(const char *at, const char *end, const char **reason);

/* The first backslash in [at, end) whose escape is not valid, or NULL. */
const char *json_escape_find_bad(const char *at, const char *end);

/* True if the inside of a validated string, its escapes decoded, is these UTF-8 bytes. */
bool json_escape_equals(const char *inner, size_t length, const char *bytes, size_t count);

#endif
