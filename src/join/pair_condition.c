#include "join/pair_condition.h"

#include <stdlib.h>

bool pair_condition_init(struct pair_condition *condition, const char *text,
                         const struct lookup_tables *tables, struct error_text *error)
{
    struct json_projection *projection;
    *condition = (struct pair_condition){.set = expression_set_new()};
    expression_set_use_tables(condition->set, tables);
    condition->expression = expression_add(condition->set, text, error);
    if (condition->expression == NULL)
        return false;
    projection = expression_set_projection(condition->set);
    condition->scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    condition->slots = allocate(json_projection_slots(projection) * sizeof *condition->slots);
    return true;
}

void pair_condition_free(struct pair_condition *condition)
{
    if (condition->set == NULL)
        return;
    json_scanner_free(condition->scanner);
    expression_set_free(condition->set);
    free(condition->slots);
    text_buffer_free(&condition->record);
    scratch_free(&condition->scratch);
}

struct text_buffer *pair_condition_record(struct pair_condition *condition)
{
    condition->record.length = 0;
    return &condition->record;
}

static bool fails(struct pair_condition *condition, const struct error_text *error)
{
    if (condition->errors++ == 0)
        condition->first_error = *error;
    return false;
}

bool pair_condition_holds(struct pair_condition *condition)
{
    struct text_buffer *record = &condition->record;
    struct json_line line = {.slots = condition->slots};
    struct record_view view = {condition->slots, NULL};
    struct error_text error;
    struct value value;
    text_buffer_reserve(record, JSON_PADDING);
    scratch_reset(&condition->scratch);
    if (json_scan_line(condition->scanner, record->bytes, record->bytes + record->length, &line) !=
        SCAN_RECORD) {
        refuse(&error, "%s", line.reason);
        return fails(condition, &error);
    }
    if (!expression_evaluate(condition->expression, &view, &condition->scratch, &value, &error))
        return fails(condition, &error);
    return value_true(&value);
}
