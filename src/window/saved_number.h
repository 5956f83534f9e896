#ifndef WINDOW_SAVED_NUMBER_H
#define WINDOW_SAVED_NUMBER_H

#include "ndjson/decimal.h"
#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>

/* Numbers in snapshots: what is read back has the same bits. `lead` stands before. */

/* A JSON number; "inf", "-inf" or "nan". */
void saved_number_write(struct text_buffer *out, const char *lead, double number);
bool saved_number_read(struct json_slice saved, double *number);

/* A string, "COEFFICIENT" or "COEFFICIENTeEXPONENT", so that jq does not round it; zeros at its end
   stay, since what fits 128 bits later depends on them. */
void saved_decimal_write(struct text_buffer *out, const char *lead, struct decimal decimal);
bool saved_decimal_read(struct json_slice saved, struct decimal *decimal);

#endif
