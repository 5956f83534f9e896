#ifndef NDJSON_NUMBER_TEXT_H
#define NDJSON_NUMBER_TEXT_H

#include "ndjson/json_slice.h"

#include <stddef.h>
#include <stdint.h>

/* A number's text taken apart, of any length and exponent: +-0.d1d2d3... * 10^magnitude, d1 not 0.
   Borrowed from the text. Exponents are held at +-10^17. */
struct number_text {
    int sign;           /* -1, 0, +1 */
    const char *digits; /* d1; a '.' may stand among the digits */
    const char *end;    /* behind the last digit that is not a trailing zero */
    size_t count;       /* digits from `digits` to `end` */
    int64_t magnitude;
};

struct number_text number_text_read(struct json_slice slice);

/* <0, 0, >0, exact for any two number texts. */
int number_text_compare(struct json_slice a, struct json_slice b);

/* The one spelling of a value: plain digits for integers of at most 40 characters, else
   DIGITSeEXPONENT. */
enum { NUMBER_TEXT_PLAIN = 40 };
/* True if the slice is that spelling already (an integer as everybody writes it). */
static inline bool number_text_canonical(struct json_slice number)
{
    return (number.flags & JSON_FLAG_INTEGER) && number.length <= NUMBER_TEXT_PLAIN &&
           !(number.text[0] == '-' && number.text[1] == '0');
}
/* Writes it to `out`, which has room for the text's length + NUMBER_TEXT_PLAIN + 24 bytes; returns
   its length. */
size_t number_text_canonicalise(struct json_slice slice, char *out);

#endif
