#include "expression/expression_parser_state.h"

/* jq 1.6's grammar: pipe, comma, // (right), = and its kin, or, and, comparisons (one only),
   + -, * / %, with a unary minus that takes in the products behind it. */

const struct expression_node *parser_node(struct parser *parser, node_function *evaluate,
                                          const struct expression_node *first,
                                          const struct expression_node *second)
{
    struct expression_node *node = parser_new_node(parser, evaluate);
    node->first = first;
    node->second = second;
    return node;
}

struct expression_node *parser_new_node(struct parser *parser, node_function *evaluate)
{
    struct expression_node *node = scratch_take(parser->memory, sizeof *node);
    *node = (struct expression_node){.evaluate = evaluate};
    return node;
}

bool parser_at(const struct parser *parser, const char *spelling)
{
    return token_is(parser->tokens, parser->at, spelling);
}

bool parser_take(struct parser *parser, const char *spelling)
{
    if (!parser_at(parser, spelling))
        return false;
    parser->at++;
    return true;
}

const void *parser_foreign(struct parser *parser, const char *what)
{
    if (parser->result == PARSED) {
        parser->result = PARSE_FOREIGN;
        parser->expression->foreign = what;
    }
    return NULL;
}

const void *parser_wrong(struct parser *parser, const char *what)
{
    const struct token_list *tokens = parser->tokens;
    size_t last = tokens->tokens[tokens->count - 1].start;
    if (parser->result == PARSED) {
        parser->result = PARSE_WRONG;
        refuse(parser->error, "byte %u: %s: `%.*s`", tokens->tokens[parser->at].start + 1, what,
               (int)last, tokens->text);
    }
    return NULL;
}

static const struct expression_node *parse_unary(struct parser *parser);

static bool both_given(const struct expression_node *left, const struct expression_node *right)
{
    return left && right;
}

/* A row per operator of one precedence. */
struct binary_operator {
    const char *spelling;
    node_function *evaluate;
    uint8_t orders;
};

static const struct binary_operator *find_operator(const struct parser *parser,
                                                   const struct binary_operator *operators)
{
    for (; operators->spelling; operators++)
        if (parser_at(parser, operators->spelling))
            return operators;
    return NULL;
}

static const struct expression_node *
parse_chain(struct parser *parser, const struct binary_operator *operators,
            const struct expression_node *(*operand)(struct parser *))
{
    const struct expression_node *left = operand(parser);
    const struct binary_operator *operator;
    while (left && (operator= find_operator(parser, operators))) {
        parser->at++;
        const struct expression_node *right = operand(parser);
        if (!both_given(left, right))
            return NULL;
        left = parser_node(parser, operator->evaluate, left, right);
    }
    return left;
}

static const struct expression_node *parse_product(struct parser *parser)
{
    static const struct binary_operator products[] = {
        {"*", multiply_evaluate, 0}, {"/", divide_evaluate, 0}, {NULL, NULL, 0}};
    const struct expression_node *node = parse_chain(parser, products, parse_unary);
    if (node && parser_at(parser, "%"))
        return parser_foreign(parser, "%");
    return node;
}

static const struct expression_node *negate(struct parser *parser,
                                            const struct expression_node *operand)
{
    struct decimal zero = decimal_from_integer(0), negated;
    if (operand->evaluate != literal_evaluate || operand->literal.form != VALUE_DECIMAL ||
        !decimal_subtract(zero, operand->literal.decimal, &negated))
        return parser_node(parser, negate_evaluate, operand, NULL);
    struct expression_node *node = parser_new_node(parser, literal_evaluate);
    node->literal = value_decimal(negated);
    return node;
}

static const struct expression_node *parse_unary(struct parser *parser)
{
    if (!parser_at(parser, "-"))
        return parse_term(parser);
    if (++parser->depth > PARSER_DEPTH)
        return parser_wrong(parser, "nested too deeply");
    parser->at++;
    const struct expression_node *operand = parse_product(parser);
    parser->depth--;
    return operand ? negate(parser, operand) : NULL;
}

static const struct expression_node *parse_sum(struct parser *parser)
{
    static const struct binary_operator sums[] = {
        {"+", add_evaluate, 0}, {"-", subtract_evaluate, 0}, {NULL, NULL, 0}};
    return parse_chain(parser, sums, parse_product);
}

