#ifndef NDJSON_JSON_ESCAPE_H
#define NDJSON_JSON_ESCAPE_H

#include <stddef.h>

/* Which escape sequences are valid inside JSON strings: RFC 8259, section 7. */

/* Bytes of the escape that starts with the backslash at `at` (a surrogate pair counts as one:
   12), or 0 and *reason, a static text. */
size_t json_escape_measure(const char *at, const char *end, const char **reason);

/* The first backslash in [at, end) whose escape is not valid, or NULL. */
const char *json_escape_find_bad(const char *at, const char *end);

#endif
