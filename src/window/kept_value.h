#ifndef WINDOW_KEPT_VALUE_H
#define WINDOW_KEPT_VALUE_H

#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* A value that outlives its record, spelled as it came: integers of 64 bits in place, other texts
   in memory of their own. Starts zeroed: none. */
struct kept_value {
    char *text; /* of anything but an integer; owned */
    int64_t integer;
    uint32_t length;
    uint32_t capacity;
    uint8_t kind; /* enum json_kind; JSON_ABSENT = none */
    uint8_t flags;
    bool in_place; /* the integer */
};

void kept_value_set(struct kept_value *kept, struct json_slice value);
void kept_value_copy(struct kept_value *kept, const struct kept_value *other);
void kept_value_clear(struct kept_value *kept);

static inline bool kept_value_absent(const struct kept_value *kept)
{
    return kept->kind == JSON_ABSENT;
}

/* In jq's sort order: <0, 0, >0. Neither is absent. */
int kept_value_compare_slice(const struct kept_value *kept, struct json_slice value);
int kept_value_compare(const struct kept_value *a, const struct kept_value *b);

/* As JSON text; an integer is written into the scratch. Null if absent. */
struct json_slice kept_value_slice(const struct kept_value *kept, struct scratch *scratch);

/* As it is spelled; null stands for none. */
void kept_value_save(const struct kept_value *kept, struct text_buffer *out);
bool kept_value_restore(struct kept_value *kept, struct json_slice saved);

#endif
