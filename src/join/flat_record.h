#ifndef JOIN_FLAT_RECORD_H
#define JOIN_FLAT_RECORD_H

#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two objects as one: the first as it stands, then those members of the second whose names it has
   not. event_time_ns and late, where they are given, take the place of members of that name, or
   come last. */
struct member_name {
    const char *bytes; /* decoded */
    size_t length;
};

struct flat_record {
    struct member_name *names; /* of the first object */
    size_t count;
    size_t capacity;
    struct scratch scratch;
};

/* `first` is an object, `second` one or JSON_ABSENT. `time`: event_time_ns, NULL = none; `late`: a
   member "late":true. */
void flat_record_write(struct flat_record *flat, struct json_slice first, struct json_slice second,
                       const int64_t *time, bool late, struct text_buffer *out);

void flat_record_free(struct flat_record *flat);

#endif
