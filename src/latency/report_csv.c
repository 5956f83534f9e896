#include "latency/report_csv.h"

#include "latency/latency_number.h"
#include "ndjson/json_string.h"
#include "time/timestamp.h"

#include <inttypes.h>
#include <string.h>

static void add_field(struct text_buffer *out, const char *bytes, size_t length)
{
    bool quoted = false;
    for (size_t i = 0; i < length; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no bytes, no length */
        quoted |= strchr("\",\r\n", bytes[i]) != NULL && bytes[i] != '\0';
    if (quoted)
        text_buffer_add_byte(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"')
            text_buffer_add_byte(out, '"');
        text_buffer_add_byte(out, bytes[i]);
    }
    text_buffer_add_text(out, quoted ? "\"," : ",");
}

static void add_value(struct text_buffer *out, struct json_slice value)
{
    struct text_buffer decoded = {0};
    if (value.kind == JSON_NULL) {
        add_field(out, "", 0);
    } else if (value.kind == JSON_STRING) {
        decoded.length = json_string_decode(value,
                                            text_buffer_reserve(&decoded, value.length + 1u));
        add_field(out, decoded.bytes, decoded.length);
        text_buffer_free(&decoded);
    } else {
        add_field(out, value.text, value.length);
    }
}

static void add_time(struct text_buffer *out, int64_t ns)
{
    char text[TIMESTAMP_TEXT_SIZE];
    size_t length = timestamp_format(ns, text);
    add_field(out, text, length);
}

/* Every field leaves a comma behind; the last one is the line's end. */
static void end_line(struct text_buffer *out)
{
    out->bytes[out->length - 1] = '\n';
}

static void add_heading(struct text_buffer *out, const struct latency_report *report)
{
    if (report->interval)
        text_buffer_add_text(out, "interval_start,interval_end,");
    for (size_t i = 0; i < report->groups->value_count; i++)
        add_field(out, report->by_names[i], strlen(report->by_names[i]));
    if (report->window > 0)
        text_buffer_add_text(out, "window_start,");
    for (size_t i = 0; i < report->statistics->count; i++) {
        const struct latency_statistic *statistic = &report->statistics->items[i];
        text_buffer_add_format(out, "%s%s,", statistic->name, statistic->time ? "_latency_ms" : "");
    }
    end_line(out);
}

static void add_statistics(struct text_buffer *out, const struct latency_report *report,
                           const struct latency_histogram *histogram)
{
    char text[LATENCY_NUMBER_SIZE];
    for (size_t i = 0; i < report->statistics->count; i++) {
        const struct latency_statistic *statistic = &report->statistics->items[i];
        int64_t value = latency_statistic_value(statistic, histogram);
        if (!statistic->time)
            text_buffer_add_format(out, "%" PRId64, value);
        else if (histogram->count > 0)
            text_buffer_add_text(out, latency_number_milliseconds(value, text));
        text_buffer_add_byte(out, ',');
    }
    end_line(out);
}

static void add_interval(struct text_buffer *out, const struct latency_report *report)
{
    if (!report->interval)
        return;
    add_time(out, report->interval_start);
    add_time(out, report->interval_end);
}

static void add_group(struct text_buffer *out, const struct latency_report *report,
                      const struct latency_group *group)
{
    add_interval(out, report);
    for (size_t i = 0; i < report->groups->value_count; i++)
        add_value(out, group->values[i]);
    if (report->window > 0)
        add_time(out, group->window);
    add_statistics(out, report, &group->histogram);
}

static void add_rows(struct text_buffer *out, const struct latency_report *report)
{
    if (!latency_report_grouped(report)) {
        add_interval(out, report);
        add_statistics(out, report, report->total);
        return;
    }
    for (size_t i = 0; i < report->groups->count; i++)
        add_group(out, report, report->groups->groups[i]);
}

void report_csv(struct text_buffer *out, const struct latency_report *report,
                const struct report_style *style)
{
    (void)style;
    add_heading(out, report);
    add_rows(out, report);
}

void report_csv_interval(struct text_buffer *out, const struct latency_report *report,
                         const struct report_style *style)
{
    (void)style;
    if (report->interval_number == 0)
        add_heading(out, report);
    add_rows(out, report);
}
