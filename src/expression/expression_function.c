#include "expression/expression_function.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"
#include "ndjson/number_text.h"

static enum outcome not_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                                 struct value *result)
{
    (void)node;
    struct value input = evaluation_input(evaluation);
    value_set_boolean(result, !value_true(&input));
    return OUTCOME_VALUE;
}

static size_t count_points(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return count;
}

static struct value absolute_value(struct value number)
{
    struct decimal decimal, zero = decimal_from_integer(0);
    double real = 0;
    if (value_decimal_of(&number, &decimal)) {
        if (decimal.coefficient >= 0 || decimal_subtract(zero, decimal, &decimal))
            return value_decimal(decimal);
    }
    value_double_of(&number, &real);
    return value_double(real < 0 ? -real : real);
}

static enum outcome length_evaluate(const struct expression_node *node,
                                    struct evaluation *evaluation, struct value *result)
{
    (void)node;
    struct value input = evaluation_input(evaluation);
    size_t length = 0;
    char quote[QUOTE_SIZE];
    switch (input.kind) {
    case JSON_NULL:
        break;
    case JSON_NUMBER:
        *result = absolute_value(input);
        return OUTCOME_VALUE;
    case JSON_STRING: {
        const char *bytes = value_string_bytes(&input, evaluation->scratch, &length);
        length = count_points(bytes, length);
        break;
    }
    case JSON_ARRAY:
        length = json_array_length(input.slice);
        break;
    case JSON_OBJECT:
        json_members_sorted(input.slice, evaluation->scratch, &length);
        break;
    default:
        return evaluation_fail(evaluation, "%s has no length",
                               value_quote(&input, evaluation->scratch, quote));
    }
    *result = value_integer((int64_t)length);
    return OUTCOME_VALUE;
}

