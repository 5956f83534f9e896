#include "expression/expression_parser_state.h"

#include "ndjson/json_string.h"

/* Paths whose steps are written out become slots of the projection; what comes behind a step that
   is calculated, or behind a pipe, is looked up in the value. */

struct path_builder {
    struct json_step steps[PARSER_STEPS];
    bool optional[PARSER_STEPS];
    size_t count;
};

static enum token_kind kind_at(const struct parser *parser, size_t ahead)
{
    size_t at = parser->at + ahead;
    return at < parser->tokens->count ? parser->tokens->tokens[at].kind : TOKEN_END;
}

static bool index_of(const struct parser *parser, size_t token, uint32_t *index)
{
    const struct token *number = &parser->tokens->tokens[token];
    uint32_t sum = 0;
    if (number->length > 8)
        return false;
    for (uint32_t i = 0; i < number->length; i++) {
        char digit = parser->tokens->text[number->start + i];
        if (digit < '0' || digit > '9')
            return false;
        sum = sum * 10 + (uint32_t)(digit - '0');
    }
    *index = sum;
    return true;
}

static struct json_step field_step(struct parser *parser)
{
    const struct token *token = &parser->tokens->tokens[parser->at++];
    char *name = scratch_take(parser->memory, token->length);
    memcpy(name, parser->tokens->text + token->start + 1, token->length - 1u);
    name[token->length - 1] = 0;
    return (struct json_step){name, token->length - 1u, 0};
}

static struct json_step string_step(struct parser *parser, size_t token)
{
    struct json_step step = {.index = 0};
    step.name = parser_string(parser, token, &step.length);
    return step;
}

/* .name, ."name", ["name"] or [3]; false = the next tokens are something else. */
static bool take_step(struct parser *parser, struct json_step *step)
{
    if (kind_at(parser, 0) == TOKEN_FIELD) {
        *step = field_step(parser);
        return true;
    }
    if (kind_at(parser, 0) == TOKEN_DOT && kind_at(parser, 1) == TOKEN_STRING) {
        *step = string_step(parser, parser->at + 1);
        parser->at += 2;
        return true;
    }
    if (!parser_at(parser, "[") || kind_at(parser, 1) == TOKEN_END ||
        !token_is(parser->tokens, parser->at + 2, "]"))
        return false;
    *step = (struct json_step){0};
    if (kind_at(parser, 1) == TOKEN_STRING)
        *step = string_step(parser, parser->at + 1);
    else if (kind_at(parser, 1) != TOKEN_NUMBER || !index_of(parser, parser->at + 1, &step->index))
        return false;
    parser->at += 3;
    return true;
}

static bool take_question_marks(struct parser *parser)
{
    bool taken = false;
    while (parser_take(parser, "?"))
        taken = true;
    return taken;
}

static bool plain_name(const struct json_step *step)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return step->length > 0 && strspn(step->name, letters) == step->length &&
           !(step->name[0] >= '0' && step->name[0] <= '9');
}

const char *parser_path_text(struct parser *parser, const struct json_step *steps, size_t count)
{
    struct text_buffer text = {0};
    for (size_t i = 0; i < count; i++) {
        if (steps[i].name && plain_name(&steps[i])) {
            text_buffer_add_format(&text, ".%s", steps[i].name);
            continue;
        }
        text_buffer_add_text(&text, i == 0 ? ".[" : "[");
        if (steps[i].name)
            json_string_encode(&text, steps[i].name, steps[i].length);
        else
            text_buffer_add_format(&text, "%u", steps[i].index);
        text_buffer_add_byte(&text, ']');
    }
    if (count == 0)
        text_buffer_add_byte(&text, '.');
    char *kept = scratch_take(parser->memory, text.length + 1);
    memcpy(kept, text.bytes, text.length);
    kept[text.length] = 0;
    text_buffer_free(&text);
    return kept;
}

static void note_read(struct parser *parser, size_t slot, const struct path_builder *path)
{
    for (size_t i = 0; i < parser->read_count; i++)
        if (parser->reads[i].slot == slot)
            return;
    parser->reads[parser->read_count++] = (struct path_read){
        slot, parser_path_text(parser, path->steps, path->count)};
}

static void remember(struct parser *parser, const struct expression_node *node, const char *name)
{
    parser->path = node;
    if (name)
        parser->path_name = name;
}

static const struct expression_node *path_node(struct parser *parser,
                                               const struct path_builder *path)
{
    struct json_projection *projection = parser->expression->set->projection;
    struct expression_node *node = parser_new_node(parser, path_evaluate);
    struct path_step *steps = scratch_take(parser->memory, (path->count + 1) * sizeof *steps);
    node->slot = json_projection_add(projection, path->steps, path->count);
    node->steps = steps;
    node->count = path->count;
    size_t slot = node->slot;
    const char *name = NULL;
    for (size_t i = path->count; i-- > 0; slot = json_projection_parent(projection, slot)) {
        steps[i] = (struct path_step){path->steps[i], slot, path->optional[i]};
        if (!name)
            name = path->steps[i].name;
    }
    note_read(parser, node->slot, path);
    parser->path_name = NULL;
    remember(parser, node, name);
    return node;
}

const struct expression_node *parser_earlier(struct parser *parser, const char *name, size_t length)
{
    const struct expression *expression = parser->expression;
    for (size_t i = expression->earlier_count; i-- > 0;) {
        if (strlen(expression->earlier[i]) != length ||
            memcmp(expression->earlier[i], name, length) != 0)
            continue;
        struct expression_node *node = parser_new_node(parser, earlier_evaluate);
        node->slot = i;
        remember(parser, node, expression->earlier[i]);
        return node;
    }
    return NULL;
}

