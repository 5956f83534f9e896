#include "window/aggregate_parser.h"

#include "ndjson/json_string.h"
#include "time/duration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { GREATEST_NUMBER = 100000 };

static const char *text_at(const struct aggregate_parser *parser, size_t token)
{
    return parser->tokens->text + parser->tokens->tokens[token].start;
}

/* "=" and the text of tokens[first..behind), without the blanks behind it. */
static const char *copy_member(const struct aggregate_parser *parser, size_t first, size_t behind)
{
    const struct token *last = &parser->tokens->tokens[behind - 1];
    size_t length = last->start + last->length - parser->tokens->tokens[first].start;
    char *copy = scratch_take(&parser->list->memory, length + 2);
    copy[0] = '=';
    memcpy(copy + 1, text_at(parser, first), length);
    copy[length + 1] = '\0';
    return copy;
}

static const char *copy_tokens(const struct aggregate_parser *parser, size_t first, size_t behind)
{
    return copy_member(parser, first, behind) + 1;
}

static bool opens(const struct token_list *tokens, size_t at)
{
    return tokens->tokens[at].kind == TOKEN_STRING_OPEN || token_is(tokens, at, "(") ||
           token_is(tokens, at, "[") || token_is(tokens, at, "{");
}

static bool closes(const struct token_list *tokens, size_t at)
{
    return tokens->tokens[at].kind == TOKEN_STRING_CLOSE || token_is(tokens, at, ")") ||
           token_is(tokens, at, "]") || token_is(tokens, at, "}");
}

/* Where the argument that begins at `at` ends: the `;` or `)` behind it. */
static size_t argument_end(const struct token_list *tokens, size_t at)
{
    size_t depth = 0;
    for (; tokens->tokens[at].kind != TOKEN_END; at++) {
        if (depth == 0 && (token_is(tokens, at, ";") || token_is(tokens, at, ")")))
            return at;
        if (opens(tokens, at))
            depth++;
        else if (closes(tokens, at))
            depth--;
    }
    return at;
}

static bool take_share(const struct aggregate_parser *parser, struct aggregate *call,
                       const char *text)
{
    char *end;
    call->share = strtod(text, &end);
    return (*end == '\0' && end > text && call->share >= 0 && call->share <= 1) ||
           refuse(parser->error, "%s: the second argument is a number from 0 to 1", call->text);
}

static bool take_number(const struct aggregate_parser *parser, struct aggregate *call,
                        const char *text)
{
    int64_t number = 0;
    bool fine = integer_text_parse(text, strlen(text), &number) && number >= 1 &&
                number <= GREATEST_NUMBER;
    call->number = (uint64_t)number;
    return fine || refuse(parser->error, "%s: the second argument is a count from 1 to %d",
                          call->text, GREATEST_NUMBER);
}

static bool take_condition(const struct aggregate_parser *parser, struct aggregate *call,
                           const char *text)
{
    call->condition = parser->compiler->compile(parser->compiler->self, text, parser->error);
    return call->condition != NULL;
}

static bool take_second(const struct aggregate_parser *parser, struct aggregate *call,
                        const char *text)
{
    switch (call->function->second) {
    case SECOND_SHARE:
        return take_share(parser, call, text);
    case SECOND_NUMBER:
        return take_number(parser, call, text);
    default:
        return take_condition(parser, call, text);
    }
}

static bool wrong_arguments(const struct aggregate_parser *parser, const struct aggregate *call)
{
    static const char *const usage[] = {[SECOND_CONDITION] = "E or E; CONDITION",
                                        [SECOND_SHARE] = "E; a number from 0 to 1",
                                        [SECOND_NUMBER] = "E; a count"};
    const char *wanted = call->function->takes == TAKES_ROW ? "nothing or a condition"
                                                            : usage[call->function->second];
    return refuse(parser->error, "%s: %s takes %s", call->text, call->function->name, wanted);
}

/* The arguments between the brackets, tokens[at..closing). */
static bool take_arguments(const struct aggregate_parser *parser, struct aggregate *call, size_t at,
                           size_t closing)
{
    size_t end = argument_end(parser->tokens, at);
    bool rows = call->function->takes == TAKES_ROW;
    if (end == at || (rows && end != closing))
        return wrong_arguments(parser, call);
    if (rows)
        return take_condition(parser, call, copy_tokens(parser, at, end));
    call->input = parser->compiler->compile(parser->compiler->self, copy_tokens(parser, at, end),
                                            parser->error);
    if (call->input == NULL)
        return false;
    if (end == closing)
        return call->function->second == SECOND_CONDITION || wrong_arguments(parser, call);
    at = end + 1;
    end = argument_end(parser->tokens, at);
    if (end == at || end != closing)
        return wrong_arguments(parser, call);
    return take_second(parser, call, copy_tokens(parser, at, end));
}

static size_t closing_bracket(const struct token_list *tokens, size_t at)
{
    while (token_is(tokens, at = argument_end(tokens, at), ";"))
        at++;
    return at;
}

static bool same_call(const struct aggregate *a, const char *text)
{
    return strcmp(a->text, text) == 0;
}

