#include "window/aggregate.h"

#include "ndjson/json_iterator.h"

#include <stdlib.h>

size_t aggregate_set_add(struct aggregate_set *set, const struct aggregate *aggregate)
{
    set->items = reallocate(set->items, (set->count + 1) * sizeof *set->items);
    set->items[set->count] = *aggregate;
    set->items[set->count].offset = set->size;
    set->grows = set->grows || aggregate->function->grows;
    set->adds = set->adds || aggregate->function->adds;
    set->size += (aggregate->function->size + 15) & ~(size_t)15;
    return set->count++;
}

void aggregate_set_free(struct aggregate_set *set)
{
    free(set->items);
    *set = (struct aggregate_set){0};
}

static bool condition_holds(const struct aggregate *aggregate, const struct record_view *record,
                            struct scratch *scratch, bool *holds, struct error_text *error)
{
    struct value truth;
    if (!expression_evaluate(aggregate->condition, record, scratch, &truth, error))
        return false;
    *holds = value_true(&truth);
    return true;
}

/* Decimals are taken apart once, here, so that updates only add. */
static bool take_number(const struct aggregate *aggregate, struct value *value,
                        struct error_text *error)
{
    struct decimal decimal;
    double real;
    if (value->kind != JSON_NUMBER)
        return refuse(error, "%s: not a number", aggregate->text);
    if (value->form == VALUE_DOUBLE)
        return true;
    if (value_decimal_of(value, &decimal)) {
        *value = value_decimal(decimal);
        return true;
    }
    value_double_of(value, &real);
    *value = value_double(real);
    return true;
}

/* Null is skipped. */
static bool take_input(const struct aggregate *aggregate, const struct record_view *record,
                       struct scratch *scratch, struct aggregate_argument *argument,
                       struct error_text *error)
{
    struct value value;
    if (!expression_evaluate(aggregate->input, record, scratch, &value, error))
        return false;
    argument->given = value.kind != JSON_NULL;
    if (!argument->given)
        return true;
    if (aggregate->function->takes == TAKES_KEY)
        return value_key(&value, scratch, &argument->key) ||
               refuse(error, "%s: an object has no identity to compare", aggregate->text);
    argument->value = value;
    if (aggregate->function->takes == TAKES_NUMBER)
        return take_number(aggregate, &argument->value, error);
    argument->value = value_from_slice(value_slice(&value, scratch));
    return true;
}

bool aggregate_set_prepare(const struct aggregate_set *set, const struct record_view *record,
                           struct json_slice line, struct scratch *scratch,
                           struct aggregate_argument *arguments, struct error_text *error)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct aggregate *aggregate = &set->items[i];
        struct aggregate_argument *argument = &arguments[i];
        argument->given = true;
        if (aggregate->condition != NULL &&
            !condition_holds(aggregate, record, scratch, &argument->given, error))
            return false;
        if (aggregate->function->takes == TAKES_LINE)
            argument->line = line;
        else if (aggregate->input != NULL && argument->given &&
                 !take_input(aggregate, record, scratch, argument, error))
            return false;
    }
    return true;
}

void aggregate_set_update(const struct aggregate_set *set, void *states,
                          const struct aggregate_argument *arguments, int64_t time)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct aggregate *aggregate = &set->items[i];
        void *state = (char *)states + aggregate->offset;
        if (!arguments[i].given)
            continue;
        /* The commonest one is spared the call. */
        if (aggregate->function->takes == TAKES_ROW)
            ++*(uint64_t *)state;
        else
            aggregate->function->update(aggregate, state, &arguments[i], time);
    }
}

bool aggregate_set_commute(const struct aggregate_set *set, void *states,
                           const struct aggregate_argument *arguments, int64_t time)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct aggregate *aggregate = &set->items[i];
        void *state = (char *)states + aggregate->offset;
        if (!arguments[i].given)
            continue;
        if (aggregate->function->commutes != NULL &&
            !aggregate->function->commutes(aggregate, state, &arguments[i]))
            return false;
        aggregate->function->update(aggregate, state, &arguments[i], time);
    }
    return true;
}

void aggregate_set_merge(const struct aggregate_set *set, void *into, const void *from)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct aggregate *aggregate = &set->items[i];
        aggregate->function->merge(aggregate, (char *)into + aggregate->offset,
                                   (const char *)from + aggregate->offset);
    }
}

bool aggregate_set_save(const struct aggregate_set *set, void *states, bool anew,
                        struct text_buffer *out, size_t *lasting)
{
    bool complete = true;
    text_buffer_add_byte(out, '[');
    for (size_t i = 0; i < set->count; i++) {
        const struct aggregate *aggregate = &set->items[i];
        size_t before = out->length;
        if (i > 0)
            text_buffer_add_byte(out, ',');
        complete &= aggregate->function->save(aggregate, (char *)states + aggregate->offset, anew,
                                              out);
        if (aggregate->function->adds)
            *lasting += out->length - before;
    }
    text_buffer_add_byte(out, ']');
    return complete;
}

static void clear_state(const struct aggregate *aggregate, void *state)
{
    if (aggregate->function->clear != NULL)
        aggregate->function->clear(state);
    memset(state, 0, aggregate->function->size);
}

bool aggregate_set_restore(const struct aggregate_set *set, void *states, bool anew,
                           struct json_slice saved)
{
    struct json_iterator iterator = json_iterator_start(saved);
    struct json_slice value;
    for (size_t i = 0; i < set->count; i++) {
        const struct aggregate *aggregate = &set->items[i];
        void *state = (char *)states + aggregate->offset;
        if (anew || !aggregate->function->adds)
            clear_state(aggregate, state);
        if (!json_iterator_next(&iterator, NULL, &value) ||
            !aggregate->function->restore(aggregate, state, value))
            return false;
    }
    return saved.kind == JSON_ARRAY && !json_iterator_next(&iterator, NULL, &value);
}

void aggregate_set_clear(const struct aggregate_set *set, void *states)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct aggregate *aggregate = &set->items[i];
        if (aggregate->function->clear != NULL)
            aggregate->function->clear((char *)states + aggregate->offset);
    }
    memset(states, 0, set->size);
}
