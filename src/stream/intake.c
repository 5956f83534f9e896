#include "stream/intake.h"

#include "cli/diagnostics.h"
#include "stream/reject_log.h"
#include "time/duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUTURE_OF_PIPES (3600 * NS_PER_SECOND)

/* Operands up to which each has its own thread. */
enum { THREAD_LIMIT = 8 };

static size_t prepared_size(const struct intake *intake)
{
    return (intake->tool->prepared_size + 15) & ~(size_t)15;
}

void input_init(struct input *input, const struct intake *intake)
{
    size_t size = prepared_size(intake);
    input->events = allocate_zeroed(INTAKE_BATCH, sizeof *input->events);
    input->slots = allocate(INTAKE_BATCH * intake->slot_count * sizeof *input->slots);
    input->prepared = allocate_zeroed(INTAKE_BATCH * size + 1, 1);
    for (size_t i = 0; i < INTAKE_BATCH; i++) {
        input->events[i].prepared = input->prepared + i * size;
        input->events[i].source = input->source.name;
        input->events[i].variables.file = input->source.name;
        input->events[i].input = input->index;
    }
}

void input_free(struct input *input)
{
    read_ahead_stop(input->ahead, &input->source);
    byte_source_close(&input->source);
    free(input->events);
    free(input->slots);
    free(input->prepared);
    scratch_free(&input->scratch);
}

bool input_restart(struct input *input)
{
    input->ended = input->open_line = input->left_rest = false;
    input->next = input->count;
    input->line_number = 0;
    read_ahead_stop(input->ahead, &input->source);
    input->ahead = NULL;
    input->began = false;
    return byte_source_restart(&input->source);
}

struct input_position input_position(const struct input *input)
{
    const struct event *event = &input->events[input->next];
    const struct byte_source *source = &input->source;
    if (input->next < input->count)
        return (struct input_position){event->offset, event->number - 1, false};
    /* A line that is too long and still in sight was not taken: it begins there. */
    return (struct input_position){source->position, input->line_number - input->open_line,
                                   source->skipping && source->line == source->limit};
}

bool input_go_to(struct input *input, struct input_position position)
{
    input->line_number = position.line;
    return byte_source_seek(&input->source, position.offset, position.skipping);
}

/* A tool that wants every byte is also shown what is skipped, which a thread could not do. Of a
   message in an envelope only the payload is scanned for the records' paths. */
static void begin(struct input *input, const struct intake *intake)
{
    input->began = true;
    if (intake->tool->on_bytes == NULL && !input->live &&
        stream_operands(intake->stream) <= THREAD_LIMIT && read_ahead_pays(&input->source))
        input->ahead = read_ahead_start(
            &input->source,
            intake->envelope == NULL ? expression_set_projection(intake->set) : NULL,
            intake->tool->values_suffice ? VALUES_APART : VALUES_IN_LINE);
}

enum byte_status input_fill(struct input *input, const struct intake *intake)
{
    if (!input->began)
        begin(input, intake);
    if (input->ahead != NULL)
        return read_ahead_fill(input->ahead, &input->source);
    return byte_source_fill(&input->source, input->ready);
}

/* Notes why an event is rejected. `message` may be a temporary; `raw` lives as long as the batch.
 */
static void reject(struct input *input, struct event *event, uint32_t byte, const char *reason,
                   const char *message, const char *raw, size_t raw_length)
{
    struct rejection *rejection = scratch_take(&input->scratch, sizeof *rejection);
    size_t size = strlen(message) + 1;
    *rejection = (struct rejection){event->source,
                                    event->number,
                                    byte,
                                    reason,
                                    memcpy(scratch_take(&input->scratch, size), message, size),
                                    raw,
                                    raw_length};
    event->rejection = rejection;
    event->fate = EVENT_REJECTED;
}

static void reject_line(struct input *input, struct event *event, const char *reason,
                        const char *message)
{
    reject(input, event, 0, reason, message, event->line.text, event->line.length);
}

/* A condition's truth; false with the event rejected when it fails. */
static bool holds(struct input *input, struct event *event, const struct expression *condition)
{
    struct record_view view = event_view(event);
    struct error_text error;
    bool truth;
    if (expression_holds(condition, &view, &input->scratch, &truth, &error))
        return truth;
    reject_line(input, event, "expression", error.text);
    return false;
}

static void refuse_time(struct input *input, const struct intake *intake, struct event *event,
                        enum time_found found, struct error_text *error)
{
    if (found == TIME_ABSENT)
        refuse(error, "no %s", expression_text(intake->time.expression));
    reject_line(input, event, found == TIME_FAILED ? "expression" : "time", error->text);
}

