#include "expression/expression_foreign.h"
#include "expression/expression_function.h"
#include "expression/expression_parser_state.h"
#include "expression/expression_table.h"
#include "expression/expression_variable.h"
#include "expression/lookup_table.h"

#include "ndjson/json_iterator.h"

const char *parser_string(struct parser *parser, size_t token, size_t *length)
{
    char *bytes = scratch_take(parser->memory, parser->tokens->tokens[token].length + 1u);
    *length = token_string_decode(parser->tokens, token, bytes);
    bytes[*length] = 0;
    return bytes;
}

static const struct expression_node *literal(struct parser *parser, struct value value)
{
    struct expression_node *node = parser_new_node(parser, literal_evaluate);
    node->literal = value;
    return node;
}

/* jq's number tokens are wider than JSON's: ".5", "1.", "01". */
static const struct expression_node *parse_number(struct parser *parser)
{
    const struct token *token = &parser->tokens->tokens[parser->at++];
    const char *text = parser->tokens->text + token->start;
    size_t length = token->length;
    char *spelling = scratch_take(parser->memory, length + 2);
    size_t written = 0;
    while (length > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
        text++;
        length--;
    }
    if (text[0] == '.')
        spelling[written++] = '0';
    for (size_t i = 0; i < length; i++)
        if (text[i] != '.' || (i + 1 < length && text[i + 1] >= '0' && text[i + 1] <= '9'))
            spelling[written++] = text[i];
    struct json_slice slice = json_slice_at(spelling, spelling + written);
    struct decimal decimal;
    return literal(parser, decimal_parse(slice, &decimal) ? value_decimal(decimal)
                                                          : value_from_slice(slice));
}

static const struct expression_node *parse_string(struct parser *parser)
{
    size_t length;
    const char *bytes = parser_string(parser, parser->at++, &length);
    return literal(parser, value_string(bytes, length));
}

static const struct expression_node *parse_parenthesis(struct parser *parser)
{
    parser->at++;
    const struct expression_node *node = parse_pipe(parser);
    if (node && !parser_take(parser, ")"))
        return parser_wrong(parser, "expected an operator or )");
    return node;
}

static const struct expression_node *array_of(struct parser *parser,
                                              const struct expression_node **items, size_t count)
{
    struct expression_node *node = parser_new_node(parser, array_evaluate);
    node->items = items;
    node->count = count;
    return node;
}

/* A pipe binds less than the commas, so behind a comma there may be none. */
static const struct expression_node *parse_array(struct parser *parser)
{
    size_t count = 0, room = 1;
    parser->at++;
    for (size_t i = parser->at; i < parser->tokens->count; i++)
        room += token_is(parser->tokens, i, ",");
    const struct expression_node **items = scratch_take(parser->memory, room * sizeof *items);
    if (parser_take(parser, "]"))
        return array_of(parser, items, 0);
    items[count++] = parse_alternative(parser);
    if (items[0] && parser_take(parser, "|"))
        items[0] = parse_behind_pipe(parser, items[0]);
    while (items[count - 1] && parser_take(parser, ",")) {
        items[count] = parse_alternative(parser);
        count++;
    }
    if (!items[count - 1])
        return NULL;
    if (parser_at(parser, "|"))
        return parser_foreign(parser, "a pipe behind a comma");
    if (!parser_take(parser, "]"))
        return parser_wrong(parser, "expected an operator, a comma or ]");
    return array_of(parser, items, count);
}

/* Behind `if` or `elif`. */
static const struct expression_node *parse_condition(struct parser *parser)
{
    if (++parser->depth > PARSER_DEPTH)
        return parser_wrong(parser, "nested too deeply");
    struct expression_node *node = parser_new_node(parser, condition_evaluate);
    node->first = parse_pipe(parser);
    if (node->first && !parser_take(parser, "then"))
        return parser_wrong(parser, "expected an operator or 'then'");
    node->second = node->first ? parse_pipe(parser) : NULL;
    if (!node->second)
        return NULL;
    if (parser_take(parser, "elif")) {
        node->third = parse_condition(parser);
    } else if (!parser_take(parser, "else")) {
        return parser_wrong(parser, "expected an operator, 'elif' or 'else'");
    } else {
        node->third = parse_pipe(parser);
        if (node->third && !parser_take(parser, "end"))
            return parser_wrong(parser, "expected an operator or 'end'");
    }
    parser->depth--;
    return node->third ? node : NULL;
}

/* Behind a table's name. */
static const struct expression_node *parse_lookup(struct parser *parser,
                                                  const struct lookup_table *table)
{
    struct expression_node *node = parser_new_node(parser, table_evaluate);
    parser->expression->reads_table = true;
    node->table = table;
    if (!parser_take(parser, "["))
        return parser_wrong(parser, "a table is read as $NAME[KEY]");
    node->first = parse_pipe(parser);
    if (node->first && !parser_take(parser, "]"))
        return parser_wrong(parser, "expected an operator or ]");
    return node->first ? node : NULL;
}

