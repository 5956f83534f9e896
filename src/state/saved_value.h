#ifndef STATE_SAVED_VALUE_H
#define STATE_SAVED_VALUE_H

#include "ndjson/json_slice.h"

#include <stdbool.h>
#include <stddef.h>

/* JSON values in lines that were not validated, because a checksum says that we wrote them: still
   no value is taken for one that it is not. */

/* Whether a value, as json_slice_at() found it in the line, is one. `end`: the line's LF. */
bool saved_value_check(struct json_slice slice, const char *line, const char *end);

/* Whether all of it is one string without escapes. Nearly every key is: this is faster than to take
   it apart byte by byte. false says nothing: of one shorter than 8 bytes it is false too. */
bool saved_value_is_plain_string(const char *text, size_t length);

#endif
