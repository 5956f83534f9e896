#ifndef EXPRESSION_VALUE_H
#define EXPRESSION_VALUE_H

#include "ndjson/decimal.h"
#include "ndjson/json_key.h"
#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>

/* What an expression gives: a piece of the record as it stands there, or something made. Arrays and
   objects are always JSON text (VALUE_SLICE). */
enum value_form {
    VALUE_SLICE,   /* slice: validated JSON text, in the record, a literal or the scratch */
    VALUE_DECIMAL, /* kind JSON_NUMBER, exact */
    VALUE_DOUBLE,  /* kind JSON_NUMBER, from a division or from libjq */
    VALUE_STRING   /* kind JSON_STRING, decoded UTF-8 bytes */
};

struct value {
    uint8_t kind; /* enum json_kind, never JSON_ABSENT */
    uint8_t form; /* enum value_form */
    union {
        struct json_slice slice;
        struct decimal decimal;
        double real;
        struct {
            const char *bytes;
            size_t length;
        } string;
    };
};

/* Absent becomes null. */
struct value value_from_slice(struct json_slice slice);
struct value value_null(void);
struct value value_boolean(bool truth);

static inline void value_set_boolean(struct value *value, bool truth)
{
    value->kind = truth ? JSON_TRUE : JSON_FALSE;
    value->form = VALUE_SLICE;
    value->slice = truth ? (struct json_slice){"true", 4, JSON_TRUE, 0}
                         : (struct json_slice){"false", 5, JSON_FALSE, 0};
}
struct value value_integer(int64_t integer);
struct value value_decimal(struct decimal decimal);
struct value value_double(double real); /* NaN becomes null, infinities +-DBL_MAX, as in jq */
struct value value_string(const char *bytes, size_t length); /* UTF-8, borrowed */

/* jq's truth: everything but null and false. */
static inline bool value_true(const struct value *value)
{
    return value->kind > JSON_FALSE;
}

/* jq's sort order; numbers exactly, a double as the decimal that is printed for it. */
int value_compare(const struct value *a, const struct value *b, struct scratch *scratch);

/* As JSON text: slices byte for byte. */
void value_write(struct text_buffer *out, const struct value *value);

/* As a slice; made values are written into the scratch. */
struct json_slice value_slice(const struct value *value, struct scratch *scratch);

/* The value as a key; false = objects are not keys. */
bool value_key(const struct value *value, struct scratch *scratch, struct json_key *key);

/* The decoded bytes of a value of kind JSON_STRING; in the scratch if they stand nowhere. */
const char *value_string_bytes(const struct value *value, struct scratch *scratch, size_t *length);

/* A number as a decimal; false = not a number, a double, or beyond 128 bits. */
bool value_decimal_of(const struct value *value, struct decimal *decimal);

/* Exact integer value of a number (or, if `or_text`, of a string that holds one); false = none. */
bool value_integer_of(const struct value *value, bool or_text, int64_t *integer);

/* Nearest double of a number; false = not a number. */
bool value_double_of(const struct value *value, double *real);

#endif
