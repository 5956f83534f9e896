#include "stream/partition_report.h"

#include "ndjson/json_slice.h"
#include "ndjson/json_string.h"
#include "stream/metrics_label.h"
#include "time/timestamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { STREAM_PARTS = 3, STREAM_SEPARATOR = '\x1f' };

struct name {
    const char *bytes;
    size_t length;
    char number[24]; /* for what is no text */
};

/* A name begins with the kind of its key; arrays have no text of their own. */
static void partition_name(const struct partitions *partitions, size_t index, struct name *name)
{
    const struct name_entry *entry = &partitions->names.entries[index];
    name->bytes = entry->bytes + 1;
    name->length = entry->length - (entry->length > 0);
    if (entry->length == 0 || entry->bytes[0] == JSON_NUMBER || entry->bytes[0] == JSON_STRING)
        return;
    name->length = (size_t)snprintf(name->number, sizeof name->number, "#%zu", index);
    name->bytes = name->number;
}

/* The last part of a full name; an awaited stream that nobody has seen has only that. */
static void stream_name(const struct partition *partition, size_t index, struct name *name)
{
    const struct name_entry *entry = &partition->streams.entries[index];
    const char *end = entry->bytes + entry->length;
    const char *at = entry->bytes;
    if (partition->activity[index].input != UINT32_MAX) {
        at += sizeof partition->activity[index].input;
        for (int part = 0; part < STREAM_PARTS && at < end; at++)
            part += *at == STREAM_SEPARATOR;
    }
    name->bytes = at;
    name->length = (size_t)(end - at);
}

static bool time_known(int64_t time)
{
    return time != INT64_MIN && time != INT64_MAX;
}

static void add_time(struct text_buffer *out, int64_t time)
{
    char text[TIMESTAMP_TEXT_SIZE];
    if (time_known(time))
        text_buffer_add(out, text, timestamp_format_json(time, TIME_FORMAT_RFC3339, text));
    else
        text_buffer_add_text(out, "null");
}

static void add_streams(const struct partition *partition, struct text_buffer *out)
{
    struct name name;
    for (size_t i = 0; i < partition->watermark.count; i++) {
        stream_name(partition, i, &name);
        text_buffer_add_text(out, i > 0 ? "," : "");
        json_string_encode(out, name.bytes, name.length);
        text_buffer_add_byte(out, ':');
        add_time(out, partition->watermark.streams[i].maximum);
    }
}

void partition_report_json(const struct partitions *partitions, struct text_buffer *out)
{
    struct name name;
    text_buffer_add_text(out, ",\"partitions\":[");
    for (size_t i = 0; i < partitions->count; i++) {
        partition_name(partitions, i, &name);
        text_buffer_add_text(out, i > 0 ? ",{\"partition\":" : "{\"partition\":");
        json_string_encode(out, name.bytes, name.length);
        text_buffer_add_text(out, ",\"watermark\":");
        add_time(out, partitions->items[i].told);
        text_buffer_add_text(out, ",\"streams\":{");
        add_streams(&partitions->items[i], out);
        text_buffer_add_text(out, "}}");
    }
    text_buffer_add_byte(out, ']');
}

/* `name` of the stream NULL: the partition's own watermark. */
static void add_gauge(struct text_buffer *out, const char *metric, const char *labels,
                      const struct name *partition, const struct name *stream, int64_t time)
{
    int64_t second = time / NS_PER_SECOND - (time % NS_PER_SECOND < 0);
    if (!time_known(time))
        return;
    text_buffer_add_format(out, "evtools_%s{%s", metric, labels);
    metrics_label_add(out, "partition", partition->bytes, partition->length);
    if (stream != NULL)
        metrics_label_add(out, "stream", stream->bytes, stream->length);
    text_buffer_add_format(out, "} %" PRId64 "\n", second);
}

void partition_report_prometheus(const struct partitions *partitions, const char *labels,
                                 struct text_buffer *out)
{
    struct name name, stream;
    text_buffer_add_text(out, "# HELP evtools_partition_watermark_seconds Watermark, whole seconds "
                              "since 1970.\n"
                              "# TYPE evtools_partition_watermark_seconds gauge\n");
    for (size_t i = 0; i < partitions->count; i++) {
        partition_name(partitions, i, &name);
        add_gauge(out, "partition_watermark_seconds", labels, &name, NULL,
                  partitions->items[i].told);
    }
    text_buffer_add_text(out, "# HELP evtools_stream_time_seconds Largest event time, whole "
                              "seconds since 1970.\n"
                              "# TYPE evtools_stream_time_seconds gauge\n");
    for (size_t i = 0; i < partitions->count; i++) {
        const struct partition *partition = &partitions->items[i];
        partition_name(partitions, i, &name);
        for (size_t k = 0; k < partition->watermark.count; k++) {
            stream_name(partition, k, &stream);
            add_gauge(out, "stream_time_seconds", labels, &name, &stream,
                      partition->watermark.streams[k].maximum);
        }
    }
}
