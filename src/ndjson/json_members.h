#ifndef NDJSON_JSON_MEMBERS_H
#define NDJSON_JSON_MEMBERS_H

#include "ndjson/json_slice.h"

#include <stdbool.h>

/* Walks over the members of an object, or the elements of an array, in validated JSON text. For
   places off the hot path: what every record needs comes from a projection. */
struct json_members {
    const char *at;
    const char *end;
    bool object;
};

/* `container` is an object or an array slice; anything else has no members. */
struct json_members json_members_of(struct json_slice container);

/* The next member; false after the last. `name` is the string slice with quotes (JSON_ABSENT for
   array elements). */
bool json_members_next(struct json_members *members, struct json_slice *name,
                       struct json_slice *value);

/* The value of the last member of that (unescaped) name; JSON_ABSENT if there is none. */
struct json_slice json_member(struct json_slice object, const char *name);

/* The slice of the JSON value that starts at `at` in validated text (leading space is skipped). */
struct json_slice json_value_at(const char *at, const char *end);

#endif
