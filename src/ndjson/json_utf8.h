#ifndef NDJSON_JSON_UTF8_H
#define NDJSON_JSON_UTF8_H

#include <stddef.h>

/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */

/* Length (1 to 4) of the sequence that starts at `at`; 0: none that is valid ends by `end`. */
size_t json_utf8_sequence(const char *at, const char *end);

/* The first byte in [at, end) that starts no valid sequence, or NULL. */
const char *json_utf8_find_bad(const char *at, const char *end);

#endif