/* The call at tokens[*at], which is left behind it. */
static bool take_call(const struct aggregate_parser *parser, size_t *at, size_t *number)
{
    struct aggregate_set *calls = &parser->list->calls;
    const struct token *name = &parser->tokens->tokens[*at];
    bool bracket = token_is(parser->tokens, *at + 1, "(");
    size_t closing = bracket ? closing_bracket(parser->tokens, *at + 2) : *at;
    struct aggregate call = {.member = copy_member(parser, *at, closing + 1)};
    call.text = call.member + 1;
    call.function = aggregate_function_find(text_at(parser, *at), name->length);
    for (*number = 0; *number < calls->count; ++*number)
        if (same_call(&calls->items[*number], call.text)) {
            *at = closing + 1;
            return true;
        }
    if (bracket && !take_arguments(parser, &call, *at + 2, closing))
        return false;
    *at = closing + 1;
    *number = aggregate_set_add(calls, &call);
    return true;
}

static bool at_call(const struct aggregate_parser *parser, size_t at)
{
    const struct token *token = &parser->tokens->tokens[at];
    const struct aggregate_function *function;
    if (token->kind != TOKEN_WORD)
        return false;
    function = aggregate_function_find(text_at(parser, at), token->length);
    return function != NULL &&
           (token_is(parser->tokens, at + 1, "(") || function->takes == TAKES_ROW);
}

static bool same_word(const struct aggregate_parser *parser, size_t at, const char *name)
{
    const struct token *token = &parser->tokens->tokens[at];
    return strlen(name) == token->length && memcmp(text_at(parser, at), name, token->length) == 0;
}

/* A word that stands for an earlier item or a BY member, unless it is `count`; not the name in
   {name: value}. */
static bool at_name(const struct aggregate_parser *parser, size_t at, size_t known)
{
    if (parser->tokens->tokens[at].kind != TOKEN_WORD || token_is(parser->tokens, at + 1, "(") ||
        (parser->tokens->tokens[at].inside == '{' && token_is(parser->tokens, at + 1, ":")))
        return false;
    for (size_t i = 0; i < known; i++)
        if (same_word(parser, at, parser->list->items[i].name))
            return true;
    for (size_t i = 0; parser->by != NULL && !at_call(parser, at) && i < parser->by->count; i++)
        if (same_word(parser, at, parser->by->items[i].name))
            return true;
    return false;
}

static bool has_pipe(const struct token_list *tokens, size_t first, size_t behind)
{
    for (size_t i = first; i < behind; i++)
        if (token_is(tokens, i, "|"))
            return true;
    return false;
}

static void add_member(struct text_buffer *out, bool piped, const char *name, size_t length)
{
    /* Behind a pipe `.` is something else. */
    text_buffer_add_text(out, piped ? "$__result[" : ".[");
    json_string_encode(out, name, length);
    text_buffer_add_byte(out, ']');
}

/* {name}: short for {name: name}. */
static bool stands_alone_in_object(const struct token_list *tokens, size_t at)
{
    return at > 0 && tokens->tokens[at].inside == '{' &&
           (token_is(tokens, at - 1, "{") || token_is(tokens, at - 1, ",")) &&
           (token_is(tokens, at + 1, "}") || token_is(tokens, at + 1, ","));
}

static bool rewrite_token(const struct aggregate_parser *parser, size_t *at, size_t known,
                          bool piped, struct text_buffer *out)
{
    const struct token *token = &parser->tokens->tokens[*at];
    size_t number;
    if (at_name(parser, *at, known)) {
        if (stands_alone_in_object(parser->tokens, *at)) {
            text_buffer_add(out, text_at(parser, *at), token->length);
            text_buffer_add_byte(out, ':');
        }
        add_member(out, piped, text_at(parser, *at), token->length);
        ++*at;
        return true;
    }
    if (!at_call(parser, *at)) {
        text_buffer_add(out, text_at(parser, *at), token->length);
        ++*at;
        return true;
    }
    if (!take_call(parser, at, &number))
        return false;
    add_member(out, piped, parser->list->calls.items[number].member,
               strlen(parser->list->calls.items[number].member));
    return true;
}

/* `sum` alone, with nothing to sum up: jq would look for a function of its own. */
static bool lacks_arguments(const struct aggregate_parser *parser, size_t first, size_t behind)
{
    const struct token *token = &parser->tokens->tokens[first];
    struct aggregate call = {0};
    if (behind != first + 1 || token->kind != TOKEN_WORD)
        return false;
    call.text = copy_tokens(parser, first, behind);
    call.function = aggregate_function_find(text_at(parser, first), token->length);
    return call.function != NULL && call.function->takes != TAKES_ROW &&
           !wrong_arguments(parser, &call);
}

bool aggregate_parser_rewrite(const struct aggregate_parser *parser, size_t first, size_t behind,
                              size_t known, struct text_buffer *out, size_t *call)
{
    const struct token *tokens = parser->tokens->tokens;
    bool piped = has_pipe(parser->tokens, first, behind);
    size_t at = first;
    *call = SIZE_MAX;
    if (at_call(parser, at) && !at_name(parser, at, known)) {
        if (!take_call(parser, &at, call))
            return false;
        if (at == behind)
            return true;
        *call = SIZE_MAX;
        at = first;
    }
    if (!at_name(parser, at, known) && lacks_arguments(parser, first, behind))
        return false;
    if (piped)
        text_buffer_add_text(out, ". as $__result | ");
    while (at < behind) {
        /* Blanks, and the \( and ) of strings. */
        uint32_t end = at > first ? tokens[at - 1].start + tokens[at - 1].length : tokens[at].start;
        text_buffer_add(out, parser->tokens->text + end, tokens[at].start - end);
        if (!rewrite_token(parser, &at, known, piped, out))
            return false;
    }
    text_buffer_add_byte(out, '\0');
    return true;
}
