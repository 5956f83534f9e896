#ifndef WINDOW_VALUE_SET_H
#define WINDOW_VALUE_SET_H

#include "ndjson/json_key.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set of values by their identity as keys, exact: the values' bytes are kept. Starts zeroed. */
struct value_set {
    struct value_set_slot {
        uint64_t hash;
        size_t place; /* of its bytes + 1; 0 = free */
    } * slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t count;
    char *bytes; /* per value its kind, the length (4 bytes) and the canonical bytes */
    size_t used;
    size_t room;
    size_t saved; /* bytes that value_set_save() has written */
};

void value_set_add(struct value_set *set, const struct json_key *key);
void value_set_merge(struct value_set *set, const struct value_set *other);
void value_set_clear(struct value_set *set);

/* [VALUE,...]: what was added since it was written last (`anew`: from the start), about 256 KiB at
   most; false = there is more. Restoring adds; false = not that. */
bool value_set_save(struct value_set *set, bool anew, struct text_buffer *out);
bool value_set_restore(struct value_set *set, struct json_slice saved);

#endif
