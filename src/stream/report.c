#include "stream/stream_state.h"

#include "cli/diagnostics.h"
#include "ndjson/json_string.h"
#include "stream/partition_report.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static int64_t lowest_watermark(const struct stream *stream)
{
    int64_t lowest = WATERMARK_END;
    for (size_t i = 0; i < stream->partitions.count; i++)
        if (stream->partitions.items[i].told < lowest)
            lowest = stream->partitions.items[i].told;
    return lowest;
}

static void add_watermark(const struct stream *stream, struct text_buffer *out)
{
    char text[TIMESTAMP_TEXT_SIZE];
    int64_t watermark = lowest_watermark(stream);
    text_buffer_add_text(out, ",\"watermark\":");
    if (watermark == WATERMARK_UNDEFINED)
        text_buffer_add_text(out, "null");
    else if (watermark == WATERMARK_END)
        text_buffer_add_text(out, "\"end\"");
    else
        text_buffer_add(out, text, timestamp_format_json(watermark, TIME_FORMAT_RFC3339, text));
}

static void write_to_stderr(const struct text_buffer *text)
{
    /* Nowhere to tell if this fails. */
    ssize_t ignored = write(STDERR_FILENO, text->bytes, text->length);
    (void)ignored;
}

void stream_report_counters(struct stream *stream)
{
    struct text_buffer out = {0};
    const char *name;
    text_buffer_add_format(&out, "{\"tool\":\"%s\"", stream->tool->command->name);
    for (unsigned i = 0; (name = counters_name(i)) != NULL; i++)
        text_buffer_add_format(&out, ",\"%s\":%" PRIu64, name,
                               counters_value(&stream->counters, i));
    add_watermark(stream, &out);
    if (stream->intake.partition_by != NULL && lowest_watermark(stream) != WATERMARK_END)
        partition_report_json(&stream->partitions, &out);
    if (stream->tool->count != NULL)
        stream->tool->count(stream->tool->self, &out);
    text_buffer_add_text(&out, "}\n");
    write_to_stderr(&out);
    text_buffer_free(&out);
}

static unsigned known_percent(const struct stream *stream)
{
    uint64_t size = 0;
    uint64_t consumed = 0;
    for (size_t i = 0; i < stream->input_count; i++) {
        size += stream->inputs[i].source.size;
        consumed += stream->inputs[i].source.size > 0 ? stream->inputs[i].source.consumed : 0;
    }
    return size == 0 ? 101 : (unsigned)(100 * consumed / size);
}

/* One line that is drawn over again; only on a terminal. */
void stream_report_progress(struct stream *stream)
{
    struct text_buffer out = {0};
    char watermark[TIMESTAMP_TEXT_SIZE];
    int64_t lowest = lowest_watermark(stream);
    double seconds = (double)(stream->steady - stream->partitions.started) / 1e9;
    double rate = seconds > 0 ? (double)stream->counters.read / seconds : 0;
    text_buffer_add_format(&out, "\r\033[K%s: %" PRIu64 " records, %.0f/s",
                           stream->tool->command->name, stream->counters.read, rate);
    if (known_percent(stream) <= 100)
        text_buffer_add_format(&out, ", %u%%", known_percent(stream));
    if (lowest != WATERMARK_UNDEFINED && lowest != WATERMARK_END)
        text_buffer_add_format(&out, ", watermark %.*s", (int)timestamp_format(lowest, watermark),
                               watermark);
    write_to_stderr(&out);
    text_buffer_free(&out);
}

static void warn_if_all_filtered(struct stream *stream, const struct counters *counters)
{
    struct text_buffer conditions = {0};
    if (counters->filtered == 0 || stream->filter_count == 0 ||
        counters->filtered + counters->control + counters->tombstones + counters->rejected !=
            counters->read)
        return;
    for (size_t i = 0; i < stream->filter_count; i++)
        text_buffer_add_format(&conditions, "%s%s", i > 0 ? "; " : "",
                               expression_text(stream->filters[i].expression));
    warn("none of %" PRIu64 " records was left (%.*s); the first had %.*s", counters->read,
         (int)conditions.length, conditions.bytes, (int)stream->first_filtered.length,
         stream->first_filtered.bytes == NULL ? "" : stream->first_filtered.bytes);
    text_buffer_free(&conditions);
}

void stream_report_end(struct stream *stream)
{
    /* Earlier runs have told of theirs. */
    const struct counters counted = counters_since(&stream->counters, &stream->snapshot.inherited);
    const struct counters *counters = &counted;
    if (stream->settings->progress && isatty(STDERR_FILENO)) {
        stream_report_progress(stream);
        write_to_stderr(&(struct text_buffer){"\n", 1, 1});
    }
    reject_log_summarise(&stream->rejects);
    if (counters->null_results > 0)
        warn("%" PRIu64 " results of --calc or --select failed and are null; the first: %s",
             counters->null_results, output_first_failure(&stream->output));
    late_log_summarise(&stream->late, counters->late, counters->partly_late,
                       stream->settings->delay);
    warn_if_all_filtered(stream, counters);
    if (stream->counters.rejected > stream->settings->max_errors)
        warn("stopped after %" PRIu64 " rejected records (--max-errors)",
             stream->counters.rejected);
    if (stream->settings->verbose)
        stream_report_counters(stream);
}

void stream_count_written(struct stream *stream, uint64_t count)
{
    stream->counters.written += count;
}
