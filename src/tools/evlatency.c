#include "cli/options.h"
#include "latency/latency_recording.h"
#include "latency/latency_settings.h"
#include "latency/recording_state.h"
#include "latency/report_format.h"
#include "latency/report_terminal.h"
#include "latency/saved_report.h"
#include "ndjson/line_writer.h"
#include "state/line_fields.h"
#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"
#include "stream/signals.h"
#include "stream/stream.h"
#include "time/clock.h"
#include "time/duration.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* evlatency: sink time minus source time of each record, as a report at the end. */

struct latency {
    struct stream_settings settings;
    struct latency_settings own;
    char **operands;
    int operand_count;
    bool to_now;
    struct time_expression from;
    struct time_expression to;
    struct time_expression time;
    const struct expression_list *by;
    const char **by_names;
    struct latency_recording recording;
    int64_t interval_start; /* wall clock ns */
    uint64_t interval_number;
    struct report_style style;
    struct line_writer report; /* where the report goes if not with the stream's output */
    struct text_buffer text;
    struct stream_tool tool;
};

/* What prepare() finds out about a record. */
struct measured {
    int64_t time;
    int64_t source;
    int64_t sink;
    struct json_key *key; /* NULL without --by */
    struct json_slice *values;
};

static struct latency latency;

static const struct option_set sets[] = {
    {latency_rows, &latency.own},
    {stream_time_rows, &latency.settings},
    {stream_input_rows, &latency.settings},
    {stream_state_rows, &latency.settings},
    {stream_report_rows, &latency.settings},
};

static const struct command command = {
    .name = "evlatency",
    .summary = "Measures latency: sink time minus source time of each record",
    .synopsis = "evlatency [OPTION]... [FILE]...\n"
                "evlatency --compare [OPTION]... A.json B.json",
    .examples =
        {
            {"What the pipeline adds, live", "evgen | evjoin --timeout 2m | evlatency"},
            {"The slowest result of each window, as a table",
             "evlatency --from .max_event_ns --to .sink_ms -b .window_id --stats max --format csv"},
        },
    .sets = sets,
    .set_count = sizeof(sets) / sizeof(*sets),
    .version_details = stream_version_details,
    .given = &latency.settings.given,
};

/* The first operand that is a recording; NULL: standard input is. */
static const char *recording_name(const struct latency *self)
{
    struct stat status;
    for (int i = 0; i < self->operand_count; i++)
        if (stat(self->operands[i], &status) == 0 && S_ISREG(status.st_mode))
            return self->operands[i];
    return "standard input";
}

static void compile(struct latency *self, struct stream *stream)
{
    stream_time_expression(stream, "--from", self->own.from, &self->from);
    if (!self->to_now)
        stream_time_expression(stream, "--to", self->own.to, &self->to);
    if (self->settings.time != NULL)
        stream_time_expression(stream, "--time", self->settings.time, &self->time);
    if (self->own.by == NULL)
        return;
    self->by = stream_expression_list(stream, "--by", self->own.by);
    self->by_names = allocate_zeroed(self->by->count + 1, sizeof *self->by_names);
    for (size_t i = 0; i < self->by->count; i++)
        self->by_names[i] = self->by->items[i].name;
}

static void open_report(struct latency *self, struct stream *stream)
{
    struct error_text error;
    if (self->own.pass)
        stream_claim_output(stream, "--out", self->own.out);
    int descriptor = self->own.pass ? STDERR_FILENO : STDOUT_FILENO;
    if (self->own.pass && self->own.out == NULL)
        line_writer_init(&self->report, STDERR_FILENO, "stderr");
    else if (self->own.pass && !line_writer_open(&self->report, self->own.out, &error))
        die(STATUS_IO, "%s", error.text);
    self->style = report_style_of(self->own.out == NULL ? descriptor : -1);
}

static void on_start(void *context, struct stream *stream)
{
    struct latency *self = context;
    compile(self, stream);
    if (self->settings.explain)
        return;
    if (self->to_now && stream_reads_files(stream))
        usage_error(&command, "%s is a recording: its latency to now means nothing; give --to EXPR",
                    recording_name(self));
    open_report(self, stream);
    self->recording.by_count = self->by == NULL ? 0 : self->by->count;
    self->recording.window = self->own.window;
    self->recording.warmup = self->own.warmup;
    latency_recording_start(&self->recording);
    self->interval_start = clock_wall();
    if (self->own.every > 0)
        stream_set_timer(stream, time_add(self->interval_start, self->own.every));
}

