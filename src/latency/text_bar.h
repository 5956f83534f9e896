#ifndef LATENCY_TEXT_BAR_H
#define LATENCY_TEXT_BAR_H

#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends a bar of up to `width` columns for value/maximum, in eighths of a column with Unicode, in
   '#' without. A value above zero always shows. Nothing if value or maximum is not above zero. */
void text_bar_add(struct text_buffer *out, int64_t value, int64_t maximum, unsigned width,
                  bool unicode);

/* Appends a JSON value for a terminal, strings without their quotes: control characters are \x..
   escapes; padded with blanks to `width` columns, or cut to them with a '~' at the end. Returns the
   columns that the whole value needs; width 0 appends nothing. */
size_t text_label_add(struct text_buffer *out, struct json_slice value, unsigned width);

#endif
