#include "ndjson/json_utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* The second byte's range is narrower after E0, ED, F0 and F4: RFC 3629, section 4. */
static bool second_byte_allowed(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0;
    case 0xED:
        return second <= 0x9F;
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second <= 0x8F;
    default:
        return true;
    }
}

static size_t sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t json_utf8_sequence(const char *at, const char *end)
{
    unsigned char first = (unsigned char)*at;
    size_t length = sequence_length(first);
    if (length < 2)
        return length;
    if ((size_t)(end - at) < length || !is_continuation(at[1]) ||
        !second_byte_allowed(first, (unsigned char)at[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!is_continuation(at[i]))
            return 0;
    return length;
}

static const char *skip_ascii(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t bytes;
        memcpy(&bytes, at, sizeof bytes);
        if (bytes & UINT64_C(0x8080808080808080))
            break;
        at += 8;
    }
    while (at < end && (unsigned char)*at < 0x80)
        at++;
    return at;
}

const char *json_utf8_find_bad(const char *at, const char *end)
{
    for (at = skip_ascii(at, end); at < end;) {
        size_t length = json_utf8_sequence(at, end);
        if (length == 0)
            return at;
        at += length;
        if (at < end && (unsigned char)*at < 0x80)
            at = skip_ascii(at, end);
    }
    return NULL;
}
