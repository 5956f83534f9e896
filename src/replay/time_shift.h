#ifndef REPLAY_TIME_SHIFT_H
#define REPLAY_TIME_SHIFT_H

#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"
#include "time/timestamp.h"

#include <stddef.h>
#include <stdint.h>

/* The text of the time in a record: `member` is a number, or a string with a number or an RFC 3339
   time in it. Lives as long as the record and the scratch. */
struct time_text {
    const char *text;
    size_t length;
};
struct time_text time_text_of(struct json_slice member, struct scratch *scratch);

/* Appends the record `line` (`length` bytes) with `member`, which lies in it, set to `time` ns and
   written as it was: its unit, format, zone and number of digits; a string stays a string. All
   other bytes stay as they are. */
void time_shift_write(const char *line, size_t length, struct json_slice member,
                      enum time_unit unit, int64_t time, struct scratch *scratch,
                      struct text_buffer *out);

#endif
