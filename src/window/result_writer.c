#include "window/result_writer.h"

#include "cli/diagnostics.h"

#include <inttypes.h>
#include <stdlib.h>

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

void result_writer_time(const struct result_writer *writer, int64_t time, struct text_buffer *out)
{
    char *place = text_buffer_reserve(out, TIMESTAMP_TEXT_SIZE);
    out->length += timestamp_format_json(time, writer->format, place);
}

static void write_time(const struct result_writer *writer, const char *name, int64_t time,
                       struct text_buffer *out)
{
    text_buffer_add_text(out, name);
    result_writer_time(writer, time, out);
}

static void write_bounds(const struct result_writer *writer, const struct window_result *result,
                         struct text_buffer *out)
{
    write_time(writer, "\"window_start\":", result->start, out);
    write_time(writer, ",\"window_end\":", result->end, out);
}

static void write_revision(const struct window_result *result, struct text_buffer *out)
{
    text_buffer_add_format(out, ",\"rev\":%" PRIu32 ",\"final\":%s", result->revision,
                           result->final ? "true" : "false");
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
        text_buffer_add_format(out, ",\"event_time_ns\":%" PRId64, result->end - 1);
    text_buffer_add_byte(out, '}');
    /* Without times the first member is left with a comma before it. */
    if (kind == WINDOW_WHOLE && out->bytes[start + 1] == ',') {
        memmove(out->bytes + start + 1, out->bytes + start + 2, out->length - start - 2);
        out->length--;
    }
}