static const struct expression_node *parse_comparison(struct parser *parser)
{
    static const struct binary_operator comparisons[] = {
        {"==", compare_evaluate, ORDER_EQUAL},
        {"!=", compare_evaluate, ORDER_LESS | ORDER_GREATER},
        {"<", compare_evaluate, ORDER_LESS},
        {"<=", compare_evaluate, ORDER_LESS | ORDER_EQUAL},
        {">", compare_evaluate, ORDER_GREATER},
        {">=", compare_evaluate, ORDER_GREATER | ORDER_EQUAL},
        {NULL, NULL, 0}};
    const struct expression_node *left = parse_sum(parser);
    const struct binary_operator *operator= left ? find_operator(parser, comparisons) : NULL;
    if (!operator)
        return left;
    parser->at++;
    const struct expression_node *right = parse_sum(parser);
    if (!both_given(left, right))
        return NULL;
    if (find_operator(parser, comparisons))
        return parser_wrong(parser, "comparisons do not chain, join them with 'and'");
    return parser_comparison(parser, left, right, operator->orders);
}

static const struct expression_node *parse_and(struct parser *parser)
{
    static const struct binary_operator conjunction[] = {{"and", and_evaluate, 0}, {NULL, NULL, 0}};
    return parse_chain(parser, conjunction, parse_comparison);
}

static const struct expression_node *parse_or(struct parser *parser)
{
    static const struct binary_operator disjunction[] = {{"or", or_evaluate, 0}, {NULL, NULL, 0}};
    return parse_chain(parser, disjunction, parse_and);
}

static bool at_assignment(const struct parser *parser)
{
    static const char assignments[][4] = {"=", "|=", "+=", "-=", "*=", "/=", "%=", "//="};
    for (size_t i = 0; i < sizeof assignments / sizeof assignments[0]; i++)
        if (parser_at(parser, assignments[i]))
            return true;
    return false;
}

const struct expression_node *parse_alternative(struct parser *parser)
{
    const struct expression_node *left = parse_or(parser);
    if (!left)
        return NULL;
    if (at_assignment(parser))
        return parser_foreign(parser, "an assignment");
    if (!parser_take(parser, "//"))
        return left;
    if (++parser->depth > PARSER_DEPTH)
        return parser_wrong(parser, "nested too deeply");
    const struct expression_node *right = parse_alternative(parser);
    parser->depth--;
    return right ? parser_node(parser, alternative_evaluate, left, right) : NULL;
}

const struct expression_node *parse_behind_pipe(struct parser *parser,
                                                const struct expression_node *left)
{
    bool piped = parser->piped;
    parser->piped = true;
    const struct expression_node *right = parse_pipe(parser);
    parser->piped = piped;
    return right ? parser_node(parser, pipe_evaluate, left, right) : NULL;
}

const struct expression_node *parse_pipe(struct parser *parser)
{
    if (++parser->depth > PARSER_DEPTH)
        return parser_wrong(parser, "nested too deeply");
    const struct expression_node *left = parse_alternative(parser);
    if (left && parser_at(parser, ","))
        left = parser_foreign(parser, "a comma");
    if (left && parser_take(parser, "|"))
        left = parse_behind_pipe(parser, left);
    parser->depth--;
    return left;
}

/* Tokens that can go on behind a whole expression in some jq. */
static bool may_continue(const struct parser *parser)
{
    return parser_at(parser, "as") || parser_at(parser, "?") || parser_at(parser, ";");
}

enum parse_result expression_parse(struct expression *expression, const struct token_list *tokens,
                                   struct error_text *error)
{
    struct parser parser = {.expression = expression,
                            .memory = &expression->set->memory,
                            .tokens = tokens,
                            .error = error};
    parser.reads = scratch_take(parser.memory, tokens->count * sizeof *parser.reads);
    const struct expression_node *root = parse_pipe(&parser);
    if (root && tokens->tokens[parser.at].kind != TOKEN_END) {
        if (may_continue(&parser))
            parser_foreign(&parser, "what follows");
        else
            parser_wrong(&parser, "expected an operator or the end");
    }
    if (parser.result != PARSED)
        return parser.result;
    expression->root = root;
    expression->reads = parser.reads;
    expression->read_count = parser.read_count;
    expression->variables = parser.variables;
    expression->path_name = parser_path_name(&parser, root);
    return PARSED;
}