/* The remedy for records without a time speaks of the option that missed first. */
static bool read_time(struct latency *self, const struct time_expression *time, const char *option,
                      struct stream *stream, const struct event *event, int64_t *ns,
                      const char **reason, struct error_text *error)
{
    struct record_view view = event_view(event);
    enum time_found found = time_expression_read(time, &view, stream_scratch(stream), ns, error);
    if (found == TIME_FOUND)
        return true;
    if (self->tool.time_option == NULL)
        self->tool.time_option = option;
    if (found == TIME_ABSENT)
        refuse(error, "no %s", expression_text(time->expression));
    *reason = found == TIME_FAILED ? "expression" : "time";
    return false;
}

/* The --by values of a record; several are one array to the table of groups. */
static bool read_key(struct latency *self, struct stream *stream, const struct event *event,
                     struct measured *measured, const char **reason, struct error_text *error)
{
    struct scratch *scratch = stream_scratch(stream);
    struct record_view view = event_view(event);
    size_t count = self->by->count;
    struct value *values = scratch_take(scratch, count * sizeof *values);
    struct json_slice key;
    size_t size = 2;
    char *text;
    if (expression_list_evaluate(self->by, &view, scratch, values, error) > 0)
        return false;
    measured->values = scratch_take(scratch, count * sizeof *measured->values);
    for (size_t i = 0; i < count; i++) {
        measured->values[i] = value_slice(&values[i], scratch);
        size += measured->values[i].length + 1u;
    }
    key = measured->values[0];
    if (count > 1) {
        text = scratch_take(scratch, size);
        key = (struct json_slice){text, (uint32_t)size - 1, JSON_ARRAY, 0};
        for (size_t i = 0; i < count; i++) {
            *text++ = i == 0 ? '[' : ',';
            memcpy(text, measured->values[i].text, measured->values[i].length);
            text += measured->values[i].length;
        }
        *text = ']';
    }
    measured->key = scratch_take(scratch, sizeof *measured->key);
    if (json_key_make(key, scratch, measured->key))
        return true;
    *reason = "key";
    return refuse(error, "a --by value is an object, or holds one");
}

static enum verdict prepare(void *context, struct stream *stream, struct event *event,
                            const char **reason, struct error_text *error)
{
    struct latency *self = context;
    struct measured *measured = event->prepared;
    if (!read_time(self, &self->from, "--from", stream, event, &measured->source, reason, error))
        return VERDICT_REJECTED;
    measured->sink = event->arrival;
    if (!self->to_now &&
        !read_time(self, &self->to, "--to", stream, event, &measured->sink, reason, error))
        return VERDICT_REJECTED;
    measured->time = measured->source;
    if (self->settings.time != NULL &&
        !read_time(self, &self->time, "--time", stream, event, &measured->time, reason, error))
        return VERDICT_REJECTED;
    if (self->by != NULL && !read_key(self, stream, event, measured, reason, error))
        return VERDICT_REJECTED;
    return VERDICT_USE;
}

static void on_record(void *context, struct stream *stream, struct event *event)
{
    struct latency *self = context;
    const struct measured *measured = event->prepared;
    (void)stream;
    latency_recording_add(&self->recording, measured->key == NULL ? &latency_no_key : measured->key,
                          measured->values, measured->time, measured->source, measured->sink);
}

static void on_bytes(void *context, struct stream *stream, const char *bytes, size_t length)
{
    (void)context;
    stream_write(stream, bytes, length);
}

static void write_report(struct latency *self, struct stream *stream)
{
    struct text_buffer *text = &self->text;
    if (!self->own.pass) {
        stream_write(stream, text->bytes, text->length);
        stream_flush(stream);
    } else {
        text_buffer_add(&self->report.text, text->bytes, text->length);
        if (!line_writer_flush(&self->report)) {
            warn("%s: %s", self->report.name, strerror(self->report.error));
            stream_set_status(stream, STATUS_IO);
        }
    }
    text->length = 0;
}

