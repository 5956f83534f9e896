#include "expression/expression_pattern.h"

#include "expression/libjq_program.h"
#include "ndjson/json_string.h"

#include <stdlib.h>
#include <string.h>

struct pattern_function {
    const char *name;
    size_t flags_argument; /* from 1 */
    bool global;           /* even without the flag g */
    size_t fewest;         /* arguments that make it one of regular expressions */
};

static const struct pattern_function pattern_functions[] = {
    {"gsub", 3, true, 2},  {"sub", 3, false, 2},   {"scan", 2, true, 1},  {"splits", 2, true, 1},
    {"split", 2, true, 2}, {"match", 2, false, 1}, {"test", 2, false, 2}, {"capture", 2, false, 1},
};

/* The tokens of a call's arguments that are a single string literal or null; 0 = it is something
 * else. */
struct call_arguments {
    size_t literal[4];
    size_t count;
};

static struct call_arguments read_arguments(const struct token_list *tokens, size_t at)
{
    struct call_arguments arguments = {{0}, 0};
    size_t depth = 0, start = at + 2;
    if (!token_is(tokens, at + 1, "("))
        return arguments;
    for (size_t i = at + 2; i < tokens->count; i++) {
        bool closing = token_is(tokens, i, ")") || token_is(tokens, i, "]") ||
                       token_is(tokens, i, "}") || tokens->tokens[i].kind == TOKEN_STRING_CLOSE;
        if (depth == 0 && (closing || token_is(tokens, i, ";"))) {
            bool single = i == start + 1 && (tokens->tokens[start].kind == TOKEN_STRING ||
                                             token_is(tokens, start, "null"));
            if (arguments.count < 4)
                arguments.literal[arguments.count] = single ? start : 0;
            arguments.count++;
            start = i + 1;
            if (closing)
                break;
        } else if (closing) {
            depth--;
        } else if (token_is(tokens, i, "(") || token_is(tokens, i, "[") ||
                   token_is(tokens, i, "{") || tokens->tokens[i].kind == TOKEN_STRING_OPEN) {
            depth++;
        }
    }
    return arguments;
}

/* Anchors become (?:), so that what is left matches the empty string if the whole can anywhere.
   false = what it says depends on its surroundings. */
static bool strip_anchors(const char *pattern, size_t length, struct text_buffer *out)
{
    size_t set = 0;
    for (size_t i = 0; i < length; i++) {
        char byte = pattern[i];
        if (byte == '\\' && i + 1 < length) {
            char letter = pattern[++i];
            if (set == 0 && (letter == 'K' || letter == 'G'))
                return false;
            if (set == 0 && strchr("bBAzZ", letter))
                text_buffer_add_text(out, "(?:)");
            else
                text_buffer_add(out, pattern + i - 1, 2);
            continue;
        }
        set += byte == '[';
        set -= byte == ']' && set > 0;
        if (set == 0 && byte == '(' && i + 2 < length && pattern[i + 1] == '?' &&
            (strchr("=!~(@", pattern[i + 2]) ||
             (pattern[i + 2] == '<' && i + 3 < length && strchr("=!", pattern[i + 3]))))
            return false;
        if (set == 0 && (byte == '^' || byte == '$'))
            text_buffer_add_text(out, "(?:)");
        else
            text_buffer_add_byte(out, byte);
    }
    return true;
}

static void add_test(struct text_buffer *program, const struct text_buffer *pattern,
                     const char *flags, size_t flags_length)
{
    struct text_buffer kept = {0};
    for (size_t i = 0; i < flags_length; i++)
        if (flags[i] != 'g')
            text_buffer_add_byte(&kept, flags[i]);
    text_buffer_add_text(program, "\"\" | test(");
    json_string_encode(program, pattern->bytes, pattern->length);
    text_buffer_add_text(program, "; ");
    json_string_encode(program, kept.bytes, kept.length);
    text_buffer_add(program, ")", 2);
    text_buffer_free(&kept);
}

/* libjq itself tells whether the empty string matches; a pattern that it refuses counts as one. */
static bool matches_empty(const struct text_buffer *pattern, const char *flags, size_t flags_length)
{
    struct text_buffer source = {0};
    struct scratch scratch = {0};
    struct value matched = value_null();
    const struct libjq_input input = {.record = {"null", 4, JSON_NULL, 0}};
    add_test(&source, pattern, flags, flags_length);
    struct libjq_program *program = libjq_program_new(source.bytes, NULL);
    bool answered = program && libjq_program_run(program, &input, &scratch, &matched, NULL);
    libjq_program_free(program);
    text_buffer_free(&source);
    scratch_free(&scratch);
    return !answered || matched.kind != JSON_FALSE;
}

static bool check_global(const struct token_list *tokens, size_t at, size_t pattern_token,
                         const char *flags, size_t flags_length, struct error_text *error)
{
    const struct token *token = &tokens->tokens[at];
    char *pattern = allocate(tokens->tokens[pattern_token].length + 1u);
    size_t length = token_string_decode(tokens, pattern_token, pattern);
    struct text_buffer stripped = {0};
    text_buffer_reserve(&stripped, 1);
    bool safe = strip_anchors(pattern, length, &stripped) &&
                !matches_empty(&stripped, flags, flags_length);
    text_buffer_free(&stripped);
    free(pattern);
    return safe || refuse(error,
                          "byte %u: %.*s with a pattern that may match the empty string is not "
                          "allowed here: it does not end on some text; use one that must match "
                          "something, without look-around",
                          token->start + 1, (int)token->length, tokens->text + token->start);
}

static bool check_call(const struct token_list *tokens, size_t at,
                       const struct pattern_function *function,
                       const struct call_arguments *arguments, struct error_text *error)
{
    const struct token *token = &tokens->tokens[at];
    bool flagged = arguments->count >= function->flags_argument;
    size_t flags_token = flagged ? arguments->literal[function->flags_argument - 1] : 0;
    if (!arguments->literal[0] || token_is(tokens, arguments->literal[0], "null") ||
        (flagged && !flags_token))
        return refuse(error,
                      "byte %u: %.*s with a calculated pattern is not allowed here: it does not "
                      "end on some patterns; write pattern and flags as strings",
                      token->start + 1, (int)token->length, tokens->text + token->start);
    const char *flags = "";
    size_t flags_length = 0;
    if (flagged && !token_is(tokens, flags_token, "null")) {
        flags = tokens->text + tokens->tokens[flags_token].start + 1;
        flags_length = tokens->tokens[flags_token].length - 2u;
    }
    if (!function->global && !memchr(flags, 'g', flags_length) &&
        !memchr(flags, '\\', flags_length))
        return true;
    return check_global(tokens, at, arguments->literal[0], flags, flags_length, error);
}

bool expression_pattern_check(const struct token_list *tokens, size_t at, struct error_text *error)
{
    for (size_t i = 0; i < sizeof pattern_functions / sizeof pattern_functions[0]; i++) {
        const struct pattern_function *function = &pattern_functions[i];
        if (!token_is(tokens, at, function->name))
            continue;
        struct call_arguments arguments = read_arguments(tokens, at);
        return arguments.count < function->fewest ||
               check_call(tokens, at, function, &arguments, error);
    }
    return true;
}
