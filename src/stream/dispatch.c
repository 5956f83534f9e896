#include "stream/stream_state.h"

#include "cli/diagnostics.h"
#include "ndjson/json_iterator.h"

#include <stdlib.h>
#include <string.h>

static void count_rejected(struct stream *stream, const struct rejection *rejection)
{
    stream->counters.rejected++;
    reject_log_add(&stream->rejects, rejection);
    if (stream->counters.rejected > stream->settings->max_errors)
        stream->stopped = true;
}

static char *copy(const char *bytes, size_t length)
{
    char *text = memcpy(allocate(length + 1), bytes, length);
    text[length] = '\0';
    return text;
}

/* The lines are copied: they wait longer than their batch lives. */
static void hold_untimed(struct stream *stream, const struct rejection *rejection)
{
    struct rejection *held = &stream->untimed.held[stream->untimed.count++];
    *held = *rejection;
    held->message = copy(rejection->message, strlen(rejection->message));
    held->raw = copy(rejection->raw, rejection->raw_length);
    stream_check_untimed(stream, false);
}

static void settle_untimed(struct stream *stream)
{
    struct untimed *untimed = &stream->untimed;
    untimed->settled = true;
    for (size_t i = 0; i < untimed->count; i++) {
        count_rejected(stream, &untimed->held[i]);
        free((char *)(uintptr_t)untimed->held[i].message);
        free((char *)(uintptr_t)untimed->held[i].raw);
    }
    untimed->count = 0;
}

/* The record is validated already: what it lacks is only a time. */
static struct json_slice whole_line(const struct rejection *rejection)
{
    const char *end = rejection->raw + rejection->raw_length;
    const char *at = rejection->raw;
    while (at < end && *at != '{')
        at++;
    return json_slice_at(at, end);
}

void stream_check_untimed(struct stream *stream, bool at_end)
{
    struct untimed *untimed = &stream->untimed;
    const struct rejection *first = &untimed->held[0];
    const char *option = stream->tool->time_option == NULL ? "--time" : stream->tool->time_option;
    struct text_buffer advice = {0};
    if (untimed->settled || untimed->count == 0 || (untimed->count < UNTIMED_LIMIT && !at_end))
        return;
    text_buffer_add_text(&advice, first->message);
    text_buffer_add_text(&advice, "; ");
    if (!time_expression_suggest(whole_line(first), option, &advice))
        advice.length -= 2;
    text_buffer_add_byte(&advice, '\0');
    die(STATUS_USAGE, "%s:%llu: %s", first->source, (unsigned long long)first->line, advice.bytes);
}

static void dispatch_rejected(struct stream *stream, const struct event *event)
{
    const struct rejection *rejection = event->rejection;
    if (event->timed && !stream->untimed.settled)
        settle_untimed(stream);
    if (!stream->untimed.settled && strcmp(rejection->reason, "time") == 0)
        hold_untimed(stream, rejection);
    else
        count_rejected(stream, rejection);
}

/* A join's two sides often look at the same member: that is told once. */
static void dispatch_filtered(struct stream *stream, const struct event *event)
{
    struct record_view view = event_view(event);
    struct text_buffer *told = &stream->first_filtered;
    struct text_buffer piece = {0};
    if (stream->counters.filtered++ > stream->snapshot.inherited.filtered)
        return;
    for (size_t i = 0; i < stream->filter_count; i++) {
        size_t before = piece.length;
        expression_describe(stream->filters[i].expression, &view, &piece);
        size_t length = piece.length - before;
        if (length == 0)
            continue;
        if (i > 0 && length == before && memcmp(piece.bytes, piece.bytes + before, length) == 0) {
            piece.length = before;
            continue;
        }
        if (told->length > 0)
            text_buffer_add_text(told, ", ");
        text_buffer_add(told, piece.bytes + before, length);
        memmove(piece.bytes, piece.bytes + before, length);
        piece.length = length;
    }
    text_buffer_free(&piece);
}

/* The value of an expression as a name; false = it failed, the event is rejected. */
static bool name_of(struct stream *stream, struct event *event, const struct expression *expression,
                    struct json_key *key)
{
    struct record_view view = event_view(event);
    struct value value;
    struct error_text error;
    if (expression_evaluate(expression, &view, &stream->current->scratch, &value, &error) &&
        (value_key(&value, &stream->current->scratch, key) ||
         refuse(&error, "%s is an object", expression_text(expression))))
        return true;
    count_rejected(stream,
                   &(struct rejection){event->source, event->number, 0, "expression", error.text,
                                       event->line.text, event->line.length, NULL});
    return false;
}

static bool name_partition(struct stream *stream, struct event *event)
{
    struct json_key key;
    if (!name_of(stream, event, stream->intake.partition_by, &key))
        return false;
    stream->name.length = 0;
    text_buffer_add_byte(&stream->name, (char)key.kind);
    text_buffer_add(&stream->name, key.bytes, key.length);
    event->partition = partitions_put(&stream->partitions, stream->name.bytes, stream->name.length);
    return true;
}

static bool find_partition(struct stream *stream, struct event *event)
{
    event->partition = 0;
    return stream->intake.partition_by == NULL || name_partition(stream, event);
}

static void add_name_part(struct text_buffer *name, const char *bytes, size_t length)
{
    text_buffer_add_byte(name, '\x1f');
    if (length > 0)
        text_buffer_add(name, bytes, length);
}

