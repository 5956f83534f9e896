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

/* The first byte of the member's value; NULL if another one comes. */
static const char *value_of(const struct line_fields *fields, const char *name)
{
    size_t size = strlen(name);
    const char *at = fields->at + (*fields->at == ',');
    if ((size_t)(fields->end - at) < size + 4 || at[0] != '"' || memcmp(at + 1, name, size) != 0 ||
        at[size + 1] != '"' || at[size + 2] != ':')
        return NULL;
    return at + size + 3;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* So many digits fit without a look at overflow. */
enum { SAFE_DIGITS = 19 };

static const char *natural_at(const char *at, const char *end, uint64_t *value)
{
    const char *start = at;
    uint64_t result = 0;
    for (; at < end && is_digit(*at) && at - start < SAFE_DIGITS; at++)
        result = result * 10 + (uint64_t)(*at - '0');
    for (; at < end && is_digit(*at); at++)
        if (__builtin_mul_overflow(result, 10, &result) ||
            __builtin_add_overflow(result, (uint64_t)(*at - '0'), &result))
            return NULL;
    *value = result;
    return at == start || at == end || (*at != ',' && *at != '}') ? NULL : at;
}

bool line_fields_natural(struct line_fields *fields, const char *name, uint64_t *value)
{
    const char *at = value_of(fields, name);
    if (at == NULL || (at = natural_at(at, fields->end, value)) == NULL)
        return false;
    fields->at = at;
    return true;
}

bool line_fields_integer(struct line_fields *fields, const char *name, int64_t *value)
{
    const char *at = value_of(fields, name);
    bool negative = at != NULL && *at == '-';
    uint64_t magnitude;
    if (at == NULL || (at = natural_at(at + negative, fields->end, &magnitude)) == NULL ||
        magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    fields->at = at;
    return true;
}

bool line_fields_value(struct line_fields *fields, const char *name, struct json_slice *value)
{
    const char *at = value_of(fields, name);
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
    const char *at = value_of(fields, name);
    if (at == NULL)
        return false;
    *json = at;
    *length = (size_t)(fields->end - at) - 1;
    fields->at = fields->end - 1;
    return true;
}

bool line_fields_hexadecimal(struct line_fields *fields, const char *name, uint64_t *value)
{
    const char *at = value_of(fields, name);
    uint64_t result = 0;
    unsigned strange = 0;
    if (at == NULL || fields->end - at < HEXADECIMAL_DIGITS + 3 || at[0] != '"' ||
        at[HEXADECIMAL_DIGITS + 1] != '"')
        return false;
    for (int i = 1; i <= HEXADECIMAL_DIGITS; i++) {
        /* '0'..'9' are 0x30.., 'a'..'f' 0x61..: the letters have bit 6 and begin at 1. */
        unsigned digit = (unsigned char)at[i];
        strange |= !(digit - '0' < 10 || digit - 'a' < 6);
        result = result << 4 | ((digit & 15) + 9 * (digit >> 6));
    }
    if (strange)
        return false;
    *value = result;
    fields->at = at + HEXADECIMAL_DIGITS + 2;
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
