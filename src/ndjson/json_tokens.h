#ifndef NDJSON_JSON_TOKENS_H
#define NDJSON_JSON_TOKENS_H

#include <stdint.h>

/* The tokens of one line: where each starts and of which class it is. What lies between two tokens
   is the first one's text and white space, so ends need not be kept. */

/* The class of a byte: one bit per group, the token's number below. */
enum {
    CLASS_CONTROL = 0x08,  /* below 0x20 */
    CLASS_OPERATOR = 0x10, /* { } [ ] : , */
    CLASS_SPACE = 0x20,    /* LF, too */
    CLASS_QUOTE = 0x40,
    CLASS_BACKSLASH = 0x80
};

enum {
    TOKEN_SCALAR = 0x00, /* a run of bytes of no other class: a number or literal, if valid */
    TOKEN_OPEN_OBJECT = 0x11,
    TOKEN_CLOSE_OBJECT = 0x12,
    TOKEN_OPEN_ARRAY = 0x13,
    TOKEN_CLOSE_ARRAY = 0x14,
    TOKEN_COLON = 0x15,
    TOKEN_COMMA = 0x16,
    TOKEN_STRING = 0x47, /* its opening quote */
    TOKEN_END = 0xFF     /* behind the last token */
};

extern const uint8_t json_class_of[256];

/* Kernels store whole vectors: so many entries behind the count may be written. */
enum { JSON_TOKEN_SLACK = 128 };

struct json_tokens {
    uint32_t *positions; /* offsets in the line; [count] is the line's length */
    uint8_t *classes;    /* [count] is TOKEN_END */
    uint32_t count;
    uint32_t capacity; /* of the arrays, less the slack */
};

/* Starts zeroed. */
void json_tokens_free(struct json_tokens *tokens);
void json_tokens_grow(struct json_tokens *tokens);

#endif
