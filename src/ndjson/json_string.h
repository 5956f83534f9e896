#ifndef NDJSON_JSON_STRING_H
#define NDJSON_JSON_STRING_H

#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* The bytes between the quotes of a validated string slice, escapes as they are. */
static inline const char *json_string_inner(struct json_slice slice, size_t *length)
{
    *length = slice.length - 2;
    return slice.text + 1;
}

/* Decodes a validated string slice to UTF-8; `out` needs slice.length bytes. Returns the length
   (U+0000 is a byte like any other). */
size_t json_string_decode(struct json_slice slice, char *out);

/* True if the string (escaped or not) is these UTF-8 bytes. */
bool json_string_equals(struct json_slice slice, const char *bytes, size_t length);

/* The decoded bytes: in place where nothing is escaped, else in the scratch. */
const char *json_string_bytes(struct json_slice slice, struct scratch *scratch, size_t *length);

/* <0, 0, >0 in the order of the decoded bytes, which is the order of the code points. */
int json_string_compare(struct json_slice a, struct json_slice b);

/* Appends bytes as a JSON string with quotes: only '"', '\\' and controls are escaped. */
void json_string_encode(struct text_buffer *out, const char *bytes, size_t length);

/* The same to `out`, which has room for JSON_STRING_ROOM(length) bytes; returns the length. */
#define JSON_STRING_ROOM(length) (6 * (length) + 2)
size_t json_string_format(char *out, const char *bytes, size_t length);

#endif
