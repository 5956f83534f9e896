#include "expression/expression_evaluate.h"

#include "ndjson/json_iterator.h"

static enum outcome mismatch(const struct path_step *step, struct json_slice parent,
                             struct evaluation *evaluation)
{
    struct value value = value_from_slice(parent);
    if (step->optional)
        return OUTCOME_EMPTY;
    if (!step->step.name)
        return evaluation_fail(evaluation, "cannot index %s with %u", value_kind_name(&value),
                               step->step.index);
    return evaluation_fail(evaluation, "cannot index %s with \"%.*s\"", value_kind_name(&value),
                           (int)step->step.length, step->step.name);
}

/* The scanner found nothing there: null, unless a value on the way has no members or elements. */
static enum outcome absent_evaluate(const struct expression_node *node,
                                    struct evaluation *evaluation, struct value *result)
{
    const struct json_slice *slots = evaluation->record->slots;
    struct json_slice parent = slots[JSON_ROOT_SLOT];
    for (size_t i = 0; i < node->count; i++) {
        const struct path_step *step = &node->steps[i];
        if (parent.kind <= JSON_NULL)
            break;
        if (parent.kind != (step->step.name ? JSON_OBJECT : JSON_ARRAY))
            return mismatch(step, parent, evaluation);
        parent = slots[step->slot];
    }
    *result = value_null();
    return OUTCOME_VALUE;
}

enum outcome path_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                           struct value *result)
{
    struct json_slice slice = evaluation->record->slots[node->slot];
    if (json_slice_absent(slice)) {
        /* The record is an object: its members may be missing without further question. */
        if (node->count > 1 || !node->steps[0].step.name)
            return absent_evaluate(node, evaluation, result);
        *result = value_null();
        return OUTCOME_VALUE;
    }
    result->kind = slice.kind;
    result->form = VALUE_SLICE;
    result->slice = slice;
    return OUTCOME_VALUE;
}

enum outcome input_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                            struct value *result)
{
    (void)node;
    *result = evaluation_input(evaluation);
    return OUTCOME_VALUE;
}

enum outcome earlier_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                              struct value *result)
{
    *result = evaluation->earlier[node->slot];
    return OUTCOME_VALUE;
}

/* jq: an index with a fraction finds nothing. */
static struct json_slice element_at(const struct value *array, const struct value *key)
{
    int64_t position;
    if (!value_integer_of(key, false, &position))
        return (struct json_slice){.kind = JSON_ABSENT};
    return json_element(array->slice, position);
}

static bool stands_at(struct json_iterator at, struct json_slice part)
{
    struct json_slice element, wanted;
    struct json_iterator rest = json_iterator_start(part);
    while (json_iterator_next(&rest, NULL, &wanted))
        if (!json_iterator_next(&at, NULL, &element) || json_compare(element, wanted) != 0)
            return false;
    return true;
}

/* array[part]: where the part stands in the array. (libjq 1.6 loses memory at this.) */
static struct value find_part(struct json_slice array, struct json_slice part,
                              struct scratch *scratch)
{
    enum { DIGITS = 11 };
    size_t room = (json_array_length(array) + 1) * DIGITS, length = 1, position = 0;
    char *text = scratch_take(scratch, room + 2);
    struct json_slice element;
    struct json_iterator at = json_iterator_start(array), here = at;
    bool empty = json_array_length(part) == 0;
    for (text[0] = '['; json_iterator_next(&at, NULL, &element) && !empty; here = at, position++)
        if (stands_at(here, part))
            length += (size_t)sprintf(text + length, length > 1 ? ",%zu" : "%zu", position);
    text[length++] = ']';
    return value_from_slice((struct json_slice){text, (uint32_t)length, JSON_ARRAY, 0});
}

static enum outcome cannot_index(const struct expression_node *node, const struct value *base,
                                 const struct value *key, struct evaluation *evaluation)
{
    char quote[QUOTE_SIZE];
    if (node->optional)
        return OUTCOME_EMPTY;
    if (key->kind == JSON_STRING) {
        struct json_slice name = value_slice(key, evaluation->scratch);
        return evaluation_fail(evaluation, "cannot index %s with %.*s", value_kind_name(base),
                               (int)name.length, name.text);
    }
    return evaluation_fail(evaluation, "cannot index %s with %s", value_kind_name(base),
                           value_quote(key, evaluation->scratch, quote));
}

enum outcome index_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                            struct value *result)
{
    struct value key, base;
    enum outcome outcome = node_evaluate(node->second, evaluation, &key);
    if (outcome == OUTCOME_VALUE)
        outcome = node_evaluate(node->first, evaluation, &base);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (key.kind == JSON_OBJECT)
        return OUTCOME_LIBJQ;
    if (base.kind == JSON_OBJECT && key.kind == JSON_STRING) {
        size_t length;
        const char *name = value_string_bytes(&key, evaluation->scratch, &length);
        *result = value_from_slice(json_member(base.slice, name, length));
    } else if (base.kind == JSON_ARRAY && key.kind == JSON_NUMBER) {
        *result = value_from_slice(element_at(&base, &key));
    } else if (base.kind == JSON_ARRAY && key.kind == JSON_ARRAY) {
        *result = find_part(base.slice, key.slice, evaluation->scratch);
    } else if (base.kind == JSON_NULL && (key.kind == JSON_STRING || key.kind == JSON_NUMBER)) {
        *result = value_null();
    } else {
        return cannot_index(node, &base, &key, evaluation);
    }
    return OUTCOME_VALUE;
}
