#include "stream/stream.h"

#include "cli/diagnostics.h"
#include "ndjson/zstd_reader.h"
#include "state/snapshot_manifest.h"
#include "stream/event_loop.h"
#include "stream/lookups.h"
#include "stream/metrics_file.h"
#include "stream/signals.h"
#include "stream/stream_state.h"
#include "time/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A descriptor that the parent closed would go to the next file opened, and messages with it. */
static void open_standard_descriptors(bool needs_input, bool needs_output)
{
    bool input_open = fcntl(STDIN_FILENO, F_GETFD) >= 0;
    bool output_open = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    int descriptor;
    do
        descriptor = open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor >= 0)
        close(descriptor);
    if (needs_input && !input_open)
        die(STATUS_IO, "stdin is closed");
    if (needs_output && !output_open)
        die(STATUS_IO, "stdout is closed");
}

const struct lookup_tables *stream_tables(const struct stream *stream)
{
    return stream->tables;
}

static void label(struct labelled_expression **list, size_t *count, const char *option,
                  const struct expression *expression)
{
    *list = reallocate(*list, (*count + 1) * sizeof **list);
    (*list)[(*count)++] = (struct labelled_expression){option, expression};
}

const struct expression *stream_expression(struct stream *stream, const char *option,
                                           const char *text)
{
    struct error_text error;
    const struct expression *expression;
    expression_set_option(stream->intake.set, option);
    expression = expression_add(stream->intake.set, text, &error);
    if (expression == NULL)
        usage_error(stream->tool->command, "%s: %s", option, error.text);
    label(&stream->labelled, &stream->labelled_count, option, expression);
    return expression;
}

static const struct expression_list *label_list(struct stream *stream, const char *option,
                                                const struct expression_list *list,
                                                const struct error_text *error)
{
    if (list == NULL)
        usage_error(stream->tool->command, "%s: %s", option, error->text);
    for (size_t i = 0; i < list->count; i++)
        label(&stream->labelled, &stream->labelled_count, option, list->items[i].expression);
    return list;
}

const struct expression_list *stream_expression_list(struct stream *stream, const char *option,
                                                     const char *text)
{
    struct error_text error;
    expression_set_option(stream->intake.set, option);
    return label_list(stream, option, expression_add_list(stream->intake.set, text, &error),
                      &error);
}

const struct expression_list *stream_typed_list(struct stream *stream, const char *option,
                                                const char *text)
{
    struct error_text error;
    expression_set_option(stream->intake.set, option);
    return label_list(stream, option, expression_add_typed_list(stream->intake.set, text, &error),
                      &error);
}

size_t stream_member_slot(struct stream *stream, const char *name)
{
    struct json_step step = {name, strlen(name), 0};
    return json_projection_add(expression_set_projection(stream->intake.set), &step, 1);
}

void stream_time_expression(struct stream *stream, const char *option, const char *text,
                            struct time_expression *time)
{
    struct error_text error;
    expression_set_option(stream->intake.set, option);
    if (!time_expression_compile(time, stream->intake.set, text, &error))
        usage_error(stream->tool->command, "%s: %s", option, error.text);
    label(&stream->labelled, &stream->labelled_count, option, time->expression);
}

void stream_filters_by(struct stream *stream, const struct expression *expression)
{
    label(&stream->filters, &stream->filter_count, NULL, expression);
}

const struct time_expression *stream_time(const struct stream *stream)
{
    return &stream->intake.time;
}

struct scratch *stream_scratch(struct stream *stream)
{
    return &stream->current->scratch;
}

struct text_buffer *stream_record_begin(struct stream *stream)
{
    return output_begin(&stream->output);
}

/* At the end of the input one step may write any number of results: a signal is heeded between two
   writes of it, where no line is cut. */
static _Noreturn void stop_closing(struct stream *stream)
{
    if (!output_close(&stream->output))
        stream_output_failed(stream);
    side_file_close(&stream->rejects.file);
    side_file_close(&stream->late.file);
    warn("ended while results were being written: %s", stream->settings->state == NULL
                                                           ? "the rest is discarded"
                                                           : "the next run writes them again");
    stream_report_end(stream);
    signals_die(signals_end());
}

