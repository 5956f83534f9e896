#include "ndjson/json_escape.h"

#include <stdint.h>
#include <string.h>

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

/* The UTF-16 unit of "\uXXXX", or -1. */
static int32_t unicode_escape(const char *at, const char *end)
{
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    int32_t unit = 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high_surrogate(int32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(int32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

size_t json_escape_measure(const char *at, const char *end, const char **reason)
{
    *reason = "invalid JSON: bad escape";
    if (end - at < 2)
        return 0;
    if (at[1] != 'u')
        return at[1] && strchr("\"\\/bfnrt", at[1]) ? 2 : 0;
    int32_t unit = unicode_escape(at, end);
    if (unit < 0)
        return 0;
    *reason = "lone surrogate escape";
    if (is_high_surrogate(unit))
        return is_low_surrogate(unicode_escape(at + 6, end)) ? 12 : 0;
    return is_low_surrogate(unit) ? 0 : 6;
}

const char *json_escape_find_bad(const char *at, const char *end)
{
    const char *reason;
    while ((at = memchr(at, '\\', (size_t)(end - at)))) {
        size_t length = json_escape_measure(at, end, &reason);
        if (length == 0)
            return at;
        at += length;
    }
    return NULL;
}

static size_t utf8_encode(int32_t point, char out[4])
{
    static const int32_t limits[] = {0x80, 0x800, 0x10000, 0x110000};
    static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
    size_t length = 1;
    while (point >= limits[length - 1])
        length++;
    for (size_t i = length; i-- > 1; point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)(heads[length - 1] | point);
    return length;
}

/* Decodes one validated escape of `length` bytes to UTF-8. */
static size_t escape_decode(const char *at, size_t length, char out[4])
{
    static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    if (length == 2) {
        for (size_t i = 0; plain[i]; i += 2)
            if (plain[i] == at[1])
                out[0] = plain[i + 1];
        return 1;
    }
    int32_t point = unicode_escape(at, at + 6);
    if (length == 12)
        point = 0x10000 + ((point - 0xD800) << 10) + (unicode_escape(at + 6, at + 12) - 0xDC00);
    return utf8_encode(point, out);
}

bool json_escape_equals(const char *inner, size_t length, const char *bytes, size_t count)
{
    const char *end = inner + length;
    const char *reason;
    while (inner < end) {
        char decoded[4] = {*inner};
        size_t taken = *inner == '\\' ? json_escape_measure(inner, end, &reason) : 1;
        size_t made = taken > 1 ? escape_decode(inner, taken, decoded) : 1;
        if (made > count || memcmp(decoded, bytes, made) != 0)
            return false;
        inner += taken;
        bytes += made;
        count -= made;
    }
    return count == 0;
}