/* A stream is an input, split by Kafka's topic and partition, split by --stream. */
static void name_stream(struct stream *stream, const struct input *input,
                        const struct record_variables *variables, const struct json_key *key)
{
    struct text_buffer *name = &stream->name;
    name->length = 0;
    text_buffer_add(name, &input->group, sizeof input->group);
    add_name_part(name, variables->topic.text, variables->topic.length);
    add_name_part(name, variables->partition.text, variables->partition.length);
    add_name_part(name, key->bytes, key->length);
}

static bool name_and_find_stream(struct stream *stream, struct event *event)
{
    const struct record_variables *variables = &event->variables;
    struct input *input = stream->current;
    struct json_key key = {.bytes = "", .length = 0};
    if (stream->intake.stream_by != NULL) {
        if (!name_of(stream, event, stream->intake.stream_by, &key))
            return false;
    } else if (variables->topic.kind == JSON_STRING) {
        key.bytes = variables->topic.text + 1;
        key.length = variables->topic.length - 2;
    }
    name_stream(stream, input, variables, &key);
    event->stream = partitions_stream(&stream->partitions, event->partition, stream->name.bytes,
                                      stream->name.length, key.bytes, key.length, input->group);
    input->stream = event->stream;
    input->stream_known = true;
    return true;
}

static bool find_stream(struct stream *stream, struct event *event)
{
    event->stream = stream->current->stream;
    return (!stream->split && stream->current->stream_known) || name_and_find_stream(stream, event);
}

void stream_await_inputs(struct stream *stream)
{
    const struct record_variables variables = {.file = NULL};
    const struct json_key key = {.bytes = "", .length = 0};
    for (size_t i = 0; !stream->split && i < stream->input_count; i++) {
        name_stream(stream, &stream->inputs[i], &variables, &key);
        partitions_await(&stream->partitions, 0, stream->name.bytes, stream->name.length,
                         stream->inputs[i].group);
    }
}

static void tell_risen(struct stream *stream, uint32_t index, struct partition *partition)
{
    partition->told = partition->watermark.current;
    stream->closing = partition->told == WATERMARK_END;
    if (stream->tool->on_watermark != NULL)
        stream->tool->on_watermark(stream->tool->self, stream, index, partition->told);
}

static void tell_watermark(struct stream *stream, uint32_t index)
{
    struct partition *partition = &stream->partitions.items[index];
    if (partition->watermark.current > partition->told)
        tell_risen(stream, index, partition);
}

void stream_tell_watermarks(struct stream *stream)
{
    for (size_t i = 0; i < stream->partitions.count; i++)
        tell_watermark(stream, (uint32_t)i);
}

/* The record takes part in its streams' progress before anything else looks at it. */
static bool place(struct stream *stream, struct event *event)
{
    struct partition *partition;
    if (!find_partition(stream, event))
        return false;
    if (stream->clocked) {
        watermark_raise(&stream->partitions.items[event->partition].watermark,
                        time_subtract(event->time, stream->settings->delay));
        return true;
    }
    if (!stream->intake.timed)
        return true;
    if (!find_stream(stream, event))
        return false;
    partition = &stream->partitions.items[event->partition];
    partition->activity[event->stream].latest = stream->steady;
    watermark_observe(&partition->watermark, event->stream, event->time);
    return true;
}

static void dispatch_used(struct stream *stream, struct event *event)
{
    if (!stream->untimed.settled)
        settle_untimed(stream);
    if (!place(stream, event))
        return;
    tell_watermark(stream, event->partition);
    stream->counters.used++;
    stream->tool->on_record(stream->tool->self, stream, event);
}

static void count_control(struct stream *stream, struct event *event)
{
    struct partition *partition;
    if (!find_stream(stream, event))
        return;
    partition = &stream->partitions.items[event->partition];
    if (++partition->activity[event->stream].controls != stream->settings->end_count)
        return;
    watermark_end_stream(&partition->watermark, event->stream);
    tell_watermark(stream, event->partition);
}

/* A control record ends its stream at the N-th: in its own partition, or in every one if it does
   not say which. */
static void dispatch_control(struct stream *stream, struct event *event)
{
    struct record_view view = event_view(event);
    struct value value;
    struct error_text error;
    stream->counters.control++;
    if (stream->settings->end_count == 0)
        return;
    if (stream->intake.partition_by == NULL ||
        (expression_evaluate(stream->intake.partition_by, &view, &stream->current->scratch, &value,
                             &error) &&
         value.kind != JSON_NULL)) {
        if (find_partition(stream, event))
            count_control(stream, event);
        return;
    }
    for (event->partition = 0; event->partition < stream->partitions.count; event->partition++)
        count_control(stream, event);
}

void stream_dispatch(struct stream *stream, struct event *event)
{
    stream->counters.read++;
    if (stream->positions != NULL && positions_replayed(stream, event)) {
        stream->counters.replayed++;
        return;
    }
    switch (event->fate) {
    case EVENT_USE:
        dispatch_used(stream, event);
        break;
    case EVENT_FILTERED:
        dispatch_filtered(stream, event);
        break;
    case EVENT_REJECTED:
        dispatch_rejected(stream, event);
        break;
    case EVENT_TOMBSTONE:
        stream->counters.tombstones++;
        break;
    case EVENT_CONTROL:
        dispatch_control(stream, event);
        break;
    }
}
