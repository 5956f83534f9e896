#ifndef ATTRIBUTION_CREDIT_VALUE_H
#define ATTRIBUTION_CREDIT_VALUE_H

#include "cli/diagnostics.h"
#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* What a conversion is worth, in units of a power of ten: 10^-digits, or finer if the value has
   more digits than that, so that units are always whole. */
struct credit_value {
    uint64_t units; /* below 2^63 */
    int32_t exponent;
    bool negative;
};

enum { CREDIT_DIGITS = 6, MAX_CREDIT_DIGITS = 15 };

/* false: not a number, or too large, with the reason. */
bool credit_value_read(struct json_slice number, unsigned digits, struct credit_value *value,
                       struct error_text *error);

/* Appends `units` of a value as a JSON number. */
void credit_value_write(const struct credit_value *value, uint64_t units, struct text_buffer *out);

#endif