static const struct expression_node *record_path(struct parser *parser)
{
    struct path_builder path;
    path.count = 0;
    while (path.count < PARSER_STEPS && take_step(parser, &path.steps[path.count])) {
        const struct json_step *step = &path.steps[path.count];
        const struct expression_node *earlier =
            path.count == 0 && step->name ? parser_earlier(parser, step->name, step->length) : NULL;
        path.optional[path.count++] = take_question_marks(parser);
        if (earlier)
            return earlier;
    }
    if (path.count == 0 && parser->expression->earlier_count > 0)
        return parser_foreign(parser, ". with earlier items of the list in it");
    return path_node(parser, &path);
}

const struct expression_node *parse_path(struct parser *parser)
{
    const struct expression_node *base;
    if (kind_at(parser, 0) == TOKEN_DOT && kind_at(parser, 1) != TOKEN_STRING)
        parser->at++;
    if (parser->piped) {
        base = parser_new_node(parser, input_evaluate);
        parser->path = NULL;
    } else {
        base = record_path(parser);
    }
    return base ? parse_suffixes(parser, base) : NULL;
}

static const struct expression_node *literal_key(struct parser *parser,
                                                 const struct json_step *step)
{
    struct expression_node *key = parser_new_node(parser, literal_evaluate);
    key->literal = step->name ? value_string(step->name, step->length) : value_integer(step->index);
    return key;
}

static const struct expression_node *index_node(struct parser *parser,
                                                const struct expression_node *base,
                                                const struct expression_node *key)
{
    struct expression_node *node = parser_new_node(parser, index_evaluate);
    node->first = base;
    node->second = key;
    node->optional = take_question_marks(parser);
    return node;
}

/* [E], behind the opening bracket. */
static const struct expression_node *parse_key(struct parser *parser)
{
    if (parser_at(parser, "]"))
        return parser_foreign(parser, "[]");
    const struct expression_node *key = parser_at(parser, ":") ? NULL : parse_pipe(parser);
    if (parser_at(parser, ":"))
        return parser_foreign(parser, "a slice");
    if (key && !parser_take(parser, "]"))
        return parser_wrong(parser, "expected an operator or ]");
    return key;
}

const struct expression_node *parse_suffixes(struct parser *parser,
                                             const struct expression_node *base)
{
    for (;;) {
        struct json_step step;
        if (take_step(parser, &step)) {
            bool of_path = parser->path == base;
            base = index_node(parser, base, literal_key(parser, &step));
            if (of_path)
                remember(parser, base, step.name);
        } else if (kind_at(parser, 0) == TOKEN_DOT) {
            parser->at++;
            return kind_at(parser, 0) == TOKEN_STRING_OPEN
                       ? parser_foreign(parser, "string interpolation")
                       : parser_wrong(parser, "expected a member's name");
        } else if (parser_take(parser, "[")) {
            const struct expression_node *key = parse_key(parser);
            if (!key)
                return NULL;
            base = index_node(parser, base, key);
        } else if (parser_at(parser, "?")) {
            return parser_foreign(parser, "?");
        } else {
            return base;
        }
    }
}

const char *parser_path_name(const struct parser *parser, const struct expression_node *root)
{
    return root == parser->path ? parser->path_name : NULL;
}

static struct json_slice canonical_text(struct parser *parser, int64_t integer)
{
    char *text = scratch_take(parser->memory, DECIMAL_TEXT_SIZE);
    size_t length = decimal_format(text, decimal_from_integer(integer));
    return (struct json_slice){text, (uint32_t)length, JSON_NUMBER, JSON_FLAG_INTEGER};
}

static uint8_t mirrored(uint8_t orders)
{
    return (uint8_t)((orders & ORDER_EQUAL) | (orders & ORDER_LESS ? ORDER_GREATER : 0) |
                     (orders & ORDER_GREATER ? ORDER_LESS : 0));
}

/* A comparison of a path with `value`, if there is a shorter way than the general one. */
static node_function *short_comparison(const struct value *value, uint8_t orders, int64_t *integer)
{
    if (value->form == VALUE_DECIMAL && value->decimal.exponent == 0 &&
        decimal_to_integer(value->decimal, integer))
        return path_integer_evaluate;
    if (value->form == VALUE_STRING &&
        (orders == ORDER_EQUAL || orders == (ORDER_LESS | ORDER_GREATER)))
        return path_string_evaluate;
    return compare_evaluate;
}

const struct expression_node *parser_comparison(struct parser *parser,
                                                const struct expression_node *left,
                                                const struct expression_node *right, uint8_t orders)
{
    if (left->evaluate == literal_evaluate && right->evaluate == path_evaluate)
        return parser_comparison(parser, right, left, mirrored(orders));
    struct expression_node *node = parser_new_node(parser, compare_evaluate);
    node->first = left;
    node->second = right;
    node->orders = orders;
    if (left->evaluate != path_evaluate || right->evaluate != literal_evaluate)
        return node;
    node->slot = left->slot;
    node->literal = right->literal;
    node->evaluate = short_comparison(&node->literal, orders, &node->integer);
    if (node->evaluate == path_integer_evaluate)
        node->canonical = canonical_text(parser, node->integer);
    return node;
}
