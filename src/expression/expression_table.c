#include "expression/expression_table.h"

#include "expression/lookup_table.h"

enum outcome table_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                            struct value *result)
{
    struct json_key key;
    enum outcome outcome = node_evaluate(node->first, evaluation, result);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (!value_key(result, evaluation->scratch, &key))
        return evaluation_fail(evaluation, "$%s is not read by a key that is an object",
                               lookup_table_facts(node->table).name);
    *result = value_from_slice(lookup_table_row(node->table, &key));
    return OUTCOME_VALUE;
}