static const struct expression_node *parse_variable(struct parser *parser)
{
    parser->at++;
    const struct token *token = &parser->tokens->tokens[parser->at];
    const char *name = parser->tokens->text + token->start;
    const struct lookup_table *table;
    size_t number;
    if (token->kind != TOKEN_WORD)
        return parser_wrong(parser, "expected a variable's name");
    table = lookup_tables_find(parser->expression->set->tables, name, token->length);
    if (table != NULL) {
        parser->at++;
        return parse_lookup(parser, table);
    }
    if (token_is(parser->tokens, parser->at, "__loc__"))
        return parser_foreign(parser, "$__loc__");
    if (!expression_variable_find(name, token->length, &number)) {
        if (parser->result == PARSED)
            refuse(parser->error, "byte %u: no --table %.*s, and no variable of this name: `%s`",
                   token->start, (int)token->length, name, parser->expression->text);
        parser->result = PARSE_WRONG;
        return NULL;
    }
    parser->at++;
    parser->variables |= 1u << number;
    struct expression_node *node = parser_new_node(parser, variable_evaluate);
    node->slot = number;
    return node;
}

static const struct expression_node *
parse_arguments(struct parser *parser, const struct expression_node *arguments[3], size_t *count)
{
    static const struct expression_node none;
    *count = 0;
    if (!parser_take(parser, "("))
        return &none;
    do {
        if (*count == 3)
            return parser_foreign(parser, "a function of many arguments");
        arguments[*count] = parse_pipe(parser);
        if (!arguments[(*count)++])
            return NULL;
    } while (parser_take(parser, ";"));
    if (!parser_take(parser, ")"))
        return parser_wrong(parser, "expected an operator, ; or )");
    return &none;
}

static const char *token_text(struct parser *parser, const struct token *token)
{
    char *text = scratch_take(parser->memory, token->length + 1u);
    memcpy(text, parser->tokens->text + token->start, token->length);
    text[token->length] = 0;
    return text;
}

/* A function's `.` is what is left of the pipe; the record with a list's earlier items in it is
   libjq's. */
static const struct expression_node *parse_call(struct parser *parser)
{
    const struct token *token = &parser->tokens->tokens[parser->at++];
    const char *name = token_text(parser, token);
    const struct expression_node *arguments[3] = {NULL, NULL, NULL};
    size_t count;
    if (!expression_function_known(name) || (!parser->piped && parser->expression->earlier_count))
        return parser_foreign(parser, name);
    if (!parse_arguments(parser, arguments, &count))
        return NULL;
    const struct expression_function *function = expression_function_find(name, count);
    if (!function)
        return parser_foreign(parser, name);
    struct expression_node *node = parser_new_node(parser, function->evaluate);
    node->first = arguments[0];
    node->second = arguments[1];
    node->third = arguments[2];
    if (function->accept && !function->accept(node))
        return parser_foreign(parser, name);
    return node;
}

static bool begins_no_term(const struct parser *parser)
{
    static const char words[][5] = {"and", "or", "then", "elif", "else", "end", "as"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (parser_at(parser, words[i]))
            return true;
    return parser->tokens->tokens[parser->at].kind == TOKEN_OPERATOR && !parser_at(parser, "{") &&
           !parser_at(parser, "..");
}

/* A list's earlier item by its bare name, unless jq knows the word. */
static const struct expression_node *parse_bare_name(struct parser *parser)
{
    const struct token *token = &parser->tokens->tokens[parser->at];
    const char *name = token_text(parser, token);
    const struct expression_node *node;
    if (parser->expression->earlier_count == 0 || token_is(parser->tokens, parser->at + 1, "("))
        return NULL;
    node = parser_earlier(parser, name, token->length);
    if (node == NULL || expression_function_known(name) || !expression_foreign_free_word(name))
        return NULL;
    parser->at++;
    return node;
}

static const struct expression_node *parse_word(struct parser *parser)
{
    const struct expression_node *item;
    if (parser_take(parser, "true"))
        return literal(parser, value_boolean(true));
    if (parser_take(parser, "false"))
        return literal(parser, value_boolean(false));
    if (parser_take(parser, "null"))
        return literal(parser, value_null());
    item = parse_bare_name(parser);
    return item != NULL ? item : parse_call(parser);
}

static const struct expression_node *parse_primary(struct parser *parser)
{
    enum token_kind kind = parser->tokens->tokens[parser->at].kind;
    if (kind == TOKEN_NUMBER)
        return parse_number(parser);
    if (kind == TOKEN_STRING)
        return parse_string(parser);
    if (parser_at(parser, "("))
        return parse_parenthesis(parser);
    if (parser_at(parser, "["))
        return parse_array(parser);
    if (parser_at(parser, "$"))
        return parse_variable(parser);
    if (kind == TOKEN_END || begins_no_term(parser))
        return parser_wrong(parser, "expected an expression");
    if (kind == TOKEN_WORD)
        return parse_word(parser);
    return parser_foreign(parser, parser_at(parser, "{")    ? "object construction"
                                  : kind == TOKEN_FORMAT    ? "a format"
                                  : parser_at(parser, "..") ? ".."
                                                            : "string interpolation");
}

static const struct expression_node *parse_primary_with_suffixes(struct parser *parser)
{
    const struct expression_node *base = parse_primary(parser);
    return base ? parse_suffixes(parser, base) : NULL;
}

const struct expression_node *parse_term(struct parser *parser)
{
    enum token_kind kind = parser->tokens->tokens[parser->at].kind;
    if (parser_take(parser, "if"))
        return parse_condition(parser);
    const struct expression_node *term = kind == TOKEN_DOT || kind == TOKEN_FIELD
                                             ? parse_path(parser)
                                             : parse_primary_with_suffixes(parser);
    return term && parser_at(parser, "as") ? parser_foreign(parser, "as") : term;
}