/* The broker's time stamp in ns. Kafka's -1 says that there is none. */
static bool broker_time(const struct event *event, int64_t *time)
{
    int64_t ms;
    if (event->variables.ts.kind != JSON_NUMBER || !integer_parse(event->variables.ts, &ms) ||
        ms < 0 || ms > INT64_MAX / NS_PER_MS)
        return false;
    *time = ms * NS_PER_MS;
    return true;
}

static bool in_future(const struct input *input, const struct intake *intake,
                      const struct event *event)
{
    int64_t limit = intake->settings->max_future;
    int64_t now;
    if (limit < 0 && !input->live)
        return false;
    if (!broker_time(event, &now))
        now = event->arrival;
    return event->time > time_add(now, limit < 0 ? FUTURE_OF_PIPES : limit);
}

/* Of a record that was rejected already only whether it has a time is of interest. */
static void set_time(struct input *input, const struct intake *intake, struct event *event)
{
    struct record_view view = event_view(event);
    enum time_found found = time_expression_read(&intake->time, &view, &input->scratch,
                                                 &event->time, &input->error);
    event->timed = found == TIME_FOUND;
    if (event->fate == EVENT_REJECTED)
        return;
    if (found != TIME_FOUND)
        refuse_time(input, intake, event, found, &input->error);
    else if (in_future(input, intake, event))
        reject_line(input, event, "future", "further in the future than --max-future allows");
}

static void prepare(struct input *input, const struct intake *intake, struct event *event)
{
    const char *reason = "expression";
    enum verdict verdict;
    if (intake->tool->prepare == NULL)
        return;
    input->error.text[0] = '\0';
    verdict = intake->tool->prepare(intake->tool->self, intake->stream, event, &reason,
                                    &input->error);
    if (verdict == VERDICT_REJECTED)
        reject_line(input, event, reason,
                    input->error.text[0] == '\0' ? reason : input->error.text);
    else if (verdict == VERDICT_FILTERED)
        event->fate = EVENT_FILTERED;
}

/* A scanned record: decides its fate. */
static void judge(struct input *input, const struct intake *intake, struct event *event)
{
    if (intake->end != NULL && holds(input, event, intake->end)) {
        event->fate = EVENT_CONTROL;
        return;
    }
    if (event->fate == EVENT_USE && intake->where != NULL && !holds(input, event, intake->where) &&
        event->fate == EVENT_USE)
        event->fate = EVENT_FILTERED;
    if (event->fate == EVENT_USE)
        prepare(input, intake, event);
    if (intake->timed && (event->fate == EVENT_USE || event->fate == EVENT_REJECTED))
        set_time(input, intake, event);
}

static void refuse_scan(struct input *input, struct event *event, const struct json_line *line,
                        const char *raw, size_t raw_length)
{
    reject(input, event, line->error_byte, reject_kind_of_scan(line->reason), line->reason, raw,
           raw_length);
}

/* Tells of a line that is too long with as much of it as the limit allows, never half a character:
   how much more was in sight depends on the sizes of reads. */
static void refuse_length(struct input *input, const struct intake *intake, struct event *event,
                          const char *text, size_t length)
{
    char message[96];
    uint64_t most = intake->settings->max_line;
    size_t shown = length < most ? length : (size_t)most;
    while (shown > 0 && shown < length && shown + 3 > most &&
           ((unsigned char)text[shown] & 0xc0) == 0x80)
        shown--;
    snprintf(message, sizeof message, "line longer than --max-line %" PRIu64 " bytes", most);
    reject(input, event, 0, "length", message, text, shown);
}

static enum scan_status scan(struct input *input, const struct intake *intake, struct event *event,
                             const char *at, const char *limit)
{
    enum scan_status status;
    if (input->ahead != NULL && read_ahead_scanned(input->ahead, at, &event->line, &status))
        return status;
    event->line.slots = input->slots + input->count * intake->slot_count;
    return json_scan_line(intake->scanner, at, limit, &event->line);
}

/* Scans the record at [at, limit); false = blank. */
static bool take_record(struct input *input, const struct intake *intake, struct event *event,
                        const char *at, const char *limit)
{
    enum scan_status status = scan(input, intake, event, at, limit);
    if (status == SCAN_BLANK)
        return false;
    if (event->line.length > intake->settings->max_line) {
        refuse_length(input, intake, event, event->line.text, event->line.length);
    } else if (status == SCAN_REJECTED) {
        refuse_scan(input, event, &event->line, event->line.text, event->line.length);
    } else {
        judge(input, intake, event);
    }
    return true;
}

