#ifndef NDJSON_JSON_ITERATOR_H
#define NDJSON_JSON_ITERATOR_H

#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Walks what is inside a validated container; for the paths that the scanner does not serve. */
struct json_iterator {
    const char *at;
    const char *end;
    bool object;
};

/* Anything but an array or object has nothing inside. */
struct json_iterator json_iterator_start(struct json_slice container);

/* The next element, or member with its name (NULL: not wanted); false at the end. */
bool json_iterator_next(struct json_iterator *iterator, struct json_slice *name,
                        struct json_slice *value);

/* The value that starts at `text` (no white space before it), which is validated JSON. */
struct json_slice json_slice_at(const char *text, const char *end);

/* The member of this name, the last if there are several; JSON_ABSENT if none. */
struct json_slice json_member(struct json_slice object, const char *name, size_t length);

/* The element at `index`, from the end if negative; JSON_ABSENT if none. */
struct json_slice json_element(struct json_slice array, int64_t index);
size_t json_array_length(struct json_slice array);

/* The members of an object in jq's order (by decoded name), the last of a name only. */
struct json_member_entry {
    struct json_slice name;
    struct json_slice value;
    size_t position; /* of the name's first appearance in the object, from 0 */
};
struct json_member_entry *json_members_sorted(struct json_slice object, struct scratch *scratch,
                                              size_t *count);

#endif
