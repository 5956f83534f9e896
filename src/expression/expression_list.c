#include "expression/expression_compile.h"
#include "expression/expression_lexer.h"

#include "ndjson/json_string.h"

struct list_parser {
    struct expression_set *set;
    const char *text;
    const struct token_list *tokens;
    struct expression_list *list;
    const char **names; /* of the items so far */
    bool typed;
    struct error_text *error;
};

static bool at_comma(const struct token_list *tokens, size_t at)
{
    return tokens->tokens[at].inside == 0 && token_is(tokens, at, ",");
}

static size_t count_items(const struct token_list *tokens)
{
    size_t count = 1;
    for (size_t i = 0; i < tokens->count; i++)
        count += at_comma(tokens, i);
    return count;
}

/* A word of the list, as a text of its own. */
static const char *word_text(const struct list_parser *parser, size_t at)
{
    const struct token *token = &parser->tokens->tokens[at];
    char *word = scratch_take(&parser->set->memory, token->length + 1u);
    memcpy(word, parser->text + token->start, token->length);
    word[token->length] = 0;
    return word;
}

/* NAME= or NAME:TYPE= in front of the item: how many tokens that is; 0 = neither. */
static size_t measure_name(const struct list_parser *parser, size_t at)
{
    const struct token *tokens = parser->tokens->tokens;
    if (tokens[at].kind != TOKEN_WORD && tokens[at].kind != TOKEN_STRING)
        return 0;
    if (token_is(parser->tokens, at + 1, "="))
        return 2;
    return parser->typed && token_is(parser->tokens, at + 1, ":") &&
                   tokens[at + 2].kind == TOKEN_WORD && token_is(parser->tokens, at + 3, "=")
               ? 4
               : 0;
}

/* The name that stands in front of the item; NULL if it is none. */
static const char *given_name(const struct list_parser *parser, size_t at)
{
    const struct token *token = &parser->tokens->tokens[at];
    char *name = scratch_take(&parser->set->memory, token->length + 1u);
    size_t length = token->length;
    if (token->kind == TOKEN_STRING)
        length = token_string_decode(parser->tokens, at, name);
    else
        memcpy(name, parser->text + token->start, length);
    name[length] = 0;
    return memchr(name, 0, length) ? NULL : name;
}

static struct json_slice name_text(const struct list_parser *parser, const char *name)
{
    size_t length = strlen(name);
    char *text = scratch_take(&parser->set->memory, JSON_STRING_ROOM(length));
    size_t written = json_string_format(text, name, length);
    uint8_t flags = written == length + 2 ? 0 : JSON_FLAG_ESCAPED;
    return (struct json_slice){text, (uint32_t)written, JSON_STRING, flags};
}

static bool add_item(struct list_parser *parser, const char *name,
                     const struct expression *expression, size_t start)
{
    struct expression_list *list = parser->list;
    if (!name)
        name = expression_path_name(expression);
    if (!name)
        return refuse(parser->error, "byte %zu: give it a name: NAME=%s", start + 1,
                      expression->text);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(parser->names[i], name) == 0)
            return refuse(parser->error, "byte %zu: there are two items named %s: `%s`", start + 1,
                          name, parser->text);
    parser->names[list->count] = name;
    list->items[list->count++] = (struct expression_item){name, name_text(parser, name), expression,
                                                          NULL, NULL};
    return true;
}

/* :UNIT behind the item. jq has no use for a colon there. */
static bool has_unit(const struct list_parser *parser, size_t first, size_t behind)
{
    return parser->typed && behind >= first + 3 && token_is(parser->tokens, behind - 2, ":") &&
           parser->tokens->tokens[behind - 2].inside == 0 &&
           parser->tokens->tokens[behind - 1].kind == TOKEN_WORD;
}

/* The item of tokens[first..behind). */
static bool parse_item(struct list_parser *parser, size_t first, size_t behind)
{
    const struct token *tokens = parser->tokens->tokens;
    size_t begin = tokens[first].start;
    size_t named = measure_name(parser, first);
    const char *name = named > 0 ? given_name(parser, first) : NULL;
    const char *type = named == 4 ? word_text(parser, first + 2) : NULL;
    const char *unit = has_unit(parser, first + named, behind) ? word_text(parser, behind - 1)
                                                               : NULL;
    first += name ? named : 0;
    if (first >= behind)
        return refuse(parser->error, "byte %u: expected an expression: `%s`",
                      tokens[behind].start + 1, parser->text);
    size_t start = tokens[first].start;
    size_t end = tokens[unit ? behind - 2 : behind].start;
    const struct expression *expression = expression_compile(
        parser->set, parser->text, start, end, parser->names, parser->list->count, parser->error);
    if (!expression || !add_item(parser, name, expression, begin))
        return false;
    parser->list->items[parser->list->count - 1].type = type;
    parser->list->items[parser->list->count - 1].unit = unit;
    return true;
}

static bool parse_items(struct list_parser *parser)
{
    size_t first = 0;
    for (size_t i = 0; i < parser->tokens->count; i++) {
        if (!at_comma(parser->tokens, i) && parser->tokens->tokens[i].kind != TOKEN_END)
            continue;
        if (!parse_item(parser, first, i))
            return false;
        first = i + 1;
    }
    return true;
}

static const struct expression_list *add_list(struct expression_set *set, const char *text,
                                              bool typed, struct error_text *error)
{
    struct token_list tokens;
    struct expression_list *list = scratch_take(&set->memory, sizeof *list);
    struct list_parser parser = {set, text, &tokens, list, NULL, typed, error};
    bool parsed = token_list_read(&tokens, text, 0, strlen(text), error);
    *list = (struct expression_list){0, NULL};
    if (parsed) {
        size_t count = count_items(&tokens);
        list->items = scratch_take(&set->memory, count * sizeof *list->items);
        parser.names = scratch_take(&set->memory, count * sizeof *parser.names);
        parsed = parse_items(&parser);
    }
    token_list_free(&tokens);
    return parsed ? list : NULL;
}

const struct expression_list *expression_add_list(struct expression_set *set, const char *text,
                                                  struct error_text *error)
{
    return add_list(set, text, false, error);
}

const struct expression_list *expression_add_typed_list(struct expression_set *set,
                                                        const char *text, struct error_text *error)
{
    return add_list(set, text, true, error);
}

size_t expression_list_evaluate(const struct expression_list *list,
                                const struct record_view *record, struct scratch *scratch,
                                struct value *values, struct error_text *error)
{
    size_t failed = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct error_text *reason = failed == 0 ? error : NULL;
        if (!expression_evaluate_after(list->items[i].expression, record, values, scratch,
                                       &values[i], reason)) {
            values[i] = value_null();
            failed++;
        }
    }
    return failed;
}