/* Opens one envelope and takes the record inside; false = blank. */
static bool take_envelope(struct input *input, const struct intake *intake, struct event *event)
{
    struct json_line outer;
    const char *payload;
    size_t length;
    bool seen = true;
    enum envelope_status status = kcat_envelope_open(intake->envelope, input->source.line,
                                                     input->source.limit, &input->scratch, &outer,
                                                     &event->variables, &payload, &length);
    if (outer.length > intake->settings->max_line) {
        refuse_length(input, intake, event, outer.text, outer.length);
        event->line.next = outer.next;
        return true;
    }
    switch (status) {
    case ENVELOPE_BLANK:
        seen = false;
        break;
    case ENVELOPE_TOMBSTONE:
        event->fate = EVENT_TOMBSTONE;
        break;
    case ENVELOPE_REJECTED:
        refuse_scan(input, event, &outer, outer.text, outer.length);
        break;
    case ENVELOPE_PAYLOAD:
        if (!take_record(input, intake, event, payload, payload + length))
            reject(input, event, 0, "json", "empty payload", outer.text, outer.length);
        break;
    }
    event->line.next = outer.next;
    return seen;
}

static bool take_line(struct input *input, const struct intake *intake, struct event *event)
{
    if (intake->envelope != NULL)
        return take_envelope(input, intake, event);
    return take_record(input, intake, event, input->source.line, input->source.limit);
}

/* Only an envelope sets more variables than the line, and only then they are made anew. */
static struct event *next_event(struct input *input, const struct intake *intake)
{
    struct event *event = &input->events[input->count];
    event->fate = EVENT_USE;
    event->timed = false;
    event->time = event->arrival = input->arrival;
    event->number = ++input->line_number;
    event->offset = input->source.position;
    if (intake->envelope != NULL)
        event->variables = (struct record_variables){.file = event->source};
    event->variables.line = event->number;
    return event;
}

/* What the batch before has left is zeroed at once. */
static void input_reset(struct input *input, const struct intake *intake)
{
    memset(input->prepared, 0, input->count * prepared_size(intake));
    input->count = input->next = 0;
    scratch_reset(&input->scratch);
}

/* The tool's on_bytes(): what a batch was made of. A byte order mark lies before the first line. */
static void show_bytes(const struct intake *intake, const char *from, const char *to)
{
    intake->tool->on_bytes(intake->tool->self, intake->stream, from, (size_t)(to - from));
}

/* The bytes of lines that are not replayed; `to` is where the source stands. */
static void show_new_bytes(const struct input *input, const struct intake *intake, const char *from,
                           const char *to)
{
    uint64_t end = input->source.position;
    uint64_t begin = end - (uint64_t)(to - from);
    if (input->replayed_until <= begin)
        show_bytes(intake, from, to);
    else if (input->replayed_until < end)
        show_bytes(intake, from + (input->replayed_until - begin), to);
}

static void show_skipped(void *context, const char *bytes, size_t length)
{
    const struct intake *intake = context;
    show_bytes(intake, bytes, bytes + length);
}

/* The beginning of an object is no object: whoever writes the file is not done with its last line.
 */
static bool is_unfinished(const struct input *input, const struct event *event)
{
    return input->leaves_rest && event->fate == EVENT_REJECTED &&
           event->line.next == input->source.limit && event->line.next[-1] != '\n';
}

bool input_scan(struct input *input, const struct intake *intake)
{
    struct byte_source *source = &input->source;
    const char *from = source->line - source->mark;
    if (source->line >= source->limit)
        return false;
    source->mark = 0;
    input_reset(input, intake);
    while (source->line < source->limit && input->count < INTAKE_BATCH) {
        struct event *event = next_event(input, intake);
        bool seen = take_line(input, intake, event);
        if (seen && is_unfinished(input, event)) {
            input->left_rest = true;
            input->line_number--;
            break;
        }
        input->count += seen;
        byte_source_take(source, event->line.next);
    }
    if (source->line > from)
        input->open_line = source->line == source->limit && source->line[-1] != '\n';
    if (intake->tool->on_bytes != NULL)
        show_new_bytes(input, intake, from, source->line);
    return true;
}

void input_refuse_long(struct input *input, const struct intake *intake)
{
    struct byte_source *source = &input->source;
    struct event *event;
    source->on_skip = NULL;
    if (intake->tool->on_bytes != NULL && source->position >= input->replayed_until) {
        show_bytes(intake, source->line, source->limit);
        source->on_skip = show_skipped;
        source->skip_context = (void *)(uintptr_t)intake;
    }
    input_reset(input, intake);
    event = next_event(input, intake);
    event->line.text = source->line;
    event->line.length = (uint32_t)(source->limit - source->line);
    input->open_line = false;
    refuse_length(input, intake, event, event->line.text, event->line.length);
    input->count = 1;
    byte_source_take(source, source->limit);
}
