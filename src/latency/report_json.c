#include "latency/report_json.h"

#include "latency/histogram_json.h"
#include "ndjson/json_string.h"
#include "time/timestamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add_name(struct text_buffer *out, const char *name)
{
    if (out->bytes[out->length - 1] != '{')
        text_buffer_add_byte(out, ',');
    json_string_encode(out, name, strlen(name));
    text_buffer_add_byte(out, ':');
}

static void add_string(struct text_buffer *out, const char *name, const char *value)
{
    add_name(out, name);
    json_string_encode(out, value, strlen(value));
}

static void add_integer(struct text_buffer *out, const char *name, int128 value)
{
    add_name(out, name);
    decimal_write(out, (struct decimal){value, 0});
}

static void add_time(struct text_buffer *out, const char *name, int64_t ns)
{
    char text[TIMESTAMP_TEXT_SIZE];
    size_t length = timestamp_format_json(ns, TIME_FORMAT_RFC3339, text);
    add_name(out, name);
    text_buffer_add(out, text, length);
}

static void add_statistics(struct text_buffer *out, const struct latency_statistics *statistics,
                           const struct latency_histogram *histogram)
{
    add_name(out, "stats");
    text_buffer_add_byte(out, '{');
    for (size_t i = 0; i < statistics->count; i++) {
        const struct latency_statistic *statistic = &statistics->items[i];
        char name[sizeof statistic->name + 4];
        snprintf(name, sizeof name, "%s%s", statistic->name, statistic->time ? "_ns" : "");
        if (histogram->count > 0 || !statistic->time) {
            add_integer(out, name, latency_statistic_value(statistic, histogram));
        } else {
            add_name(out, name);
            text_buffer_add_text(out, "null");
        }
    }
    text_buffer_add_byte(out, '}');
}

static void add_group(struct text_buffer *out, const struct latency_report *report,
                      const struct latency_group *group)
{
    text_buffer_add_byte(out, '{');
    if (report->groups->value_count > 0) {
        add_name(out, "by");
        text_buffer_add_byte(out, '{');
        for (size_t i = 0; i < report->groups->value_count; i++) {
            add_name(out, report->by_names[i]);
            text_buffer_add(out, group->values[i].text, group->values[i].length);
        }
        text_buffer_add_byte(out, '}');
    }
    if (report->window > 0)
        add_time(out, "window_start", group->window);
    add_statistics(out, report->statistics, &group->histogram);
    text_buffer_add_byte(out, ',');
    histogram_json_write(out, &group->histogram);
    text_buffer_add_byte(out, '}');
}

static void add_groups(struct text_buffer *out, const struct latency_report *report)
{
    add_name(out, "groups");
    text_buffer_add_byte(out, '[');
    for (size_t i = 0; i < report->groups->count; i++) {
        if (i > 0)
            text_buffer_add_byte(out, ',');
        add_group(out, report, report->groups->groups[i]);
    }
    text_buffer_add_byte(out, ']');
}

void report_json(struct text_buffer *out, const struct latency_report *report,
                 const struct report_style *style)
{
    (void)style;
    text_buffer_add_byte(out, '{');
    add_string(out, "report", "evlatency 1");
    add_string(out, "from", report->from);
    add_string(out, "to", report->to);
    if (report->interval) {
        add_time(out, "interval_start", report->interval_start);
        add_time(out, "interval_end", report->interval_end);
    }
    if (report->first <= report->last) {
        add_time(out, "first_time", report->first);
        add_time(out, "last_time", report->last);
    }
    if (report->window > 0)
        add_integer(out, "window_ns", report->window);
    if (report->warmup > 0) {
        add_integer(out, "warmup_ns", report->warmup);
        add_integer(out, "left_out", (int128)report->left_out);
    }
    add_statistics(out, report->statistics, report->total);
    text_buffer_add_byte(out, ',');
    histogram_json_write(out, report->total);
    if (latency_report_grouped(report))
        add_groups(out, report);
    text_buffer_add_text(out, "}\n");
}
