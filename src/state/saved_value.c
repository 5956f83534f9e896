#include "state/saved_value.h"

#include "ndjson/json_scalar.h"
#include "state/line_check.h"

#include <string.h>

enum { WORD = 8 };
#define EACH_BYTE UINT64_C(0x0101010101010101)

/* Not 0 if one of eight bytes is a quote, a backslash, or below a space. */
static uint64_t special_bytes(uint64_t word)
{
    uint64_t quote = word ^ EACH_BYTE * '"';
    uint64_t escape = word ^ EACH_BYTE * '\\';
    uint64_t found = ((quote - EACH_BYTE) & ~quote) | ((escape - EACH_BYTE) & ~escape) |
                     ((word - EACH_BYTE * ' ') & ~word);
    return found & EACH_BYTE << 7;
}

bool saved_value_is_plain_string(const char *text, size_t length)
{
    uint64_t word, found = 0;
    const char *last = text + length - 1;
    if (length < WORD + 2 || text[0] != '"' || *last != '"')
        return false;
    for (text++; last - text > WORD; text += WORD) {
        memcpy(&word, text, sizeof word);
        found |= special_bytes(word);
    }
    memcpy(&word, last - WORD, sizeof word);
    return (found | special_bytes(word)) == 0;
}

/* What is no simple value is one only if the line is valid JSON; that is rare. */
static bool line_is_valid(const char *line, const char *end)
{
    struct line_check check;
    struct error_text error;
    const char *at = line, *found;
    size_t length;
    line_check_init(&check);
    bool fine = line_check_next(&check, &at, end + 1, &found, &length, &error) &&
                length == (size_t)(end - line);
    line_check_free(&check);
    return fine;
}

bool saved_value_check(struct json_slice slice, const char *line, const char *end)
{
    struct json_slice scalar;
    if (slice.kind == JSON_STRING && !(slice.flags & JSON_FLAG_ESCAPED))
        return slice.length >= 2 && slice.text[slice.length - 1] == '"';
    if (slice.kind >= JSON_STRING)
        return line_is_valid(line, end);
    return slice.length > 0 && json_scalar_read(slice.text, slice.length, &scalar) &&
           scalar.kind == slice.kind;
}
