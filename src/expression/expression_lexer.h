#ifndef EXPRESSION_EXPRESSION_LEXER_H
#define EXPRESSION_EXPRESSION_LEXER_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* jq 1.6's tokens. A string with interpolation is several tokens, with those inside its \( ) among
   them; one without is a single TOKEN_STRING. */
enum token_kind {
    TOKEN_END,
    TOKEN_DOT,   /* . */
    TOKEN_FIELD, /* .name */
    TOKEN_NUMBER,
    TOKEN_STRING,         /* with its quotes */
    TOKEN_STRING_OPEN,    /* up to the first \( */
    TOKEN_STRING_BETWEEN, /* from a ) to the next \( */
    TOKEN_STRING_CLOSE,   /* from the last ) on */
    TOKEN_FORMAT,         /* @name */
    TOKEN_WORD,           /* identifiers and keywords */
    TOKEN_OPERATOR        /* everything else, brackets too */
};

struct token {
    uint8_t kind;   /* enum token_kind */
    char inside;    /* the bracket that it stands in: ( [ { or " for \( ); 0 = none */
    uint32_t start; /* byte in the text, from 0 */
    uint32_t length;
};

struct token_list {
    const char *text;     /* borrowed */
    struct token *tokens; /* the last one is TOKEN_END */
    size_t count;
    size_t capacity;
};

/* Tokens of text[start..end). false: *error says at which byte what is wrong (characters that
   begin nothing, strings without end, brackets that do not match, bytes that are not UTF-8). */
bool token_list_read(struct token_list *list, const char *text, size_t start, size_t end,
                     struct error_text *error);
void token_list_free(struct token_list *list);

/* True if the token is this operator or word. */
bool token_is(const struct token_list *list, size_t index, const char *spelling);

/* Decodes a TOKEN_STRING to `out` (room for its length); returns the length. */
size_t token_string_decode(const struct token_list *list, size_t index, char *out);

#endif
