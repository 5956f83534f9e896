#include "expression/expression_evaluate.h"

#include "ndjson/json_string.h"

/* Right side first. */
static enum outcome evaluate_both(const struct expression_node *node, struct evaluation *evaluation,
                                  struct value *left, struct value *right)
{
    enum outcome outcome = node_evaluate(node->second, evaluation, right);
    return outcome == OUTCOME_VALUE ? node_evaluate(node->first, evaluation, left) : outcome;
}

enum outcome compare_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                              struct value *result)
{
    struct value left, right;
    enum outcome outcome = evaluate_both(node, evaluation, &left, &right);
    if (outcome == OUTCOME_VALUE) {
        int order = value_compare(&left, &right, evaluation->scratch);
        value_set_boolean(result, order_in(node->orders, order));
    }
    return outcome;
}

/* The slice of a path, absent ones as null; its errors go the slow way. */
static enum outcome path_slice(const struct expression_node *node, struct evaluation *evaluation,
                               struct json_slice *slice)
{
    *slice = evaluation->record->slots[node->slot];
    if (!json_slice_absent(*slice))
        return OUTCOME_VALUE;
    struct value value;
    enum outcome outcome = node_evaluate(node->first, evaluation, &value);
    if (outcome == OUTCOME_VALUE)
        *slice = value.slice;
    return outcome;
}

/* A few digits: a call would take longer than the loop. */
static bool same_text(struct json_slice a, struct json_slice b)
{
    if (a.length != b.length)
        return false;
    for (uint32_t i = 0; i < a.length; i++)
        if (a.text[i] != b.text[i])
            return false;
    return true;
}

/* The difference of two int64 need not be one. */
static int compare_integers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

enum outcome path_integer_evaluate(const struct expression_node *node,
                                   struct evaluation *evaluation, struct value *result)
{
    struct json_slice slice;
    int64_t integer;
    enum outcome outcome = path_slice(node, evaluation, &slice);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    int order;
    if (slice.kind != JSON_NUMBER) {
        order = slice.kind < JSON_NUMBER ? -1 : 1;
    } else if (same_text(slice, node->canonical)) {
        order = 0;
    } else if (integer_parse(slice, &integer)) {
        order = compare_integers(integer, node->integer);
    } else {
        order = json_compare(slice, node->canonical);
    }
    value_set_boolean(result, order_in(node->orders, order));
    return OUTCOME_VALUE;
}

enum outcome path_string_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                                  struct value *result)
{
    struct json_slice slice;
    enum outcome outcome = path_slice(node, evaluation, &slice);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    bool equal = slice.kind == JSON_STRING &&
                 json_string_equals(slice, node->literal.string.bytes, node->literal.string.length);
    value_set_boolean(result, equal == (node->orders == ORDER_EQUAL));
    return OUTCOME_VALUE;
}
