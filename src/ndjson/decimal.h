#ifndef NDJSON_DECIMAL_H
#define NDJSON_DECIMAL_H

#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* coefficient * 10^exponent, exact. Integers up to 128 bits have exponent 0 when they come from
   decimal_from_integer or a plain integer text. Not normalised: 1.50 is 150e-2. */
__extension__ typedef __int128 int128;
struct decimal {
    int128 coefficient;
    int32_t exponent;
};

static inline struct decimal decimal_from_integer(int64_t integer)
{
    return (struct decimal){integer, 0};
}

/* A number slice to a decimal; false if it has more than 128 bits of digits or an exponent beyond
   int32: the caller then falls back to decimal_text_to_double. */
bool decimal_parse(struct json_slice number, struct decimal *out);

/* Plain integer text that fits int64; the hot path of times and ids. */
bool integer_parse(struct json_slice number, int64_t *out);

/* The same for any text: false unless it is -?DIGITS as JSON spells an integer. */
bool integer_text_parse(const char *text, size_t length, int64_t *out);

/* The nearest double of a number's text; +-infinity becomes +-DBL_MAX as in jq. */
double decimal_text_to_double(struct json_slice number);
double decimal_to_double(struct decimal value);

/* <0, 0, >0 by value, exact for all operands. */
int decimal_compare(struct decimal a, struct decimal b);

/* false when the exact result does not fit: the caller falls back to doubles. */
bool decimal_add(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out);
/* Only where the quotient is an integer or a decimal of at most 34 digits is the result exact and
   true; otherwise false. The divisor is not zero. */
bool decimal_divide_exact(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_to_integer(struct decimal value, int64_t *out); /* false: fraction or out of range */

/* Without trailing zeros in the coefficient; zero has exponent 0. */
struct decimal decimal_normalise(struct decimal value);

/* JSON text: plain digits with no more fraction than needed (150e-2 is 1.5, as jq prints it); an
   exponent only where plain digits would pass 40 characters. */
void decimal_write(struct text_buffer *out, struct decimal value);
/* The shortest text that reads back as this double, integers without fraction; NaN is null. */
void double_write(struct text_buffer *out, double value);

/* The same texts into an array; returns the length, without final NUL. */
enum { DECIMAL_TEXT_SIZE = 64 };
size_t decimal_format(char out[DECIMAL_TEXT_SIZE], struct decimal value);
size_t double_format(char out[DECIMAL_TEXT_SIZE], double value);

/* The decimal that double_write prints; false = NaN. */
bool decimal_from_double(double value, struct decimal *out);

#endif
