#include "window/timed_value.h"

#include "state/line_fields.h"

static void take(struct timed_value *timed, int64_t time, struct json_slice value)
{
    kept_value_set(&timed->value, value);
    timed->time = time;
}

void timed_value_take_first(struct timed_value *first, int64_t time, struct json_slice value)
{
    if (kept_value_absent(&first->value) || time < first->time)
        take(first, time, value);
}

void timed_value_take_last(struct timed_value *last, int64_t time, struct json_slice value)
{
    if (kept_value_absent(&last->value) || time >= last->time)
        take(last, time, value);
}

static void copy(struct timed_value *into, const struct timed_value *other)
{
    kept_value_copy(&into->value, &other->value);
    into->time = other->time;
}

void timed_value_merge_first(struct timed_value *first, const struct timed_value *other)
{
    if (!kept_value_absent(&other->value) &&
        (kept_value_absent(&first->value) || other->time < first->time))
        copy(first, other);
}

void timed_value_merge_last(struct timed_value *last, const struct timed_value *other)
{
    if (!kept_value_absent(&other->value) &&
        (kept_value_absent(&last->value) || other->time > last->time))
        copy(last, other);
}

void timed_value_save(const struct timed_value *timed, struct text_buffer *out)
{
    if (kept_value_absent(&timed->value)) {
        text_buffer_add_text(out, "null");
        return;
    }
    line_add_integer(out, "{\"time\":", timed->time);
    text_buffer_add_text(out, ",\"value\":");
    kept_value_save(&timed->value, out);
    text_buffer_add_byte(out, '}');
}

bool timed_value_restore(struct timed_value *timed, struct json_slice saved)
{
    struct line_fields fields;
    struct json_slice value;
    if (saved.kind == JSON_NULL)
        return true;
    return line_fields_begin(&fields, saved.text, saved.length) &&
           line_fields_integer(&fields, "time", &timed->time) &&
           line_fields_value(&fields, "value", &value) && line_fields_end(&fields) &&
           kept_value_restore(&timed->value, value);
}
