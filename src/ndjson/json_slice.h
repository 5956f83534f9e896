#ifndef NDJSON_JSON_SLICE_H
#define NDJSON_JSON_SLICE_H

#include <stdbool.h>
#include <stdint.h>

/* In jq's sort order, so that kinds compare as numbers. JSON_ABSENT is no JSON: "no such
   member". */
enum json_kind {
    JSON_ABSENT,
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

enum {
    JSON_FLAG_ESCAPED = 1, /* a string with a backslash in it */
    JSON_FLAG_INTEGER = 2  /* a number without '.', 'e', 'E' */
};

/* A validated JSON value as it stands in the text: strings with their quotes, containers from
   bracket to bracket. Borrowed: lives as long as the bytes it points to. */
struct json_slice {
    const char *text;
    uint32_t length;
    uint8_t kind; /* enum json_kind */
    uint8_t flags;
};

static inline bool json_slice_absent(struct json_slice slice)
{
    return slice.kind == JSON_ABSENT;
}

#endif
