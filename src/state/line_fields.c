#include "state/line_fields.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"

#include <string.h>

enum { INTEGER_TEXT_SIZE = 20, HEXADECIMAL_DIGITS = 16 };

bool line_fields_begin(struct line_fields *fields, const char *line, size_t length)
{
    *fields = (struct line_fields){line + 1, line + length};
    return length >= 2 && line[0] == '{';
}

/* Members come one after the other with a comma between; behind the brace there is none. */
bool line_fields_begin_kind(struct line_fields *fields, const char *line, size_t length,
                            const char *kind)
{
    static const char lead[] = "\"kind\":\"";
    size_t size = strlen(kind);
    if (!line_fields_begin(fields, line, length) ||
        (size_t)(fields->end - fields->at) < sizeof lead + size ||
        memcmp(fields->at, lead, sizeof lead - 1) != 0 ||
        memcmp(fields->at + sizeof lead - 1, kind, size) != 0 ||
        fields->at[sizeof lead - 1 + size] != '"')
        return false;
    fields->at += sizeof lead + size;
    return true;
}

enum { WORD_DIGITS = 8 };
#define ZEROES UINT64_C(0x3030303030303030)

/* How many of eight bytes, from the first on, are digits; `word` has them with ZEROES taken off. */
static unsigned leading_digits(uint64_t word)
{
    uint64_t others = ((word + UINT64_C(0x7676767676767676)) | word) & UINT64_C(0x8080808080808080);
    return others == 0 ? WORD_DIGITS : (unsigned)__builtin_ctzll(others) / 8;
}

