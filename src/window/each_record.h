#ifndef WINDOW_EACH_RECORD_H
#define WINDOW_EACH_RECORD_H

#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stddef.h>

/* Members that are put into each record of a window: in the place of those of the same name, else
   behind the others. */
struct each_member {
    struct json_slice name; /* as a JSON string */
    struct json_slice value;
};

/* Appends the object with the members put in; everything else stays byte for byte. */
void each_record_write(struct json_slice object, const struct each_member *members, size_t count,
                       struct text_buffer *out);

#endif
