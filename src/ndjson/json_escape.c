#include "ndjson/json_escape.h"

#include <stdbool.h>
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