static size_t skip_digits(const char *text, size_t at, size_t length)
{
    while (at < length && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* jq's tonumber is wider than JSON: "+1", "01", ".5", "1." and blanks around. True if it is such a
   number; `out` (room for length + 2) gets its JSON spelling. */
static bool respell_number(const char *text, size_t length, char *out, size_t *written)
{
    size_t sign = length > 0 && (text[0] == '-' || text[0] == '+');
    size_t whole = skip_digits(text, sign, length);
    size_t fraction = whole < length && text[whole] == '.' ? whole + 1 : whole;
    size_t fraction_end = skip_digits(text, fraction, length);
    size_t digits = (whole - sign) + (fraction_end - fraction);
    size_t end = fraction_end;
    if (end < length && (text[end] | 0x20) == 'e') {
        size_t exponent = end + 1;
        if (exponent < length && (text[exponent] == '-' || text[exponent] == '+'))
            exponent++;
        end = skip_digits(text, exponent, length);
        digits = end > exponent ? digits : 0;
    }
    if (digits == 0 || end != length)
        return false;
    size_t first = sign;
    while (first + 1 < whole && text[first] == '0')
        first++;
    char *at = out;
    if (text[0] == '-')
        *at++ = '-';
    if (whole == first)
        *at++ = '0';
    memcpy(at, text + first, whole - first);
    at += whole - first;
    if (fraction_end > fraction) {
        memcpy(at, text + whole, fraction_end - whole);
        at += fraction_end - whole;
    }
    memcpy(at, text + fraction_end, length - fraction_end);
    *written = (size_t)(at - out) + length - fraction_end;
    return true;
}

static void trim_blanks(const char **text, size_t *length)
{
    while (*length > 0 && strchr(" \t\n\r", **text) && **text) {
        ++*text;
        --*length;
    }
    while (*length > 0 && strchr(" \t\n\r", (*text)[*length - 1]) && (*text)[*length - 1])
        --*length;
}

static enum outcome tonumber_evaluate(const struct expression_node *node,
                                      struct evaluation *evaluation, struct value *result)
{
    (void)node;
    struct value input = evaluation_input(evaluation);
    char quote[QUOTE_SIZE];
    if (input.kind == JSON_NUMBER) {
        *result = input;
        return OUTCOME_VALUE;
    }
    if (input.kind == JSON_STRING) {
        size_t length, written;
        const char *text = value_string_bytes(&input, evaluation->scratch, &length);
        trim_blanks(&text, &length);
        char *number = scratch_take(evaluation->scratch, length + 2);
        if (respell_number(text, length, number, &written)) {
            *result = value_from_slice(json_slice_at(number, number + written));
            return OUTCOME_VALUE;
        }
    }
    return evaluation_fail(evaluation, "%s cannot be parsed as a number",
                           value_quote(&input, evaluation->scratch, quote));
}

static struct value text_of_number(const struct value *number, struct scratch *scratch)
{
    struct decimal decimal;
    double real = 0;
    char *text = scratch_take(scratch, DECIMAL_TEXT_SIZE);
    if (value_decimal_of(number, &decimal))
        return value_string(text, decimal_format(text, decimal));
    value_double_of(number, &real);
    return value_string(text, double_format(text, real));
}

static enum outcome tostring_evaluate(const struct expression_node *node,
                                      struct evaluation *evaluation, struct value *result)
{
    (void)node;
    struct value input = evaluation_input(evaluation);
    if (input.kind == JSON_STRING)
        *result = input;
    else if (input.kind == JSON_NUMBER)
        *result = text_of_number(&input, evaluation->scratch);
    else if (input.kind < JSON_NUMBER)
        *result = value_string(input.slice.text, input.slice.length);
    else
        return OUTCOME_LIBJQ;
    return OUTCOME_VALUE;
}

/* The input's and the argument's bytes, if both are strings. */
struct string_pair {
    const char *text;
    size_t length;
    const char *part;
    size_t part_length;
};

static enum outcome take_strings(const struct expression_node *node, struct evaluation *evaluation,
                                 struct string_pair *pair, struct value operands[2])
{
    operands[0] = evaluation_input(evaluation);
    enum outcome outcome = node_evaluate(node->first, evaluation, &operands[1]);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (operands[0].kind != JSON_STRING || operands[1].kind != JSON_STRING)
        return OUTCOME_ERROR;
    pair->text = value_string_bytes(&operands[0], evaluation->scratch, &pair->length);
    pair->part = value_string_bytes(&operands[1], evaluation->scratch, &pair->part_length);
    return OUTCOME_VALUE;
}

static enum outcome edge_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                                  struct value *result, bool at_end, const char *function)
{
    struct string_pair pair;
    struct value operands[2] = {{.kind = JSON_STRING}, {.kind = JSON_STRING}};
    enum outcome outcome = take_strings(node, evaluation, &pair, operands);
    if (outcome == OUTCOME_ERROR &&
        (operands[0].kind != JSON_STRING || operands[1].kind != JSON_STRING))
        return evaluation_fail(evaluation, "%s requires string inputs", function);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    size_t offset = at_end ? pair.length - pair.part_length : 0;
    value_set_boolean(result, pair.part_length <= pair.length &&
                                  memcmp(pair.text + offset, pair.part, pair.part_length) == 0);
    return OUTCOME_VALUE;
}

static enum outcome startswith_evaluate(const struct expression_node *node,
                                        struct evaluation *evaluation, struct value *result)
{
    return edge_evaluate(node, evaluation, result, false, "startswith()");
}

static enum outcome endswith_evaluate(const struct expression_node *node,
                                      struct evaluation *evaluation, struct value *result)
{
    return edge_evaluate(node, evaluation, result, true, "endswith()");
}

static enum outcome contains_evaluate(const struct expression_node *node,
                                      struct evaluation *evaluation, struct value *result)
{
    struct string_pair pair;
    struct value operands[2];
    char quotes[2][QUOTE_SIZE];
    if (take_strings(node, evaluation, &pair, operands) != OUTCOME_VALUE)
        return evaluation_fail(evaluation, "%s and %s cannot have their containment checked",
                               value_quote(&operands[0], evaluation->scratch, quotes[0]),
                               value_quote(&operands[1], evaluation->scratch, quotes[1]));
    value_set_boolean(result, memmem(pair.text, pair.length, pair.part, pair.part_length) != NULL);
    return OUTCOME_VALUE;
}

static bool string_literal(struct expression_node *node)
{
    return node->first->evaluate == literal_evaluate && node->first->literal.kind == JSON_STRING;
}

static enum outcome test_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                                  struct value *result)
{
    struct string_pair pair;
    struct value operands[2];
    char quote[QUOTE_SIZE];
    if (take_strings(node, evaluation, &pair, operands) != OUTCOME_VALUE)
        return evaluation_fail(evaluation, "%s cannot be matched, as it is not a string",
                               value_quote(&operands[0], evaluation->scratch, quote));
    value_set_boolean(result, memmem(pair.text, pair.length, pair.part, pair.part_length) != NULL);
    return OUTCOME_VALUE;
}

/* A regular expression that is nothing but the text to be found. (^ and $ look at the ends of
   lines too: they are libjq's.) */
static bool plain_pattern(struct expression_node *node)
{
    if (!string_literal(node))
        return false;
    const struct value *pattern = &node->first->literal;
    for (size_t i = 0; i < pattern->string.length; i++)
        if (!pattern->string.bytes[i] || strchr("\\^$.|?*+()[]{}", pattern->string.bytes[i]))
            return false;
    return pattern->string.length > 0;
}

static const struct expression_function function_table[] = {
    {"not", 0, not_evaluate, NULL},
    {"length", 0, length_evaluate, NULL},
    {"tonumber", 0, tonumber_evaluate, NULL},
    {"tostring", 0, tostring_evaluate, NULL},
    {"startswith", 1, startswith_evaluate, NULL},
    {"endswith", 1, endswith_evaluate, NULL},
    {"contains", 1, contains_evaluate, string_literal},
    {"test", 1, test_evaluate, plain_pattern},
};

enum { FUNCTION_COUNT = sizeof function_table / sizeof function_table[0] };

const struct expression_function *expression_function_find(const char *name, size_t arity)
{
    for (size_t i = 0; i < FUNCTION_COUNT; i++)
        if (function_table[i].arity == arity && strcmp(function_table[i].name, name) == 0)
            return &function_table[i];
    return NULL;
}

bool expression_function_known(const char *name)
{
    for (size_t i = 0; i < FUNCTION_COUNT; i++)
        if (strcmp(function_table[i].name, name) == 0)
            return true;
    return false;
}
