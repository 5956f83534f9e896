#include "stream/metrics_file.h"

#include "cli/diagnostics.h"
#include "ndjson/json_iterator.h"
#include "ndjson/text_buffer.h"
#include "stream/metrics_label.h"
#include "stream/partition_report.h"
#include "stream/stream_state.h"
#include "time/timestamp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A collector reads the files of many runs as one, so what a run says bears the name of its file.
 */
static void add_labels(struct text_buffer *out, const struct stream *stream)
{
    const char *file = stream->settings->metrics;
    const char *slash = strrchr(file, '/');
    const char *name = slash == NULL ? file : slash + 1;
    size_t length = strlen(name);
    if (length > 5 && strcmp(name + length - 5, ".prom") == 0)
        length -= 5;
    text_buffer_add_format(out, "tool=\"%s\"", stream->tool->command->name);
    metrics_label_add(out, "name", name, length);
    text_buffer_add_byte(out, '\0');
}

static void add_counters(struct text_buffer *out, const char *labels, const struct stream *stream)
{
    const char *name;
    for (unsigned i = 0; (name = counters_name(i)) != NULL; i++)
        text_buffer_add_format(out,
                               "# HELP evtools_%s_records_total Records counted as %s.\n"
                               "# TYPE evtools_%s_records_total counter\n"
                               "evtools_%s_records_total{%s} %" PRIu64 "\n",
                               name, name, name, name, labels,
                               counters_value(&stream->counters, i));
}

/* What -v tells of the tool's own. HELP is the same for all tools: it must not differ between
 * files. */
static void add_tool_counts(struct text_buffer *out, const char *labels,
                            const struct stream *stream)
{
    struct text_buffer members = {0};
    struct json_iterator iterator;
    struct json_slice name, value;
    if (stream->tool->count == NULL)
        return;
    text_buffer_add_text(&members, "{\"\":0");
    stream->tool->count(stream->tool->self, &members);
    text_buffer_add_byte(&members, '}');
    iterator = json_iterator_start(json_slice_at(members.bytes, members.bytes + members.length));
    while (json_iterator_next(&iterator, &name, &value)) {
        int length = (int)name.length - 2;
        const char *text = name.text + 1;
        if (length > 0 && value.kind == JSON_NUMBER)
            text_buffer_add_format(out,
                                   "# HELP evtools_%.*s See the page of the tool.\n"
                                   "# TYPE evtools_%.*s gauge\nevtools_%.*s{%s} %.*s\n",
                                   length, text, length, text, length, text, labels,
                                   (int)value.length, value.text);
    }
    text_buffer_free(&members);
}

static void add_rejects(struct text_buffer *out, const char *labels, const struct stream *stream)
{
    const struct reject_log *log = &stream->rejects;
    if (log->kind_count == 0)
        return;
    text_buffer_add_text(out,
                         "# HELP evtools_rejected_by_reason_total Rejected records by reason.\n"
                         "# TYPE evtools_rejected_by_reason_total counter\n");
    for (size_t i = 0; i < log->kind_count; i++)
        text_buffer_add_format(out,
                               "evtools_rejected_by_reason_total{%s,reason=\"%s\"} %" PRIu64 "\n",
                               labels, log->kinds[i].reason, log->kinds[i].count);
}

static void add_gauge(struct text_buffer *out, const char *name, const char *help,
                      const char *labels, int64_t ns)
{
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    text_buffer_add_format(out,
                           "# HELP evtools_%s %s\n# TYPE evtools_%s gauge\n"
                           "evtools_%s{%s} %s%" PRIu64 ".%09" PRIu64 "\n",
                           name, help, name, name, labels, ns < 0 ? "-" : "", size / NS_PER_SECOND,
                           size % NS_PER_SECOND);
}

