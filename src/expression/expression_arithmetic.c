#include "expression/expression_evaluate.h"

/* Decimals as long as the result is one, doubles after that. What jq also does with arrays,
   objects and repeated strings is left to libjq. */

static enum outcome evaluate_both(const struct expression_node *node, struct evaluation *evaluation,
                                  struct value *left, struct value *right)
{
    enum outcome outcome = node_evaluate(node->second, evaluation, right);
    return outcome == OUTCOME_VALUE ? node_evaluate(node->first, evaluation, left) : outcome;
}

static enum outcome cannot(const char *what, const struct value *left, const struct value *right,
                           struct evaluation *evaluation)
{
    char left_quote[QUOTE_SIZE], right_quote[QUOTE_SIZE];
    return evaluation_fail(evaluation, "%s and %s cannot be %s",
                           value_quote(left, evaluation->scratch, left_quote),
                           value_quote(right, evaluation->scratch, right_quote), what);
}

static bool both(const struct value *left, const struct value *right, enum json_kind kind)
{
    return left->kind == kind && right->kind == kind;
}

typedef bool exact_operation(struct decimal a, struct decimal b, struct decimal *out);

static struct value calculate(const struct value *left, const struct value *right,
                              exact_operation *exact, double (*rounded)(double, double))
{
    struct decimal a, b, sum;
    double left_real, right_real;
    if (value_decimal_of(left, &a) && value_decimal_of(right, &b) && exact(a, b, &sum))
        return value_decimal(sum);
    value_double_of(left, &left_real);
    value_double_of(right, &right_real);
    return value_double(rounded(left_real, right_real));
}

static double rounded_sum(double a, double b)
{
    return a + b;
}

static double rounded_difference(double a, double b)
{
    return a - b;
}

static double rounded_product(double a, double b)
{
    return a * b;
}

static double rounded_quotient(double a, double b)
{
    return a / b;
}

static struct value concatenate(const struct value *left, const struct value *right,
                                struct scratch *scratch)
{
    size_t left_length, right_length;
    const char *head = value_string_bytes(left, scratch, &left_length);
    const char *tail = value_string_bytes(right, scratch, &right_length);
    char *bytes = scratch_take(scratch, left_length + right_length + 1);
    memcpy(bytes, head, left_length);
    memcpy(bytes + left_length, tail, right_length);
    return value_string(bytes, left_length + right_length);
}

static bool array_is_empty(struct json_slice array)
{
    for (uint32_t i = 1; i + 1 < array.length; i++)
        if (!strchr(" \t\n\r", array.text[i]))
            return false;
    return true;
}

static struct value join_arrays(const struct value *left, const struct value *right,
                                struct scratch *scratch)
{
    if (array_is_empty(left->slice))
        return *right;
    if (array_is_empty(right->slice))
        return *left;
    size_t head = left->slice.length - 1, tail = right->slice.length - 1;
    char *text = scratch_take(scratch, head + tail + 1);
    memcpy(text, left->slice.text, head);
    text[head] = ',';
    memcpy(text + head + 1, right->slice.text + 1, tail);
    return value_from_slice((struct json_slice){text, (uint32_t)(head + 1 + tail), JSON_ARRAY, 0});
}

enum outcome add_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                          struct value *result)
{
    struct value left, right;
    enum outcome outcome = evaluate_both(node, evaluation, &left, &right);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (left.kind == JSON_NULL)
        *result = right;
    else if (right.kind == JSON_NULL)
        *result = left;
    else if (both(&left, &right, JSON_NUMBER))
        *result = calculate(&left, &right, decimal_add, rounded_sum);
    else if (both(&left, &right, JSON_STRING))
        *result = concatenate(&left, &right, evaluation->scratch);
    else if (both(&left, &right, JSON_ARRAY))
        *result = join_arrays(&left, &right, evaluation->scratch);
    else if (both(&left, &right, JSON_OBJECT))
        return OUTCOME_LIBJQ;
    else
        return cannot("added", &left, &right, evaluation);
    return OUTCOME_VALUE;
}

enum outcome subtract_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                               struct value *result)
{
    struct value left, right;
    enum outcome outcome = evaluate_both(node, evaluation, &left, &right);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (both(&left, &right, JSON_ARRAY))
        return OUTCOME_LIBJQ;
    if (!both(&left, &right, JSON_NUMBER))
        return cannot("subtracted", &left, &right, evaluation);
    *result = calculate(&left, &right, decimal_subtract, rounded_difference);
    return OUTCOME_VALUE;
}

static bool libjq_multiplies(const struct value *left, const struct value *right)
{
    return both(left, right, JSON_OBJECT) ||
           (left->kind == JSON_STRING && right->kind == JSON_NUMBER) ||
           (left->kind == JSON_NUMBER && right->kind == JSON_STRING);
}

enum outcome multiply_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                               struct value *result)
{
    struct value left, right;
    enum outcome outcome = evaluate_both(node, evaluation, &left, &right);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (libjq_multiplies(&left, &right))
        return OUTCOME_LIBJQ;
    if (!both(&left, &right, JSON_NUMBER))
        return cannot("multiplied", &left, &right, evaluation);
    *result = calculate(&left, &right, decimal_multiply, rounded_product);
    return OUTCOME_VALUE;
}

enum outcome divide_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                             struct value *result)
{
    struct value left, right;
    double divisor;
    enum outcome outcome = evaluate_both(node, evaluation, &left, &right);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (both(&left, &right, JSON_STRING))
        return OUTCOME_LIBJQ;
    if (!both(&left, &right, JSON_NUMBER))
        return cannot("divided", &left, &right, evaluation);
    if (value_double_of(&right, &divisor) && divisor == 0)
        return cannot("divided because the divisor is zero", &left, &right, evaluation);
    *result = calculate(&left, &right, decimal_divide_exact, rounded_quotient);
    return OUTCOME_VALUE;
}

enum outcome negate_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                             struct value *result)
{
    struct value operand, zero = value_integer(0);
    char quote[QUOTE_SIZE];
    enum outcome outcome = node_evaluate(node->first, evaluation, &operand);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (operand.kind != JSON_NUMBER)
        return evaluation_fail(evaluation, "%s cannot be negated",
                               value_quote(&operand, evaluation->scratch, quote));
    *result = calculate(&zero, &operand, decimal_subtract, rounded_difference);
    return OUTCOME_VALUE;
}
