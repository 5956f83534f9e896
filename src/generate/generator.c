#include "generate/generator.h"

#include "cli/diagnostics.h"
#include "generate/digits.h"
#include "generate/generator_plan.h"
#include "generate/malformed_line.h"
#include "stream/signals.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 2024-01-01T00:00:00Z */
#define LOGICAL_START INT64_C(1704067200000000000)
#define DEFAULT_DURATION (10 * NS_PER_SECOND)

enum { SIGNAL_INTERVAL = 4096 };

static bool open_scenario(struct generator *generator, struct error_text *error)
{
    const struct generate_settings *settings = generator->settings;
    int64_t start = settings->start != INT64_MIN ? settings->start : LOGICAL_START;
    start = time_align(settings_live(settings) ? clock_wall() : start, settings->align);
    struct scenario_plan plan = {.settings = settings->scenario,
                                 .seed = generator->seed,
                                 .base = start,
                                 .producers = generator->producers,
                                 .name_producers = settings->producers > 0};
    generator->state = generator->scenario->open(&plan, error);
    /* Only now, since large catalogues take a while. */
    generator->start = settings_live(settings) ? clock_wall() : start;
    send_pace_init(&generator->pace, settings->speed.factor, generator->start);
    return generator->state != NULL;
}

static void open_schedules(struct generator *generator, const struct share_plan *shares)
{
    const struct generate_settings *settings = generator->settings;
    struct time_range delay = {.lower = 0, .upper = 5 * NS_PER_SECOND, .given = true};
    int64_t duration = settings->duration;
    int64_t end;
    struct random_source random;
    if (duration < 0)
        duration = settings->count == UINT64_MAX ? DEFAULT_DURATION : INT64_MAX;
    end = time_add(duration, generator->start);
    line_faults_init(&generator->faults, shares->faults, generator->seed, settings->disorder,
                     settings->late_by);
    struct schedule_plan plan = {
        .shape = &settings->shape,
        .rate = settings->rate,
        .seed = generator->seed,
        .producers = generator->producers,
        .start = generator->start,
        .end = end < EVENT_TIME_END ? end : EVENT_TIME_END,
        .count = settings->count,
        .disorder = settings->disorder,
        .paired = generator->scenario->paired,
        .ack_delay = settings->scenario.ack_delay.given ? settings->scenario.ack_delay : delay,
        .unmatched = shares->unmatched,
        .early = shares->early,
    };
    if (settings->count != UINT64_MAX)
        plan.count = line_faults_limit(&generator->faults, settings->count);
    record_schedule_init(&generator->schedule, &plan);
    random_source_init(&random, generator->seed, RANDOM_FAULTS, 2);
    if (shares->kinds_given)
        share_schedule_init(&generator->kinds, shares->kinds, shares->kind_count, 0, &random);
}

static bool same_file(int descriptor, const char *name)
{
    struct stat output;
    struct stat other;
    if (strcmp(name, "-") == 0)
        return descriptor == STDOUT_FILENO;
    return fstat(descriptor, &output) == 0 && S_ISREG(output.st_mode) && stat(name, &other) == 0 &&
           output.st_dev == other.st_dev && output.st_ino == other.st_ino;
}

/* The output first: were it closed, the truth file would get its descriptor. */
static bool open_files(struct generator *generator, struct error_text *error,
                       enum exit_status *status)
{
    const struct generate_settings *settings = generator->settings;
    if (!line_writer_open(&generator->writer, settings->out != NULL ? settings->out : "-", error))
        return false;
    if (fcntl(generator->writer.descriptor, F_GETFD) < 0)
        return refuse(error, "%s: %s", generator->writer.name, strerror(errno));
    generator->enveloped = settings->envelope.selected == ENVELOPE_KCAT;
    if (generator->enveloped)
        kcat_lines_init(&generator->kcat, generator->scenario->name,
                        settings->partitions ? (uint32_t)settings->partitions : 1);
    if (settings->truth != NULL && same_file(generator->writer.descriptor, settings->truth)) {
        *status = STATUS_USAGE;
        return refuse(error, "%s and --truth are the same file",
                      settings->out != NULL ? "--out" : "stdout");
    }
    return settings->truth == NULL ||
           pair_ledger_open(&generator->ledger, settings->truth, generator->scenario,
                            generator->state, generator->producers, REPEAT_MEMORY, error);
}

