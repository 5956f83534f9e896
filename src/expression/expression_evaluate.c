#include "expression/expression_evaluate.h"

#include <stdarg.h>

struct value evaluation_input(const struct evaluation *evaluation)
{
    return evaluation->input ? *evaluation->input
                             : value_from_slice(evaluation->record->slots[JSON_ROOT_SLOT]);
}

enum outcome evaluation_fail(struct evaluation *evaluation, const char *format, ...)
{
    va_list arguments;
    if (evaluation->error) {
        va_start(arguments, format);
        vsnprintf(evaluation->error->text, sizeof evaluation->error->text, format, arguments);
        va_end(arguments);
    }
    return OUTCOME_ERROR;
}

const char *value_kind_name(const struct value *value)
{
    static const char *const names[] = {"null",   "null",   "boolean", "boolean",
                                        "number", "string", "array",   "object"};
    return names[value->kind];
}

/* Cuts between characters, so that the message stays UTF-8. */
const char *value_quote(const struct value *value, struct scratch *scratch, char quote[QUOTE_SIZE])
{
    struct json_slice text = value_slice(value, scratch);
    int shown = (int)text.length;
    const char *dots = "";
    if (shown > 24) {
        dots = "...";
        for (shown = 20; shown > 0 && ((unsigned char)text.text[shown] & 0xC0) == 0x80; shown--)
            ;
    }
    snprintf(quote, QUOTE_SIZE, "%s (%.*s%s)", value_kind_name(value), shown, text.text, dots);
    return quote;
}

enum outcome literal_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                              struct value *result)
{
    (void)evaluation;
    *result = node->literal;
    return OUTCOME_VALUE;
}

enum outcome pipe_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                           struct value *result)
{
    struct value input;
    enum outcome outcome = node_evaluate(node->first, evaluation, &input);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    const struct value *outer = evaluation->input;
    evaluation->input = &input;
    outcome = node_evaluate(node->second, evaluation, result);
    evaluation->input = outer;
    return outcome;
}

static enum outcome junction(const struct expression_node *node, struct evaluation *evaluation,
                             struct value *result, bool decisive)
{
    struct value operand;
    enum outcome outcome = node_evaluate(node->first, evaluation, &operand);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    if (value_true(&operand) != decisive) {
        outcome = node_evaluate(node->second, evaluation, &operand);
        if (outcome != OUTCOME_VALUE)
            return outcome;
    }
    value_set_boolean(result, value_true(&operand));
    return OUTCOME_VALUE;
}

enum outcome and_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                          struct value *result)
{
    return junction(node, evaluation, result, false);
}

enum outcome or_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                         struct value *result)
{
    return junction(node, evaluation, result, true);
}

/* jq 1.6 does not catch errors of the left side. */
enum outcome alternative_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                                  struct value *result)
{
    enum outcome outcome = node_evaluate(node->first, evaluation, result);
    if (outcome == OUTCOME_EMPTY || (outcome == OUTCOME_VALUE && !value_true(result)))
        return node_evaluate(node->second, evaluation, result);
    return outcome;
}

enum outcome condition_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                                struct value *result)
{
    struct value condition;
    enum outcome outcome = node_evaluate(node->first, evaluation, &condition);
    if (outcome != OUTCOME_VALUE)
        return outcome;
    return node_evaluate(value_true(&condition) ? node->second : node->third, evaluation, result);
}

static struct value array_write(const struct json_slice *elements, size_t count,
                                struct scratch *scratch)
{
    size_t room = 2;
    for (size_t i = 0; i < count; i++)
        room += elements[i].length + 1;
    char *text = scratch_take(scratch, room);
    size_t length = 0;
    text[length++] = '[';
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text[length++] = ',';
        memcpy(text + length, elements[i].text, elements[i].length);
        length += elements[i].length;
    }
    text[length++] = ']';
    return value_from_slice((struct json_slice){text, (uint32_t)length, JSON_ARRAY, 0});
}

enum outcome array_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                            struct value *result)
{
    struct json_slice *elements = scratch_take(evaluation->scratch,
                                               (node->count + 1) * sizeof *elements);
    size_t count = 0;
    for (size_t i = 0; i < node->count; i++) {
        struct value element;
        enum outcome outcome = node_evaluate(node->items[i], evaluation, &element);
        if (outcome == OUTCOME_VALUE)
            elements[count++] = value_slice(&element, evaluation->scratch);
        else if (outcome != OUTCOME_EMPTY)
            return outcome;
    }
    *result = array_write(elements, count, evaluation->scratch);
    return OUTCOME_VALUE;
}
