#include "ndjson/json_tokens.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 1024 };

const uint8_t json_class_of[256] = {
    [0x00] = CLASS_CONTROL,
    [0x01] = CLASS_CONTROL,
    [0x02] = CLASS_CONTROL,
    [0x03] = CLASS_CONTROL,
    [0x04] = CLASS_CONTROL,
    [0x05] = CLASS_CONTROL,
    [0x06] = CLASS_CONTROL,
    [0x07] = CLASS_CONTROL,
    [0x08] = CLASS_CONTROL,
    ['\t'] = CLASS_CONTROL | CLASS_SPACE,
    ['\n'] = CLASS_CONTROL | CLASS_SPACE,
    [0x0B] = CLASS_CONTROL,
    [0x0C] = CLASS_CONTROL,
    ['\r'] = CLASS_CONTROL | CLASS_SPACE,
    [0x0E] = CLASS_CONTROL,
    [0x0F] = CLASS_CONTROL,
    [0x10] = CLASS_CONTROL,
    [0x11] = CLASS_CONTROL,
    [0x12] = CLASS_CONTROL,
    [0x13] = CLASS_CONTROL,
    [0x14] = CLASS_CONTROL,
    [0x15] = CLASS_CONTROL,
    [0x16] = CLASS_CONTROL,
    [0x17] = CLASS_CONTROL,
    [0x18] = CLASS_CONTROL,
    [0x19] = CLASS_CONTROL,
    [0x1A] = CLASS_CONTROL,
    [0x1B] = CLASS_CONTROL,
    [0x1C] = CLASS_CONTROL,
    [0x1D] = CLASS_CONTROL,
    [0x1E] = CLASS_CONTROL,
    [0x1F] = CLASS_CONTROL,
    [' '] = CLASS_SPACE,
    ['"'] = TOKEN_STRING,
    [','] = TOKEN_COMMA,
    [':'] = TOKEN_COLON,
    ['['] = TOKEN_OPEN_ARRAY,
    ['\\'] = CLASS_BACKSLASH,
    [']'] = TOKEN_CLOSE_ARRAY,
    ['{'] = TOKEN_OPEN_OBJECT,
    ['}'] = TOKEN_CLOSE_OBJECT,
};

void json_tokens_free(struct json_tokens *tokens)
{
    free(tokens->positions);
    free(tokens->classes);
    *tokens = (struct json_tokens){0};
}

void json_tokens_grow(struct json_tokens *tokens)
{
    tokens->capacity = tokens->capacity ? 2 * tokens->capacity : FIRST_CAPACITY;
    size_t entries = (size_t)tokens->capacity + JSON_TOKEN_SLACK;
    tokens->positions = reallocate(tokens->positions, entries * sizeof *tokens->positions);
    tokens->classes = reallocate(tokens->classes, entries * sizeof *tokens->classes);
}