bool generator_open(struct generator *generator, const struct generate_settings *settings,
                    const struct scenario *scenario, struct error_text *error,
                    enum exit_status *status)
{
    struct share_plan shares;
    *generator = (struct generator){.settings = settings,
                                    .scenario = scenario,
                                    .producers = settings->producers ? (uint32_t)settings->producers
                                                                     : 1,
                                    .counts = {.started = clock_steady()}};
    *status = STATUS_USAGE;
    if (!settings_check(settings, scenario, error) ||
        !share_plan_make(&shares, settings, scenario, error) ||
        !settings_seed(settings, &generator->seed, error) || !open_scenario(generator, error))
        return false;
    open_schedules(generator, &shares);
    *status = STATUS_IO;
    return open_files(generator, error, status);
}

/* The object, damaged or not, without LF. */
static char *write_object(struct generator *generator, const struct record *record, int fault,
                          char *out)
{
    char *end = generator->scenario->write(generator->state, record, out);
    if (fault == FAULT_MALFORMED)
        end = malformed_line_make(out, end, line_faults_draw(&generator->faults));
    return end;
}

static void write_plain(struct generator *generator, const struct record *record, int fault)
{
    struct text_buffer *text = &generator->writer.text;
    char *out = text_buffer_reserve(text, generator->scenario->record_size);
    char *end = write_object(generator, record, fault, out);
    *end++ = '\n';
    text->length += (size_t)(end - out);
}

static void write_enveloped(struct generator *generator, const struct record *record, int fault)
{
    char key[KEY_SIZE];
    char *object = text_buffer_reserve(&generator->payload, generator->scenario->record_size);
    char *end = write_object(generator, record, fault, object);
    size_t length = (size_t)(generator->scenario->key(generator->state, record, key) - key);
    struct kcat_message message = {.partition = kcat_lines_partition(&generator->kcat, key, length),
                                   .time = record->event_time,
                                   .headers = generator->scenario->headers(record),
                                   .key = key,
                                   .key_length = length,
                                   .payload = fault == FAULT_TOMBSTONE ? NULL : object,
                                   .payload_length = (size_t)(end - object)};
    kcat_lines_add(&generator->kcat, &message, &generator->writer.text);
}

static void write_line(struct generator *generator, const struct record *record, int fault)
{
    bool whole = fault != FAULT_MALFORMED && fault != FAULT_TOMBSTONE;
    if (generator->enveloped)
        write_enveloped(generator, record, fault);
    else
        write_plain(generator, record, fault);
    line_writer_end(&generator->writer);
    if (generator->settings->truth != NULL)
        pair_ledger_note(&generator->ledger, record, generator->counts.records, whole,
                         fault == FAULT_DUPLICATE);
    if (whole && fault != FAULT_DUPLICATE)
        line_faults_note(&generator->faults, record);
    generator->counts.records++;
    if (fault != SHARE_PLAIN)
        generator->counts.faults[fault]++;
}

/* What the next line is; false: there is none. */
static bool next_line(struct generator *generator, struct record *record, int *fault)
{
    if (generator->counts.records >= generator->settings->count)
        return false;
    *fault = line_faults_next(&generator->faults, record);
    if (*fault == FAULT_DUPLICATE)
        return true;
    if (!record_schedule_next(&generator->schedule, record))
        return false;
    generator->last_arrival = record->arrival;
    if (generator->kinds.count > 0)
        record->variant = (uint8_t)share_schedule_next(&generator->kinds);
    if (*fault == FAULT_LATE)
        line_faults_delay(&generator->faults, record);
    generator->counts.unmatched += generator->scenario->paired && !record->paired;
    return true;
}

static bool going_on(const struct generator *generator)
{
    return generator->writer.error == 0 && signals_end() == 0;
}

static void write_end_marker(struct generator *generator, uint32_t producer, int64_t time)
{
    struct text_buffer *text = &generator->writer.text;
    struct text_buffer *payload = generator->enveloped ? &generator->payload : text;
    size_t begin = generator->enveloped ? 0 : text->length;
    payload->length = begin;
    text_buffer_add_format(payload,
                           "{\"type\":\"END\",\"producer_id\":\"Producer-%u\","
                           "\"event_time_ns\":%" PRId64 "}",
                           producer + 1, time);
    generator->counts.end_markers++;
    if (!generator->enveloped) {
        text_buffer_add_byte(text, '\n');
        return;
    }
    struct kcat_message message = {.time = time,
                                   .key = "END",
                                   .key_length = 3,
                                   .payload = payload->bytes,
                                   .payload_length = payload->length};
    for (; message.partition < generator->kcat.partitions; message.partition++)
        kcat_lines_add(&generator->kcat, &message, text);
    payload->length = 0;
}