static void add_times(struct text_buffer *out, const char *labels, const struct stream *stream)
{
    int64_t watermark = INT64_MAX;
    for (size_t i = 0; i < stream->partitions.count; i++)
        if (stream->partitions.items[i].told < watermark)
            watermark = stream->partitions.items[i].told;
    if (watermark != INT64_MIN && watermark != INT64_MAX) {
        add_gauge(out, "watermark_seconds", "Watermark, seconds since 1970.", labels, watermark);
        add_gauge(out, "watermark_lag_seconds", "Wall clock minus watermark.", labels,
                  time_subtract(stream->now, watermark));
    }
    if (stream->tool->count_open != NULL)
        text_buffer_add_format(out,
                               "# HELP evtools_open_records Records or results kept in state.\n"
                               "# TYPE evtools_open_records gauge\n"
                               "evtools_open_records{%s} %" PRIu64 "\n",
                               labels, stream->tool->count_open(stream->tool->self));
    add_gauge(out, "last_update_timestamp_seconds", "When this file was written.", labels,
              stream->now);
}

static void add_count(struct text_buffer *out, const char *name, const char *help,
                      const char *labels, uint64_t value)
{
    text_buffer_add_format(out,
                           "# HELP evtools_%s %s\n# TYPE evtools_%s gauge\n"
                           "evtools_%s{%s} %" PRIu64 "\n",
                           name, help, name, name, labels, value);
}

/* The age of a snapshot is for the collector to work out: it knows when it looks. */
static void add_snapshots(struct text_buffer *out, const char *labels, const struct stream *stream)
{
    struct snapshot_figures figures;
    if (stream->snapshot.store == NULL)
        return;
    figures = snapshot_store_figures(stream->snapshot.store);
    add_count(out, "snapshot_rows", "Rows that the newest snapshot names.", labels, figures.rows);
    add_count(out, "snapshot_bytes", "Bytes on disk of the newest snapshot.", labels,
              figures.bytes);
    add_count(out, "snapshots", "Snapshots written by this run.", labels, figures.saved);
    if (figures.saved == 0)
        return;
    add_gauge(out, "snapshot_timestamp_seconds", "When the newest snapshot was taken.", labels,
              figures.written_at);
    add_gauge(out, "snapshot_duration_seconds", "How long it took until it was durable.", labels,
              figures.duration);
    add_gauge(out, "snapshot_pause_seconds", "How long the stream stood still for it.", labels,
              figures.pause);
    add_gauge(out, "snapshot_pause_seconds_max", "The longest of these pauses in this run.", labels,
              figures.pause_max);
}

static bool write_text(const char *name, const struct text_buffer *text)
{
    int descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return false;
    bool fine = write(descriptor, text->bytes, text->length) == (ssize_t)text->length;
    return close(descriptor) == 0 && fine;
}

/* Written beside the target and renamed over it, so that a collector never reads half a file.
   What a link leads to is replaced, not the link, and no device or pipe is: both may be in use by
   others. */
static bool replace_file(const char *name, const struct text_buffer *text)
{
    char target[PATH_MAX];
    char temporary[PATH_MAX + 32];
    struct stat status;
    if (realpath(name, target) == NULL)
        snprintf(target, sizeof target, "%s", name);
    if (stat(name, &status) == 0 && !S_ISREG(status.st_mode))
        return write_text(name, text);
    snprintf(temporary, sizeof temporary, "%s.tmp.%ld", target, (long)getpid());
    if (write_text(temporary, text) && rename(temporary, target) == 0)
        return true;
    int reason = errno;
    unlink(temporary);
    errno = reason;
    return false;
}

void metrics_file_write(const struct stream *stream)
{
    struct text_buffer text = {0}, labels = {0};
    add_labels(&labels, stream);
    add_counters(&text, labels.bytes, stream);
    add_rejects(&text, labels.bytes, stream);
    add_times(&text, labels.bytes, stream);
    add_snapshots(&text, labels.bytes, stream);
    add_tool_counts(&text, labels.bytes, stream);
    if (stream->intake.partition_by != NULL)
        partition_report_prometheus(&stream->partitions, labels.bytes, &text);
    if (!replace_file(stream->settings->metrics, &text))
        die(STATUS_IO, "%s:", stream->settings->metrics);
    text_buffer_free(&labels);
    text_buffer_free(&text);
}