void stream_record_end(struct stream *stream, const struct event *cause)
{
    output_end(&stream->output, cause == NULL ? NULL : &cause->variables);
    if (stream->closing && stream->output.writer.text.length == 0 && signals_end() != 0)
        stop_closing(stream);
}

void stream_write(struct stream *stream, const char *bytes, size_t length)
{
    text_buffer_add(&stream->output.writer.text, bytes, length);
    line_writer_end(&stream->output.writer);
}

void stream_late(struct stream *stream, const struct event *event, int64_t late_by,
                 const char *reason)
{
    stream->counters.used--;
    stream->counters.late++;
    late_log_add(&stream->late, event, stream_watermark(stream, event->partition), late_by, reason);
}

void stream_late_shown(struct stream *stream, const struct event *event, int64_t late_by)
{
    (void)event;
    stream->counters.used--;
    stream->counters.late++;
    late_log_note(&stream->late, late_by);
}

void stream_partly_late(struct stream *stream, const struct event *event, int64_t late_by,
                        const char *reason)
{
    stream->counters.partly_late++;
    late_log_add(&stream->late, event, stream_watermark(stream, event->partition), late_by, reason);
}

void stream_reject(struct stream *stream, const struct event *event, const char *reason,
                   const struct error_text *detail)
{
    struct rejection rejection = {
        event->source,    event->number,     0, reason, detail == NULL ? reason : detail->text,
        event->line.text, event->line.length};
    stream->counters.used--;
    stream->counters.rejected++;
    reject_log_add(&stream->rejects, &rejection);
    if (stream->counters.rejected > stream->settings->max_errors)
        stream->stopped = true;
}

void stream_duplicate(struct stream *stream, const struct event *event)
{
    (void)event;
    stream->counters.used--;
    stream->counters.duplicate++;
}

void stream_filter(struct stream *stream, const struct event *event)
{
    (void)event;
    stream->counters.used--;
    stream->counters.filtered++;
}

void stream_withdraw(struct stream *stream, const struct event *event)
{
    (void)event;
    stream->counters.used--;
    stream->counters.read--;
}

struct side_file *stream_side_file(struct stream *stream, const char *option, const char *name)
{
    size_t index = stream->tool_file_count++;
    stream->tool_file_options[index] = option;
    stream->tool_file_names[index] = name;
    return &stream->tool_files[index];
}

void stream_claim_output(struct stream *stream, const char *option, const char *name)
{
    struct error_text error;
    if (!output_names_add(&stream->output_names, option, name, stream->inputs, stream->input_count,
                          &error))
        usage_error(stream->tool->command, "%s", error.text);
}

int64_t stream_watermark(const struct stream *stream, uint32_t partition)
{
    return stream->partitions.items[partition].told;
}

uint32_t stream_partitions(const struct stream *stream)
{
    return (uint32_t)stream->partitions.count;
}

bool stream_is_durable(const struct stream *stream)
{
    return stream->settings->state != NULL;
}

int64_t stream_now(const struct stream *stream)
{
    return stream->now;
}

int64_t stream_steady(const struct stream *stream)
{
    return stream->steady;
}

void stream_set_timer(struct stream *stream, int64_t at)
{
    stream->timer = at;
}

void stream_stop(struct stream *stream)
{
    stream->stopped = true;
}

void stream_set_status(struct stream *stream, enum exit_status status)
{
    if (status > stream->status)
        stream->status = status;
}

char *stream_version_details(void)
{
    struct text_buffer text = {0};
    text_buffer_add_format(&text, "%s, libzstd %s, snapshot format %d", expression_libjq_version(),
                           zstd_reader_version(), SNAPSHOT_FORMAT);
    text_buffer_add_byte(&text, '\0');
    return text.bytes;
}

static const struct expression *optional(struct stream *stream, const char *option,
                                         const char *text)
{
    return text == NULL ? NULL : stream_expression(stream, option, text);
}

/* Offsets within a line are 32 bits wide, and room for a line is found by doubling. */
#define LINE_MOST ((uint64_t)2 << 30)

