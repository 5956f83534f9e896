#include "expression/expression_lexer.h"

#include "ndjson/json_slice.h"
#include "ndjson/json_string.h"
#include "ndjson/json_utf8.h"

#include <stdlib.h>
#include <string.h>

enum { NESTING_LIMIT = 256 };

struct lexer {
    struct token_list *list;
    size_t at;
    size_t end;
    struct error_text *error;
    size_t depth;
    size_t open_token[NESTING_LIMIT]; /* tokens of the brackets that are open */
    char open[NESTING_LIMIT];
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_word_start(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_word(char byte)
{
    return is_word_start(byte) || is_digit(byte);
}

static char peek(const struct lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;
    return at < lexer->end ? lexer->list->text[at] : 0;
}

static bool complain(const struct lexer *lexer, size_t at, const char *what)
{
    const char *text = lexer->list->text;
    return refuse(lexer->error, "byte %zu: %s: `%.*s`", at + 1, what, (int)lexer->end, text);
}

static void push(struct lexer *lexer, enum token_kind kind, size_t length)
{
    struct token_list *list = lexer->list;
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 32;
        list->tokens = reallocate(list->tokens, list->capacity * sizeof *list->tokens);
    }
    char inside = lexer->depth > 0 ? lexer->open[lexer->depth - 1] : 0;
    list->tokens[list->count++] = (struct token){(uint8_t)kind, inside, (uint32_t)lexer->at,
                                                 (uint32_t)length};
    lexer->at += length;
}

/* The token just pushed opens a bracket. */
static bool open_bracket(struct lexer *lexer, char bracket)
{
    if (lexer->depth == NESTING_LIMIT)
        return complain(lexer, lexer->at, "nested too deeply");
    lexer->open_token[lexer->depth] = lexer->list->count - 1;
    lexer->open[lexer->depth++] = bracket;
    return true;
}

/* Bytes of an escape that JSON knows, 0 for any other. */
static size_t escape_length(const struct lexer *lexer, size_t ahead)
{
    char letter = peek(lexer, ahead + 1);
    if (letter && strchr("\"\\/bfnrt", letter))
        return 2;
    if (letter != 'u')
        return 0;
    for (size_t i = 2; i < 6; i++) {
        char digit = peek(lexer, ahead + i);
        if (!is_digit(digit) && !((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f'))
            return 0;
    }
    return 6;
}

/* 1 = high half, 2 = low half of a surrogate pair, 0 = any other escape. */
static int surrogate_half(const struct lexer *lexer, size_t ahead)
{
    if (peek(lexer, ahead) != '\\' || peek(lexer, ahead + 1) != 'u' ||
        (peek(lexer, ahead + 2) | 0x20) != 'd')
        return 0;
    char digit = (char)(peek(lexer, ahead + 3) | 0x20);
    return digit >= 'c' ? 2 : (digit == '8' || digit == '9' || digit >= 'a');
}

/* Adds the escape at *length to it; false = not one of JSON's. */
static bool read_escape(const struct lexer *lexer, size_t *length)
{
    size_t escape = escape_length(lexer, *length);
    int half = escape == 6 ? surrogate_half(lexer, *length) : 0;
    if (half == 1 && surrogate_half(lexer, *length + 6) == 2)
        escape = 6 + escape_length(lexer, *length + 6);
    else if (half != 0)
        escape = 0;
    *length += escape;
    return escape > 0;
}

/* From a quote, or from behind the ) of an interpolation, to the closing quote or the next \( */
static bool read_string(struct lexer *lexer, bool resumed)
{
    size_t length = resumed ? 0 : 1;
    for (;;) {
        char byte = peek(lexer, length);
        if (lexer->at + length >= lexer->end)
            return complain(lexer, lexer->at, "this string has no end");
        if (byte == '"') {
            push(lexer, resumed ? TOKEN_STRING_CLOSE : TOKEN_STRING, length + 1);
            return true;
        }
        if (byte != '\\') {
            length++;
        } else if (peek(lexer, length + 1) == '(') {
            push(lexer, resumed ? TOKEN_STRING_BETWEEN : TOKEN_STRING_OPEN, length);
            if (!open_bracket(lexer, '"'))
                return false;
            lexer->at += 2;
            return true;
        } else if (!read_escape(lexer, &length)) {
            return complain(lexer, lexer->at + length, "no such escape in a string");
        }
    }
}

static bool close_bracket(struct lexer *lexer)
{
    char byte = peek(lexer, 0);
    char open = lexer->depth > 0 ? lexer->open[lexer->depth - 1] : 0;
    char expected = byte == ')' ? '(' : byte == ']' ? '[' : '{';
    if (open != expected && !(open == '"' && byte == ')'))
        return complain(lexer, lexer->at, "this bracket closes nothing");
    lexer->depth--;
    if (open == '"') {
        lexer->at++;
        return read_string(lexer, true);
    }
    push(lexer, TOKEN_OPERATOR, 1);
    return true;
}

static void read_number(struct lexer *lexer)
{
    size_t length = 0;
    while (is_digit(peek(lexer, length)) || peek(lexer, length) == '.')
        if (peek(lexer, length++) == '.')
            break;
    while (is_digit(peek(lexer, length)))
        length++;
    if ((peek(lexer, length) | 0x20) == 'e') {
        size_t sign = peek(lexer, length + 1) == '-' || peek(lexer, length + 1) == '+';
        size_t digits = length + 1 + sign;
        if (is_digit(peek(lexer, digits))) {
            length = digits;
            while (is_digit(peek(lexer, length)))
                length++;
        }
    }
    push(lexer, TOKEN_NUMBER, length);
}

static void read_word(struct lexer *lexer, enum token_kind kind, size_t prefix)
{
    size_t length = prefix;
    for (;;) {
        while (is_word(peek(lexer, length)))
            length++;
        if (kind == TOKEN_FIELD || peek(lexer, length) != ':' || peek(lexer, length + 1) != ':' ||
            !is_word_start(peek(lexer, length + 2)))
            break;
        length += 2;
    }
    push(lexer, kind, length);
}

static bool read_operator(struct lexer *lexer)
{
    /* "?//" is not among them: jq 1.6 then refuses .a?//1. */
    static const char spellings[][4] = {
        "//=", "!=", "==", "//", "|=", "+=", "-=", "*=", "/=", "%=", "<=", ">=", "..", "|",
        ",",   "=",  "<",  ">",  "+",  "-",  "*",  "/",  "%",  "?",  ":",  ";",  "$"};
    const char *text = lexer->list->text + lexer->at;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        size_t length = strnlen(spellings[i], sizeof spellings[i]);
        if (length <= lexer->end - lexer->at && memcmp(text, spellings[i], length) == 0) {
            push(lexer, TOKEN_OPERATOR, length);
            return true;
        }
    }
    return complain(lexer, lexer->at, "this character begins nothing");
}

static bool read_bracketed(struct lexer *lexer, char byte)
{
    if (byte == '(' || byte == '[' || byte == '{') {
        push(lexer, TOKEN_OPERATOR, 1);
        return open_bracket(lexer, byte);
    }
    return close_bracket(lexer);
}

static bool read_token(struct lexer *lexer, char byte)
{
    char next = peek(lexer, 1);
    if (byte == '"')
        return read_string(lexer, false);
    if (strchr("()[]{}", byte))
        return read_bracketed(lexer, byte);
    if (is_digit(byte) || (byte == '.' && is_digit(next)))
        read_number(lexer);
    else if (is_word_start(byte))
        read_word(lexer, TOKEN_WORD, 0);
    else if (byte == '.' && is_word_start(next))
        read_word(lexer, TOKEN_FIELD, 1);
    else if (byte == '@' && is_word_start(next))
        read_word(lexer, TOKEN_FORMAT, 1);
    else if (byte == '.' && next != '.')
        push(lexer, TOKEN_DOT, 1);
    else
        return read_operator(lexer);
    return true;
}

static void skip_blank(struct lexer *lexer)
{
    for (;;) {
        char byte = peek(lexer, 0);
        if (byte == '#')
            while (lexer->at < lexer->end && peek(lexer, 0) != '\n')
                lexer->at++;
        else if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r')
            lexer->at++;
        else
            return;
    }
}

bool token_list_read(struct token_list *list, const char *text, size_t start, size_t end,
                     struct error_text *error)
{
    struct lexer lexer = {.list = list, .at = start, .end = end, .error = error};
    *list = (struct token_list){.text = text};
    const char *bad = json_utf8_find_bad(text + start, text + end);
    if (bad)
        return refuse(error, "byte %zu: not UTF-8", (size_t)(bad - text) + 1);
    for (skip_blank(&lexer); lexer.at < end; skip_blank(&lexer))
        if (!read_token(&lexer, text[lexer.at]))
            return false;
    if (lexer.depth > 0) {
        const struct token *open = &list->tokens[lexer.open_token[lexer.depth - 1]];
        return complain(&lexer, open->start, "what is opened here is never closed");
    }
    push(&lexer, TOKEN_END, 0);
    return true;
}

void token_list_free(struct token_list *list)
{
    free(list->tokens);
    *list = (struct token_list){0};
}

bool token_is(const struct token_list *list, size_t index, const char *spelling)
{
    const struct token *token = &list->tokens[index];
    return (token->kind == TOKEN_OPERATOR || token->kind == TOKEN_WORD) &&
           token->length == strlen(spelling) &&
           memcmp(list->text + token->start, spelling, token->length) == 0;
}

size_t token_string_decode(const struct token_list *list, size_t index, char *out)
{
    const struct token *token = &list->tokens[index];
    return json_string_decode((struct json_slice){list->text + token->start, token->length,
                                                  JSON_STRING, JSON_FLAG_ESCAPED},
                              out);
}