static struct latency_report report_of(struct latency *self)
{
    struct latency_report report = {.from = self->own.from,
                                    .to = self->own.to,
                                    .statistics = &self->own.statistics,
                                    .by_names = self->by_names};
    latency_recording_report(&self->recording, &report);
    return report;
}

static void report_interval(struct latency *self, struct stream *stream, int64_t end)
{
    struct latency_report report = report_of(self);
    report.interval = true;
    report.interval_start = self->interval_start;
    report.interval_end = end;
    report.interval_number = self->interval_number++;
    latency_settings_format(&self->own)->write_interval(&self->text, &report, &self->style);
    write_report(self, stream);
    if (self->own.cumulative)
        return;
    latency_recording_shelve(&self->recording);
    self->interval_start = end;
}

/* A report that comes late does not move the next ones. */
static void on_timer(void *context, struct stream *stream)
{
    struct latency *self = context;
    int64_t now = stream_now(stream);
    int64_t end = now - (now - self->interval_start) % self->own.every;
    report_interval(self, stream, end);
    stream_set_timer(stream, time_add(end, self->own.every));
}

static void check_assertions(struct latency *self, struct stream *stream,
                             const struct latency_histogram *histogram)
{
    struct error_text verdict;
    for (size_t i = 0; i < self->own.asserted.count; i++) {
        if (latency_assertion_holds(&self->own.assertions[i], histogram, &verdict))
            continue;
        warn("--assert '%s' is false: %s", self->own.assertions[i].text, verdict.text);
        stream_set_status(stream, STATUS_REJECTED);
    }
}

static void on_end(void *context, struct stream *stream, int signal)
{
    struct latency *self = context;
    const struct report_format *format = latency_settings_format(&self->own);
    struct latency_report report;
    (void)signal;
    if (self->own.every > 0)
        report_interval(self, stream, stream_now(stream));
    latency_recording_unshelve(&self->recording);
    report = report_of(self);
    if (self->own.every == 0 || format->whole_at_end) {
        format->write(&self->text, &report, &self->style);
        write_report(self, stream);
    }
    check_assertions(self, stream, report.total);
    /* With --state the run goes on: the next interval begins here. */
    if (self->own.every > 0 && !self->own.cumulative)
        latency_recording_shelve(&self->recording);
    if (self->own.pass && self->own.out != NULL && !line_writer_close(&self->report))
        stream_set_status(stream, STATUS_IO);
}

static bool on_prepare_save(void *context)
{
    struct latency *self = context;
    return recording_state_prepare(&self->recording);
}

static void on_save(void *context, struct stream *stream, struct snapshot_draft *draft)
{
    struct latency *self = context;
    struct text_buffer *lines = snapshot_draft_lines(draft);
    (void)stream;
    line_add_integer(lines, "{\"kind\":\"tool\",\"interval_start\":", self->interval_start);
    line_add_natural(lines, ",\"interval_number\":", self->interval_number);
    recording_state_write(&self->recording, lines);
    text_buffer_add_text(lines, "}\n");
    recording_state_save(&self->recording, draft);
}

static bool take_tool(void *context, const char *line, size_t length, struct error_text *error)
{
    struct latency *self = context;
    struct line_fields fields;
    (void)error;
    return line_fields_begin_kind(&fields, line, length, "tool") &&
           line_fields_integer(&fields, "interval_start", &self->interval_start) &&
           line_fields_natural(&fields, "interval_number", &self->interval_number) &&
           recording_state_read(&self->recording, &fields) && line_fields_end(&fields);
}

/* An interval that the run before did not end is ended by the first timer. */
static bool on_restore(void *context, struct stream *stream, struct saved_snapshot *saved,
                       struct error_text *error)
{
    struct latency *self = context;
    if (!saved_snapshot_manifest(saved, "tool", take_tool, self, error) ||
        !recording_state_restore(&self->recording, saved, error))
        return false;
    if (self->own.every > 0)
        stream_set_timer(stream, time_add(self->interval_start, self->own.every));
    return true;
}

static void explain(void *context, struct stream *stream, FILE *out)
{
    struct latency *self = context;
    (void)stream;
    fprintf(out, "latency: %s minus %s; report at the end%s\n",
            self->to_now ? "the time a record was read" : self->own.to, self->own.from,
            self->own.every > 0 ? " and for each interval" : "");
}

