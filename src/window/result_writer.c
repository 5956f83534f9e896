#include "window/result_writer.h"

#include "cli/diagnostics.h"
#include "ndjson/integer_text.h"
#include "window/each_record.h"

#include <stdlib.h>
#include <string.h>

void result_writer_init(struct result_writer *writer, const struct window_plan *plan,
                        const struct group_list *groups, const struct aggregate_list *list,
                        enum time_format format)
{
    *writer = (struct result_writer){
        .plan = plan, .groups = groups, .list = list, .format = format};
    writer->values = allocate((aggregate_list_values(list) + 1) * sizeof *writer->values);
    writer->by = allocate((group_list_count(groups) + 1) * sizeof *writer->by);
}

void result_writer_free(struct result_writer *writer)
{
    free(writer->values);
    free(writer->by);
    scratch_free(&writer->scratch);
}

const struct value *result_writer_evaluate(struct result_writer *writer,
                                           const struct window_result *result)
{
    scratch_reset(&writer->scratch);
    group_list_read(writer->groups, window_key_members(result->key), result->key->members_length,
                    writer->by);
    aggregate_list_evaluate(writer->list, result->states, writer->by, &writer->scratch,
                            writer->values);
    return writer->values + writer->list->calls.count + writer->list->by_count;
}

struct value result_writer_rank(struct result_writer *writer)
{
    return aggregate_list_rank(writer->list, writer->values, &writer->scratch);
}

static void write_time(const struct result_writer *writer, const char *name, int64_t time,
                       struct text_buffer *out)
{
    text_buffer_add_text(out, name);
    char *place = text_buffer_reserve(out, TIMESTAMP_TEXT_SIZE);
    out->length += timestamp_format_json(time, writer->format, place);
}

static void write_again(const struct result_writer *writer, const char *name, int64_t time,
                        struct written_time *latest, struct text_buffer *out)
{
    if (latest->length == 0 || latest->time != time) {
        latest->time = time;
        latest->length = timestamp_format_json(time, writer->format, latest->text);
    }
    text_buffer_add_text(out, name);
    text_buffer_add(out, latest->text, latest->length);
}

static void write_bounds(struct result_writer *writer, const struct window_result *result,
                         struct text_buffer *out)
{
    write_again(writer, "\"window_start\":", result->start, &writer->start, out);
    write_again(writer, ",\"window_end\":", result->end, &writer->end, out);
}

static void write_number(const char *name, int64_t number, struct text_buffer *out)
{
    text_buffer_add_text(out, name);
    out->length += integer_write(number, text_buffer_reserve(out, INTEGER_TEXT_SIZE));
}

static void write_revision(const struct window_result *result, struct text_buffer *out)
{
    write_number(",\"rev\":", result->revision, out);
    text_buffer_add_text(out, result->final ? ",\"final\":true" : ",\"final\":false");
    if (result->retract)
        text_buffer_add_text(out, ",\"retract\":true");
}

static void write_items(const struct result_writer *writer, struct text_buffer *out)
{
    const struct aggregate_list *list = writer->list;
    const struct value *items = writer->values + list->calls.count + list->by_count;
    for (size_t i = 0; i < list->count; i++) {
        text_buffer_add_byte(out, ',');
        text_buffer_add(out, list->items[i].name_text.text, list->items[i].name_text.length);
        text_buffer_add_byte(out, ':');
        value_write(out, &items[i]);
    }
}

void result_writer_write(struct result_writer *writer, const struct window_result *result,
                         struct text_buffer *out)
{
    enum window_kind kind = writer->plan->spec.kind;
    size_t start = out->length;
    text_buffer_add_byte(out, '{');
    if (kind != WINDOW_WHOLE)
        write_bounds(writer, result, out);
    if (kind == WINDOW_SESSION)
        write_time(writer, ",\"last_event\":", result->last_event, out);
    text_buffer_add(out, window_key_members(result->key), result->key->members_length);
    write_items(writer, out);
    if (window_plan_revised(writer->plan))
        write_revision(result, out);
    if (kind != WINDOW_WHOLE)
        write_number(",\"event_time_ns\":", result->end - 1, out);
    text_buffer_add_byte(out, '}');
    /* Without times the first member is left with a comma before it. */
    if (kind == WINDOW_WHOLE && out->bytes[start + 1] == ',') {
        memmove(out->bytes + start + 1, out->bytes + start + 2, out->length - start - 2);
        out->length--;
    }
}

static struct json_slice literal(const char *text)
{
    return (struct json_slice){text, (uint32_t)strlen(text), JSON_STRING, 0};
}

static struct each_member time_member(struct result_writer *writer, const char *name, int64_t time)
{
    char *text = scratch_take(&writer->scratch, TIMESTAMP_TEXT_SIZE);
    size_t length = timestamp_format_json(time, writer->format, text);
    return (struct each_member){literal(name), {text, (uint32_t)length, JSON_STRING, 0}};
}

enum { TIME_MEMBERS = 4 };

/* What all records of a result get; returns the number of members. */
static size_t each_members(struct result_writer *writer, const struct window_result *result,
                           struct each_member *members)
{
    const struct aggregate_list *list = writer->list;
    const struct value *items = writer->values + list->calls.count + list->by_count;
    enum window_kind kind = writer->plan->spec.kind;
    size_t count = 0;
    if (kind != WINDOW_WHOLE) {
        members[count++] = time_member(writer, "\"window_start\"", result->start);
        members[count++] = time_member(writer, "\"window_end\"", result->end);
    }
    if (kind == WINDOW_SESSION)
        members[count++] = time_member(writer, "\"last_event\"", result->last_event);
    for (size_t i = 0; i < list->count; i++)
        members[count++] = (struct each_member){list->items[i].name_text,
                                                value_slice(&items[i], &writer->scratch)};
    return count;
}

void result_writer_each(struct result_writer *writer, const struct window_result *result,
                        const struct each_sink *sink)
{
    const struct aggregate_list *list = writer->list;
    const struct aggregate *keeper = &list->calls.items[list->calls.count - 1];
    const struct time_list *records = (const void *)((const char *)result->states + keeper->offset);
    const struct time_entry *entries = time_list_sorted(records, &writer->scratch);
    struct each_member *members = scratch_take(&writer->scratch,
                                               (list->count + TIME_MEMBERS) * sizeof *members);
    size_t shared = each_members(writer, result, members);
    char digits[DECIMAL_TEXT_SIZE];
    for (size_t i = 0; i < records->count; i++) {
        size_t count = shared;
        if (writer->plan->spec.kind != WINDOW_WHOLE) {
            size_t length = decimal_format(digits, decimal_from_integer(entries[i].time));
            members[count++] = (struct each_member){literal("\"event_time_ns\""),
                                                    {digits, (uint32_t)length, JSON_NUMBER, 0}};
        }
        each_record_write(time_list_text(records, &entries[i]), members, count,
                          sink->begin(sink->self));
        sink->end(sink->self);
    }
}
