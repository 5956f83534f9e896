#include "expression/expression_compile.h"
#include "expression/expression_evaluate.h"
#include "expression/expression_foreign.h"
#include "expression/libjq_program.h"

#include <string.h>

enum { DESCRIBED_BYTES = 40 };

/* libjq is opened for a native expression when operands first call for it, and stays. */
static bool evaluate_foreign(const struct expression *expression, struct evaluation *evaluation,
                             struct value *result)
{
    if (!expression->program &&
        !expression_foreign_open((struct expression *)expression, evaluation->error))
        return false;
    return expression_foreign_evaluate(expression, evaluation, result);
}

static bool evaluate(const struct expression *expression, struct evaluation *evaluation,
                     struct value *result)
{
    if (!expression->root)
        return evaluate_foreign(expression, evaluation, result);
    switch (node_evaluate(expression->root, evaluation, result)) {
    case OUTCOME_VALUE:
        return true;
    case OUTCOME_EMPTY:
        return refuse(evaluation->error, "no result");
    case OUTCOME_LIBJQ:
        evaluation->input = NULL;
        return evaluate_foreign(expression, evaluation, result);
    default:
        return false;
    }
}

static bool name_option(const struct expression *expression, struct error_text *error)
{
    struct error_text reason;
    if (expression->option == NULL || error == NULL)
        return false;
    reason = *error;
    refuse(error, "%s: %.200s", expression->option, reason.text);
    return false;
}

bool expression_evaluate_after(const struct expression *expression,
                               const struct record_view *record, const struct value *earlier,
                               struct scratch *scratch, struct value *result,
                               struct error_text *error)
{
    struct evaluation evaluation = {record, scratch, error, NULL, earlier};
    return evaluate(expression, &evaluation, result) || name_option(expression, error);
}

bool expression_evaluate(const struct expression *expression, const struct record_view *record,
                         struct scratch *scratch, struct value *result, struct error_text *error)
{
    return expression_evaluate_after(expression, record, NULL, scratch, result, error);
}

/* PATH == INTEGER where an integer stands at PATH, and PATH == STRING, or !=, where a string
   without escapes does: both are equal only if their texts are, apart from 0 and -0. */
static bool compares_texts(const struct expression_node *root, const struct json_slice *slice)
{
    if (root->evaluate == path_integer_evaluate)
        return root->orders == ORDER_EQUAL && root->integer != 0 && slice->kind == JSON_NUMBER &&
               (slice->flags & JSON_FLAG_INTEGER) != 0;
    return root->evaluate == path_string_evaluate && slice->kind == JSON_STRING &&
           (slice->flags & JSON_FLAG_ESCAPED) == 0;
}

/* A few digits: a call would take longer than the loop. */
static bool has_text(const struct json_slice *slice, const struct json_slice *text)
{
    uint32_t same = 0;
    if (slice->length != text->length)
        return false;
    while (same < text->length && slice->text[same] == text->text[same])
        same++;
    return same == text->length;
}

static bool has_string(const struct json_slice *slice, const struct value *string)
{
    return slice->length == string->string.length + 2 &&
           memcmp(slice->text + 1, string->string.bytes, string->string.length) == 0;
}

bool expression_holds(const struct expression *expression, const struct record_view *record,
                      struct scratch *scratch, bool *truth, struct error_text *error)
{
    const struct expression_node *root = expression->root;
    struct value value;
    if (root != NULL && compares_texts(root, &record->slots[root->slot])) {
        const struct json_slice *slice = &record->slots[root->slot];
        *truth = slice->kind == JSON_NUMBER
                     ? has_text(slice, &root->canonical)
                     : has_string(slice, &root->literal) == (root->orders == ORDER_EQUAL);
        return true;
    }
    if (!expression_evaluate(expression, record, scratch, &value, error))
        return false;
    *truth = value_true(&value);
    return true;
}

bool expression_first_slot(const struct expression *expression, size_t *slot)
{
    const struct expression_node *node = expression->root;
    if (node != NULL && node->evaluate == alternative_evaluate)
        node = node->first;
    if (node == NULL || node->evaluate != path_evaluate)
        return false;
    *slot = node->slot;
    return true;
}

bool expression_path_slot(const struct expression *expression, size_t *slot)
{
    if (!expression->root || expression->root->evaluate != path_evaluate)
        return false;
    *slot = expression->root->slot;
    return true;
}

const char *expression_path_name(const struct expression *expression)
{
    return expression->path_name;
}

const char *expression_text(const struct expression *expression)
{
    return expression->text;
}

bool expression_native(const struct expression *expression)
{
    return expression->root != NULL;
}

/* Cut between characters. */
static void describe_slice(struct json_slice slice, struct text_buffer *out)
{
    if (json_slice_absent(slice)) {
        text_buffer_add_text(out, "null");
        return;
    }
    size_t shown = slice.length;
    if (shown > DESCRIBED_BYTES)
        for (shown = DESCRIBED_BYTES; shown > 0; shown--)
            if (((unsigned char)slice.text[shown] & 0xC0) != 0x80)
                break;
    text_buffer_add(out, slice.text, shown);
    if (shown < slice.length)
        text_buffer_add_text(out, "...");
}

void expression_describe(const struct expression *expression, const struct record_view *record,
                         struct text_buffer *out)
{
    for (size_t i = 0; i < expression->read_count; i++) {
        if (i > 0)
            text_buffer_add_text(out, ", ");
        text_buffer_add_text(out, expression->reads[i].text);
        text_buffer_add_byte(out, '=');
        describe_slice(record->slots[expression->reads[i].slot], out);
    }
}

const char *expression_libjq_version(void)
{
    return libjq_version();
}
