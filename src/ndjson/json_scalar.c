#include "ndjson/json_scalar.h"

#include <string.h>

static bool is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

static bool digits_skip(const char **at, const char *end)
{
    const char *first = *at;
    while (is_digit(*at, end))
        ++*at;
    return *at > first;
}

static bool exponent_skip(const char **at, const char *end)
{
    ++*at;
    if (*at < end && (**at == '+' || **at == '-'))
        ++*at;
    return digits_skip(at, end);
}

bool json_number_skip(const char **at, const char *end, uint8_t *flags)
{
    if (*at < end && **at == '-')
        ++*at;
    if (*at < end && **at == '0')
        ++*at;
    else if (!digits_skip(at, end))
        return false;
    *flags = JSON_FLAG_INTEGER;
    if (*at < end && **at == '.') {
        *flags = 0;
        ++*at;
        if (!digits_skip(at, end))
            return false;
    }
    if (*at < end && (**at == 'e' || **at == 'E')) {
        *flags = 0;
        return exponent_skip(at, end);
    }
    return true;
}

size_t json_literal_measure(const char *at, const char *end, uint8_t *kind)
{
    static const struct {
        const char *text;
        uint8_t length;
        uint8_t kind;
    } literals[] = {{"null", 4, JSON_NULL}, {"true", 4, JSON_TRUE}, {"false", 5, JSON_FALSE}};
    size_t left = (size_t)(end - at);
    for (size_t i = 0; i < 3; i++) {
        if (left < literals[i].length || memcmp(at, literals[i].text, literals[i].length) != 0)
            continue;
        *kind = literals[i].kind;
        return literals[i].length;
    }
    return 0;
}

bool json_scalar_read_slowly(const char *text, uint32_t length, struct json_slice *slice)
{
    const char *at = text;
    const char *end = text + length;
    *slice = (struct json_slice){.text = text, .length = length, .kind = JSON_NUMBER};
    if (*text == '-' || (*text >= '0' && *text <= '9'))
        return json_number_skip(&at, end, &slice->flags) && at == end;
    return json_literal_measure(text, end, &slice->kind) == length;
}
