#include "ndjson/json_string.h"

#include <stdint.h>

static uint32_t hex_value(char digit)
{
    uint32_t byte = (unsigned char)digit;
    return byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10;
}

static uint32_t four_digits(const char *text)
{
    return hex_value(text[0]) << 12 | hex_value(text[1]) << 8 | hex_value(text[2]) << 4 |
           hex_value(text[3]);
}

static size_t utf8_encode(uint32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

static char short_escape(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return letter;
    }
}

/* Decodes one unit (a byte or an escape with its surrogate partner) and moves *at behind it. */
static size_t decode_unit(const char **at, char out[4])
{
    const char *text = *at;
    if (text[0] != '\\') {
        out[0] = text[0];
        *at = text + 1;
        return 1;
    }
    if (text[1] != 'u') {
        out[0] = short_escape(text[1]);
        *at = text + 2;
        return 1;
    }
    uint32_t point = four_digits(text + 2);
    *at = text + 6;
    if (point >= 0xD800 && point < 0xDC00) {
        point = 0x10000 + ((point - 0xD800) << 10) + (four_digits(text + 8) - 0xDC00);
        *at = text + 12;
    }
    return utf8_encode(point, out);
}

size_t json_string_decode(struct json_slice slice, char *out)
{
    size_t length;
    const char *at = json_string_inner(slice, &length);
    const char *end = at + length;
    if (!(slice.flags & JSON_FLAG_ESCAPED)) {
        memcpy(out, at, length);
        return length;
    }
    char *start = out;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t run = (size_t)((escape ? escape : end) - at);
        memcpy(out, at, run);
        out += run;
        at += run;
        if (escape)
            out += decode_unit(&at, out);
    }
    return (size_t)(out - start);
}

const char *json_string_bytes(struct json_slice slice, struct scratch *scratch, size_t *length)
{
    if (!(slice.flags & JSON_FLAG_ESCAPED))
        return json_string_inner(slice, length);
    char *decoded = scratch_take(scratch, slice.length);
    *length = json_string_decode(slice, decoded);
    return decoded;
}

bool json_string_equals(struct json_slice slice, const char *bytes, size_t length)
{
    size_t inner_length;
    const char *at = json_string_inner(slice, &inner_length);
    if (!(slice.flags & JSON_FLAG_ESCAPED))
        return inner_length == length && memcmp(at, bytes, length) == 0;
    const char *end = at + inner_length;
    char unit[4];
    while (at < end) {
        size_t size = decode_unit(&at, unit);
        if (size > length || memcmp(unit, bytes, size) != 0)
            return false;
        bytes += size;
        length -= size;
    }
    return length == 0;
}

static int compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    if (order != 0)
        return order;
    return (a_length > b_length) - (a_length < b_length);
}

/* A decoded string byte by byte, without room for all of it. */
struct byte_feed {
    const char *at;
    const char *end;
    char unit[4];
    size_t used, size;
};

static int byte_feed_next(struct byte_feed *feed)
{
    if (feed->used == feed->size) {
        if (feed->at >= feed->end)
            return -1;
        feed->size = decode_unit(&feed->at, feed->unit);
        feed->used = 0;
    }
    return (unsigned char)feed->unit[feed->used++];
}

int json_string_compare(struct json_slice a, struct json_slice b)
{
    size_t a_length, b_length;
    const char *a_text = json_string_inner(a, &a_length);
    const char *b_text = json_string_inner(b, &b_length);
    if (!((a.flags | b.flags) & JSON_FLAG_ESCAPED))
        return compare_bytes(a_text, a_length, b_text, b_length);
    struct byte_feed left = {.at = a_text, .end = a_text + a_length};
    struct byte_feed right = {.at = b_text, .end = b_text + b_length};
    for (;;) {
        int left_byte = byte_feed_next(&left);
        int right_byte = byte_feed_next(&right);
        if (left_byte != right_byte)
            return left_byte < right_byte ? -1 : 1;
        if (left_byte < 0)
            return 0;
    }
}

static char escape_letter(unsigned char byte)
{
    switch (byte) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static size_t format_escape(char *out, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    char letter = escape_letter(byte);
    out[0] = '\\';
    if (letter) {
        out[1] = letter;
        return 2;
    }
    memcpy(out + 1, "u00", 3);
    out[4] = digits[byte >> 4];
    out[5] = digits[byte & 15];
    return 6;
}

size_t json_string_format(char *out, const char *bytes, size_t length)
{
    char *start = out;
    *out++ = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0x20 || byte == '"' || byte == '\\')
            out += format_escape(out, byte);
        else
            *out++ = (char)byte;
    }
    *out++ = '"';
    return (size_t)(out - start);
}

void json_string_encode(struct text_buffer *out, const char *bytes, size_t length)
{
    char *room = text_buffer_reserve(out, JSON_STRING_ROOM(length));
    out->length += json_string_format(room, bytes, length);
}