static void check_settings(const struct stream *stream)
{
    const struct stream_settings *settings = stream->settings;
    if (settings->streams != NULL && settings->stream == NULL)
        usage_error(stream->tool->command, "--streams names values of --stream, which is missing");
    if (settings->state == NULL && settings->eof.selected != EOF_BY_STATE &&
        settings->eof.selected != EOF_CLOSE)
        usage_error(stream->tool->command, "--eof %s keeps state: it goes with --state",
                    settings->eof.words[settings->eof.selected]);
    if (settings->memory > 0 && settings->state == NULL)
        usage_error(stream->tool->command,
                    "--memory moves what waits to the directory of --state, which is missing");
    if (settings->end_count > 0 && settings->end == NULL)
        usage_error(stream->tool->command, "--end-count counts records of --end, which is missing");
    if (settings->max_line > LINE_MOST)
        usage_error(stream->tool->command, "--max-line: at most 2G");
}

/* Compiles everything that reads input records; after this the projection is complete. */
static void compile(struct stream *stream)
{
    const struct stream_settings *settings = stream->settings;
    struct intake *intake = &stream->intake;
    check_settings(stream);
    intake->set = expression_set_new();
    expression_set_use_tables(intake->set, stream->tables);
    stream->clocked = settings->clock.selected == CLOCK_ARRIVAL && stream->tool->needs_time;
    intake->timed = stream->tool->needs_time && !stream->clocked;
    if (intake->timed)
        stream_time_expression(stream, "--time", settings->time, &intake->time);
    intake->where = optional(stream, "--where", settings->where);
    intake->end = optional(stream, "--end", settings->end);
    intake->stream_by = optional(stream, "--stream", settings->stream);
    intake->partition_by = optional(stream, "--partition", settings->partition);
    if (intake->where != NULL)
        stream_filters_by(stream, intake->where);
    if (settings->envelope.selected == ENVELOPE_KCAT)
        intake->envelope = kcat_envelope_new();
    stream->split = intake->stream_by != NULL || intake->partition_by != NULL ||
                    intake->envelope != NULL;
    if (stream->tool->on_start != NULL)
        stream->tool->on_start(stream->tool->self, stream);
    intake->scanner = json_scanner_new(expression_set_projection(intake->set), JSON_UTF8_CHECKED);
    intake->slot_count = json_projection_slots(expression_set_projection(intake->set));
}

static void explain(struct stream *stream)
{
    lookups_explain(stream->tables, stdout);
    for (size_t i = 0; i < stream->labelled_count; i++)
        expression_explain(stream->labelled[i].expression, stream->labelled[i].option, stdout);
    output_explain(&stream->output, stdout);
    if (stream->tool->explain != NULL)
        stream->tool->explain(stream->tool->self, stream, stdout);
    stream_explain_memory(stream, stdout);
    if (fflush(stdout) != 0)
        die(STATUS_IO, "stdout:");
    exit(STATUS_OK);
}

static void claim_outputs(struct stream *stream)
{
    const struct stream_settings *settings = stream->settings;
    bool named = settings->out != NULL;
    stream_claim_output(stream, named ? "--out" : "stdout", named ? settings->out : "-");
    stream_claim_output(stream, "--reject", settings->reject);
    stream_claim_output(stream, "--late", settings->late);
    stream_claim_output(stream, "--metrics", settings->metrics);
    for (size_t i = 0; i < stream->tool_file_count; i++)
        stream_claim_output(stream, stream->tool_file_options[i], stream->tool_file_names[i]);
}

static void stream_open(struct stream *stream, int count, char **operands)
{
    const struct stream_settings *settings = stream->settings;
    struct error_text missing = {""};
    open_standard_descriptors(count == 0 && !settings->explain, settings->out == NULL);
    if (count == 0 && !settings->explain && isatty(STDIN_FILENO))
        usage_at_terminal(stream->tool->command);
    signals_install();
    stream->timer = stream->idle_check = INT64_MAX;
    stream->output.counters = &stream->counters;
    stream->output.rejects = &stream->rejects;
    if (!settings->explain)
        stream_open_operands(stream, count, operands, &missing);
    else
        stream->input_count = (size_t)count;
    stream->tables = lookups_open(settings, stream->tool->command);
    compile(stream);
    stream_check_positions(stream);
    claim_outputs(stream);
    output_compile(&stream->output, settings, stream->tables);
    if (settings->explain)
        explain(stream);
    if (missing.text[0] != '\0')
        die(STATUS_IO, "%s", missing.text);
    output_open(&stream->output, settings);
    side_file_open(&stream->rejects.file, settings->reject);
    side_file_open(&stream->late.file, settings->late);
    for (size_t i = 0; i < stream->tool_file_count; i++)
        side_file_open(&stream->tool_files[i], stream->tool_file_names[i]);
    for (size_t i = 0; i < stream->input_count; i++)
        input_init(&stream->inputs[i], &stream->intake);
    file_merge_init(&stream->merge, stream->input_count, stream->intake.timed);
    stream->current = &stream->inputs[0];
    partitions_init(&stream->partitions, settings->delay, settings->streams);
    if (stream->intake.partition_by == NULL)
        partitions_put(&stream->partitions, "", 0);
    stream_snapshot_restore(stream);
    stream_resume_positions(stream);
    stream_await_inputs(stream);
}