static void write_end_markers(struct generator *generator)
{
    int64_t time = generator->last_arrival > generator->start ? generator->last_arrival
                                                              : generator->start;
    for (uint32_t i = 0; i < generator->producers && going_on(generator); i++) {
        write_end_marker(generator, i, time);
        line_writer_end(&generator->writer);
    }
}

static void add_report(const struct generator *generator, struct text_buffer *out)
{
    const struct generator_counts *counts = &generator->counts;
    double seconds = (double)(clock_steady() - counts->started) / (double)NS_PER_SECOND;
    text_buffer_add_format(
        out, "{\"tool\":\"evgen\",\"scenario\":\"%s\",\"seed\":%" PRIu64 ",\"records\":%" PRIu64,
        generator->scenario->name, generator->seed, counts->records);
    for (size_t i = 0; i < FAULT_COUNT; i++)
        text_buffer_add_format(out, ",\"%s\":%" PRIu64, line_fault_names[i], counts->faults[i]);
    text_buffer_add_format(
        out, ",\"unmatched\":%" PRIu64 ",\"truth\":%" PRIu64 ",\"end_markers\":%" PRIu64,
        counts->unmatched, generator->ledger.pairs, counts->end_markers);
    text_buffer_add_format(out, ",\"bytes\":%" PRIu64 ",\"seconds\":%.3f,\"rate\":%.1f",
                           generator->writer.written, seconds,
                           seconds > 0 ? (double)counts->records / seconds : 0.0);
    if (generator->pace.factor > 0)
        text_buffer_add_format(out, ",\"send_error_p99_us\":%.1f",
                               (double)send_pace_error(&generator->pace, 0.99) / 1000);
    text_buffer_add_text(out, "}\n");
}

void generator_tell(const struct generator *generator)
{
    struct text_buffer line = {0};
    add_report(generator, &line);
    /* Nowhere to tell if this fails. */
    ssize_t ignored = write(STDERR_FILENO, line.bytes, line.length);
    (void)ignored;
    text_buffer_free(&line);
}

/* Without pace, every so many records. */
static void look_at_signals(struct generator *generator)
{
    bool often = generator->pace.factor > 0;
    if ((often || generator->counts.records % SIGNAL_INTERVAL == 0) && signals_take(SIGUSR1))
        generator_tell(generator);
}

/* false: the run ends before the record is due. */
static bool wait_for(struct generator *generator, const struct record *record)
{
    enum send_state state;
    while ((state = send_pace_wait(&generator->pace, record->arrival, &generator->writer)) ==
           SEND_EARLY)
        look_at_signals(generator);
    return state == SEND_DUE;
}

void generator_run(struct generator *generator)
{
    struct record record;
    int fault;
    bool paced = generator->pace.factor > 0;
    bool due = true;
    while (due && going_on(generator) && next_line(generator, &record, &fault)) {
        look_at_signals(generator);
        if (paced && fault != FAULT_DUPLICATE)
            due = wait_for(generator, &record);
        if (due)
            write_line(generator, &record, fault);
    }
    if (generator->settings->end_marker && due && going_on(generator))
        write_end_markers(generator);
    line_writer_flush(&generator->writer);
}

bool generator_ran_out(const struct generator *generator)
{
    const struct generate_settings *settings = generator->settings;
    return settings->count != UINT64_MAX && generator->counts.records < settings->count &&
           generator->schedule.plan.end == EVENT_TIME_END && going_on(generator);
}

bool generator_close(struct generator *generator, struct error_text *error, int *reason)
{
    bool good = line_writer_close(&generator->writer);
    *reason = generator->writer.error;
    if (!good)
        refuse(error, "%s: %s", generator->writer.name, strerror(*reason));
    if (generator->settings->truth != NULL && !pair_ledger_close(&generator->ledger) && good) {
        good = false;
        *reason = generator->ledger.writer.error;
        refuse(error, "%s: %s", generator->settings->truth, strerror(*reason));
    }
    generator->scenario->close(generator->state);
    record_schedule_free(&generator->schedule);
    if (generator->enveloped)
        kcat_lines_free(&generator->kcat);
    text_buffer_free(&generator->payload);
    return good;
}