/* The value of the first `count` (1 to 8) digits: pairs, then fours, then all. */
static uint64_t digits_value(uint64_t word, unsigned count)
{
    word <<= 8 * (WORD_DIGITS - count);
    word = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    word = (word * 100 + (word >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (word * 10000 + (word >> 32)) & UINT64_C(0xffffffff);
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* So many digits fit without a look at overflow. */
enum { SAFE_DIGITS = 19 };

static const char *behind_digits(const char *at, const char *end)
{
    return at >= end || (*at != ',' && *at != '}') ? NULL : at;
}

/* The digits from the SAFE_DIGITS'th on. */
static const char *read_slowly(const char *at, const char *end, uint64_t result, uint64_t *value)
{
    for (; at < end && is_digit(*at); at++)
        if (__builtin_mul_overflow(result, 10, &result) ||
            __builtin_add_overflow(result, (uint64_t)(*at - '0'), &result))
            return NULL;
    *value = result;
    return behind_digits(at, end);
}

/* By eight digits, which is what most of them come in: a loop over single ones ends where nobody
   can predict. */
const char *line_natural_read(const char *at, const char *end, uint64_t *value)
{
    static const uint64_t powers[] = {1,      10,      100,      1000,     10000,
                                      100000, 1000000, 10000000, 100000000};
    const char *start = at;
    uint64_t result = 0;
    for (;;) {
        uint64_t word;
        unsigned count;
        memcpy(&word, at, sizeof word);
        word ^= ZEROES;
        count = leading_digits(word);
        if (at - start + (ptrdiff_t)count > SAFE_DIGITS)
            return read_slowly(at, end, result, value);
        if (count > 0)
            result = result * powers[count] + digits_value(word, count);
        at += count;
        if (count < WORD_DIGITS)
            break;
    }
    *value = result;
    return at == start ? NULL : behind_digits(at, end);
}

const char *line_integer_read(const char *at, const char *end, int64_t *value)
{
    bool negative = at < end && *at == '-';
    uint64_t magnitude;
    at = line_natural_read(at + negative, end, &magnitude);
    if (at == NULL || magnitude > (uint64_t)INT64_MAX + negative)
        return NULL;
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return at;
}

bool line_fields_value(struct line_fields *fields, const char *name, struct json_slice *value)
{
    const char *at = line_fields_value_at(fields, name);
    struct json_slice found;
    if (at == NULL || at == fields->end)
        return false;
    found = json_slice_at(at, fields->end);
    if (found.length > (size_t)(fields->end - at))
        return false;
    *value = found;
    fields->at = at + found.length;
    return true;
}

bool line_fields_boolean(struct line_fields *fields, const char *name, bool *value)
{
    struct line_fields ahead = *fields;
    struct json_slice slice;
    if (!line_fields_value(&ahead, name, &slice) ||
        (slice.kind != JSON_TRUE && slice.kind != JSON_FALSE))
        return false;
    *value = slice.kind == JSON_TRUE;
    *fields = ahead;
    return true;
}

bool line_fields_text(struct line_fields *fields, const char *name, struct text_buffer *decoded)
{
    struct line_fields ahead = *fields;
    struct json_slice slice;
    if (!line_fields_value(&ahead, name, &slice) || slice.kind != JSON_STRING)
        return false;
    decoded->length += json_string_decode(slice, text_buffer_reserve(decoded, slice.length));
    *fields = ahead;
    return true;
}

bool line_fields_last(struct line_fields *fields, const char *name, const char **json,
                      size_t *length)
{
    const char *at = line_fields_value_at(fields, name);
    if (at == NULL)
        return false;
    *json = at;
    *length = (size_t)(fields->end - at) - 1;
    fields->at = fields->end - 1;
    return true;
}

#define EACH_BYTE UINT64_C(0x0101010101010101)

/* Eight digits, 0-9 and a-f; false: others are among them. */
static bool eight_hexadecimals(const char *digits, uint64_t *value)
{
    uint64_t word, letters, nibbles, carries;
    memcpy(&word, digits, sizeof word);
    letters = word >> 6 & EACH_BYTE;
    nibbles = (word & EACH_BYTE * 15) + 9 * letters;
    carries = (nibbles + EACH_BYTE * 6) >> 4 & EACH_BYTE;
    /* Only digits are what would be written for their values. */
    if ((nibbles & EACH_BYTE * 0xf0) != 0 || carries != letters ||
        word != nibbles + EACH_BYTE * '0' + letters * ('a' - 10 - '0'))
        return false;
    nibbles = __builtin_bswap64(nibbles);
    nibbles = (nibbles | nibbles >> 4) & UINT64_C(0x00ff00ff00ff00ff);
    nibbles = (nibbles | nibbles >> 8) & UINT64_C(0x0000ffff0000ffff);
    *value = (nibbles | nibbles >> 16) & UINT64_C(0xffffffff);
    return true;
}

bool line_hexadecimal_read(const char digits[16], uint64_t *value)
{
    uint64_t high, low;
    if (!eight_hexadecimals(digits, &high) || !eight_hexadecimals(digits + 8, &low))
        return false;
    *value = high << 32 | low;
    return true;
}

bool line_fields_end(struct line_fields *fields)
{
    return fields->end - fields->at == 1 && *fields->at == '}';
}

static void add_digits(struct text_buffer *out, const char *lead, bool negative, uint64_t value)
{
    char digits[INTEGER_TEXT_SIZE + 1];
    char *first = digits + sizeof digits;
    size_t size = strlen(lead);
    char *place = text_buffer_reserve(out, size + sizeof digits);
    do
        *--first = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    if (negative)
        *--first = '-';
    memcpy(place, lead, size);
    memcpy(place + size, first, (size_t)(digits + sizeof digits - first));
    out->length += size + (size_t)(digits + sizeof digits - first);
}

void line_add_integer(struct text_buffer *out, const char *lead, int64_t value)
{
    add_digits(out, lead, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void line_add_natural(struct text_buffer *out, const char *lead, uint64_t value)
{
    add_digits(out, lead, false, value);
}

void line_add_boolean(struct text_buffer *out, const char *lead, bool value)
{
    text_buffer_add_text(out, lead);
    text_buffer_add_text(out, value ? "true" : "false");
}

void line_add_text(struct text_buffer *out, const char *lead, const char *bytes, size_t length)
{
    text_buffer_add_text(out, lead);
    json_string_encode(out, bytes, length);
}

void line_add_hexadecimal(struct text_buffer *out, const char *lead, uint64_t value)
{
    size_t size = strlen(lead);
    char *place = text_buffer_reserve(out, size + HEXADECIMAL_DIGITS + 2);
    memcpy(place, lead, size);
    place += size;
    *place++ = '"';
    for (int shift = 60; shift >= 0; shift -= 4)
        *place++ = "0123456789abcdef"[value >> shift & 15];
    *place = '"';
    out->length += size + HEXADECIMAL_DIGITS + 2;
}
