#ifndef NDJSON_JSON_SCALAR_H
#define NDJSON_JSON_SCALAR_H

#include "ndjson/json_slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Numbers and literals: RFC 8259, sections 3 and 6. */

/* Moves *at behind the number that starts there; false: *at is the byte that is wrong. *flags is
   JSON_FLAG_INTEGER or 0. */
bool json_number_skip(const char **at, const char *end, uint8_t *flags);

/* Length of null, true or false at `at` and its kind; 0: none of them. */
size_t json_literal_measure(const char *at, const char *end, uint8_t *kind);

/* Fills the slice if [text, text + length) is one whole number or literal. */
bool json_scalar_read_slowly(const char *text, uint32_t length, struct json_slice *slice);

#if defined(__SSE2__)
static inline uint32_t json_non_digits(const char *text)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    __m128i small = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    return (uint32_t)_mm_movemask_epi8(small) ^ 0xFFFF;
}

/* As json_scalar_read_slowly; up to 32 bytes behind text are read. Integers and decimals without
   exponent, of less than 32 bytes, are settled here: digits but for one point inside. */
static inline bool json_scalar_read(const char *text, uint32_t length, struct json_slice *slice)
{
    uint32_t sign = *text == '-';
    const char *digits = text + sign;
    uint32_t count = length - sign;
    if (count - 1 >= 31)
        return json_scalar_read_slowly(text, length, slice);
    uint32_t others = json_non_digits(digits);
    if (count > 16)
        others |= json_non_digits(digits + 16) << 16;
    others &= (UINT32_C(1) << count) - 1;
    bool settled = *digits != '0' || count == 1 || digits[1] == '.';
    uint8_t flags = JSON_FLAG_INTEGER;
    if (others) {
        uint32_t point = (uint32_t)__builtin_ctz(others);
        settled = settled && !(others & (others - 1)) && digits[point] == '.' && point > 0 &&
                  point + 1 < count;
        flags = 0;
    }
    if (!settled)
        return json_scalar_read_slowly(text, length, slice);
    *slice = (struct json_slice){text, length, JSON_NUMBER, flags};
    return true;
}
#else
static inline bool json_scalar_read(const char *text, uint32_t length, struct json_slice *slice)
{
    return json_scalar_read_slowly(text, length, slice);
}
#endif

#endif