static void free_all(struct latency *self)
{
    latency_recording_free(&self->recording);
    text_buffer_free(&self->text);
    text_buffer_free(&self->report.text);
    free(self->by_names);
    free(self->own.assertions);
    free(self->own.asserted.texts);
}

static int run(struct latency *self)
{
    int status;
    self->to_now = strcmp(self->own.to, "now") == 0;
    if (!self->own.pass)
        self->settings.out = self->own.out;
    self->tool = (struct stream_tool){
        .command = &command,
        .settings = &self->settings,
        .self = self,
        .prepared_size = sizeof(struct measured),
        .values_suffice = true,
        .on_start = on_start,
        .prepare = prepare,
        .on_record = on_record,
        .on_bytes = self->own.pass ? on_bytes : NULL,
        .on_end = on_end,
        .on_timer = on_timer,
        .on_prepare_save = on_prepare_save,
        .on_save = on_save,
        .on_restore = on_restore,
        .explain = explain,
    };
    status = stream_run(&self->tool, self->operand_count, self->operands);
    free_all(self);
    return status;
}

/* "runs/realtime.json" is the run "realtime". */
static char *run_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *name = duplicate_text(slash == NULL ? file : slash + 1);
    char *end = strrchr(name, '.');
    if (end != NULL && end != name && strcmp(end, ".json") == 0)
        *end = '\0';
    return name;
}

static int check_ratios(const struct latency *self, const struct saved_report reports[2])
{
    struct error_text verdict;
    int status = STATUS_OK;
    for (size_t i = 0; i < self->own.asserted.count; i++) {
        if (latency_assertion_holds_ratio(&self->own.assertions[i], &reports[0].histogram,
                                          &reports[1].histogram, &verdict))
            continue;
        warn("--assert '%s' is false: %s", self->own.assertions[i].text, verdict.text);
        status = STATUS_REJECTED;
    }
    return status;
}

static void write_comparison(struct latency *self, const struct latency_comparison *comparison)
{
    struct error_text error;
    struct report_style style = report_style_of(self->own.out == NULL ? STDOUT_FILENO : -1);
    signal(SIGPIPE, SIG_IGN);
    if (!line_writer_open(&self->report, self->own.out == NULL ? "-" : self->own.out, &error))
        die(STATUS_IO, "%s", error.text);
    latency_settings_format(&self->own)->write_comparison(&self->report.text, comparison, &style);
    if (line_writer_close(&self->report))
        return;
    if (self->report.error == EPIPE)
        signals_die(SIGPIPE);
    die(STATUS_IO, "%s: %s", self->report.name, strerror(self->report.error));
}

static int compare(struct latency *self)
{
    struct saved_report reports[2];
    struct latency_comparison comparison = {.statistics = &self->own.statistics};
    struct error_text error;
    char *names[2];
    int status;
    for (size_t i = 0; i < 2; i++) {
        if (!saved_report_read(&reports[i], self->operands[i], &error))
            die(STATUS_IO, "%s", error.text);
        names[i] = run_name(self->operands[i]);
    }
    if (self->own.names != NULL) {
        free(names[0]);
        free(names[1]);
        names[0] = duplicate_text(self->own.names);
        names[0][strcspn(names[0], ",")] = '\0';
        names[1] = duplicate_text(strchr(self->own.names, ',') + 1);
    }
    for (size_t i = 0; i < 2; i++)
        comparison.runs[i] = (struct latency_run){names[i], &reports[i].histogram, reports[i].from,
                                                  reports[i].to};
    write_comparison(self, &comparison);
    status = check_ratios(self, reports);
    for (size_t i = 0; i < 2; i++) {
        saved_report_free(&reports[i]);
        free(names[i]);
    }
    free_all(self);
    return status;
}

int main(int argc, char **argv)
{
    struct error_text error;
    int first;
    setlocale(LC_CTYPE, "");
    latency.settings = stream_settings_default;
    latency.settings.time = NULL; /* unless it is given, that of --from */
    latency.own = latency_settings_default;
    first = options_parse(&command, argc, argv);
    latency.operands = argv + first;
    latency.operand_count = argc - first;
    if (!latency_settings_check(&latency.own, latency.operand_count, &error))
        usage_error(&command, "%s", error.text);
    return latency.own.compare ? compare(&latency) : run(&latency);
}