bool stream_pauses(const struct stream *stream)
{
    return (stream->settings->state != NULL && stream->settings->eof.selected != EOF_CLOSE) ||
           stream->settings->keeps_positions;
}

static void raise_watermarks(struct stream *stream, int64_t watermark)
{
    for (size_t i = 0; i < stream->partitions.count; i++)
        watermark_raise(&stream->partitions.items[i].watermark, watermark);
    stream_tell_watermarks(stream);
}

static void end_time(struct stream *stream)
{
    if (!stream_pauses(stream))
        raise_watermarks(stream, WATERMARK_END);
    else if (stream->settings->eof.selected == EOF_NOW)
        raise_watermarks(stream, time_subtract(clock_wall(), stream->settings->delay));
}

static void tell_open(const struct stream *stream)
{
    uint64_t open = stream->tool->count_open == NULL ? 0
                                                     : stream->tool->count_open(stream->tool->self);
    if (open == 0)
        return;
    if (stream->settings->state == NULL)
        warn("%" PRIu64 " open results discarded (no --state)", open);
    else
        warn("%" PRIu64 " open results saved in %s", open, stream->settings->state);
}

static void finish(struct stream *stream, int signal)
{
    struct counters counted;
    bool ended = signal == 0 && !stream->stopped;
    stream_check_untimed(stream, true);
    if (ended)
        end_time(stream);
    if (stream->tool->on_end != NULL)
        stream->tool->on_end(stream->tool->self, stream, signal);
    stream_snapshot_save(stream);
    if (!ended)
        tell_open(stream);
    if (!output_close(&stream->output))
        stream_output_failed(stream);
    side_file_close(&stream->rejects.file);
    side_file_close(&stream->late.file);
    for (size_t i = 0; i < stream->tool_file_count; i++)
        side_file_close(&stream->tool_files[i]);
    if (stream->settings->metrics != NULL)
        metrics_file_write(stream);
    stream_report_end(stream);
    counted = counters_since(&stream->counters, &stream->snapshot.inherited);
    if (counted.rejected + counted.unwritable > 0)
        stream_set_status(stream, STATUS_REJECTED);
    stream_snapshot_close(stream);
}

static void stream_free(struct stream *stream)
{
    for (size_t i = 0; i < stream->input_count; i++)
        input_free(&stream->inputs[i]);
    follower_free(stream->follower);
    positions_free(stream->positions);
    text_buffer_free(&stream->kept_outputs);
    free(stream->inputs);
    free(stream->polled);
    file_merge_free(&stream->merge);
    json_scanner_free(stream->intake.scanner);
    kcat_envelope_free(stream->intake.envelope);
    expression_set_free(stream->intake.set);
    lookup_tables_free(stream->tables);
    partitions_free(&stream->partitions);
    text_buffer_free(&stream->name);
    text_buffer_free(&stream->first_filtered);
    free(stream->filters);
    free(stream->labelled);
}

int stream_run(const struct stream_tool *tool, int operand_count, char **operands)
{
    struct stream stream = {.tool = tool, .settings = tool->settings};
    enum exit_status status;
    int signal;
    stream.intake.tool = tool;
    stream.intake.settings = tool->settings;
    stream.intake.stream = &stream;
    stream_open(&stream, operand_count, operands);
    stream_loop(&stream);
    signal = signals_end();
    finish(&stream, signal);
    status = stream.status;
    stream_free(&stream);
    if (signal != 0)
        signals_die(signal);
    return (int)status;
}
