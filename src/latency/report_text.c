#include "latency/report_text.h"

#include "latency/latency_number.h"
#include "latency/latency_ranges.h"
#include "latency/text_bar.h"
#include "latency/text_table.h"
#include "time/duration.h"
#include "time/timestamp.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 9, LABEL_WIDTH = 10, NUMBER_WIDTH = 10, BAR_MARGIN = 2, HEADING_EVERY = 20 };

static void add_count(struct text_buffer *out, const char *before, uint64_t count,
                      const char *after)
{
    char text[LATENCY_NUMBER_SIZE];
    text_buffer_add_format(out, "%s%s%s", before, latency_number_count(count, text), after);
}

static void add_rate(struct text_buffer *out, const struct latency_report *report)
{
    char text[LATENCY_NUMBER_SIZE];
    if (latency_report_span(report) == 0)
        return;
    text_buffer_add_format(out, " in %s",
                           latency_number_format(latency_report_span(report), "us", text));
    if (latency_report_rate(report) > 0)
        add_count(out, " (", latency_report_rate(report), "/s)");
}

static void add_times(struct text_buffer *out, const struct latency_report *report)
{
    char first[TIMESTAMP_TEXT_SIZE];
    char last[TIMESTAMP_TEXT_SIZE];
    if (report->first > report->last)
        return;
    text_buffer_add_format(out, "times    %.*s to %.*s\n",
                           (int)timestamp_format(report->first, first), first,
                           (int)timestamp_format(report->last, last), last);
}

static void add_what(struct text_buffer *out, const struct latency_report *report)
{
    char duration[DURATION_TEXT_SIZE];
    text_buffer_add_format(out, "latency  from %s to %s\n", report->from, report->to);
    add_count(out, "records  ", report->total->count, "");
    add_rate(out, report);
    if (report->total->negative > 0)
        add_count(out, "; ", report->total->negative, " negative");
    if (report->total->beyond > 0)
        add_count(out, "; ", report->total->beyond, " beyond 1 day");
    if (report->warmup > 0) {
        add_count(out, "; ", report->left_out, " left out (warm-up of ");
        text_buffer_add_format(out, "%s)", duration_format(report->warmup, duration));
    }
    text_buffer_add_byte(out, '\n');
    add_times(out, report);
}

static unsigned bar_width(const struct report_style *style, unsigned used)
{
    return style->width > used + 10 ? style->width - used : 10;
}

static int64_t largest(const struct latency_statistics *statistics,
                       const struct latency_histogram *histogram)
{
    int64_t maximum = 0;
    for (size_t i = 0; i < statistics->count; i++) {
        int64_t value = latency_statistic_value(&statistics->items[i], histogram);
        if (statistics->items[i].time && value > maximum)
            maximum = value;
    }
    return maximum;
}

/* Of a column of names, with a blank behind the longest. */
static unsigned name_column(const struct latency_statistics *statistics, unsigned width)
{
    for (size_t i = 0; i < statistics->count; i++)
        if (strlen(statistics->items[i].name) >= width)
            width = (unsigned)strlen(statistics->items[i].name) + 1;
    return width;
}

static void add_statistics(struct text_buffer *out, const struct latency_report *report,
                           const struct report_style *style)
{
    int64_t maximum = largest(report->statistics, report->total);
    unsigned width = name_column(report->statistics, NAME_WIDTH);
    char text[LATENCY_NUMBER_SIZE];
    text_buffer_add_byte(out, '\n');
    for (size_t i = 0; i < report->statistics->count; i++) {
        const struct latency_statistic *statistic = &report->statistics->items[i];
        int64_t value = latency_statistic_value(statistic, report->total);
        text_buffer_add_format(out, "%-*s%*s", (int)width, statistic->name, NUMBER_WIDTH,
                               text_table_number(statistic, report->total, text));
        text_buffer_add_text(out, "  ");
        if (statistic->time)
            text_bar_add(out, value, maximum, bar_width(style, width + NUMBER_WIDTH + BAR_MARGIN),
                         style->unicode);
        text_table_end_line(out);
    }
}

static void range_label(const struct latency_range *range, bool last, char text[80])
{
    char from[LATENCY_NUMBER_SIZE];
    char to[LATENCY_NUMBER_SIZE];
    if (range->from < 0)
        snprintf(text, 80, "below 0");
    else if (last && range->from >= LATENCY_LIMIT / 10)
        snprintf(text, 80, "%s ..", latency_number_short(range->from, "us", from));
    else
        snprintf(text, 80, "%s .. %s", latency_number_short(range->from, "us", from),
                 latency_number_short(range->to, "us", to));
}

static void add_spread(struct text_buffer *out, const struct latency_report *report,
                       const struct report_style *style)
{
    struct latency_ranges ranges;
    char label[80];
    char count[LATENCY_NUMBER_SIZE];
    uint64_t maximum = 0;
    latency_ranges_make(&ranges, report->total);
    for (size_t i = 0; i < ranges.count; i++)
        maximum = ranges.ranges[i].count > maximum ? ranges.ranges[i].count : maximum;
    text_buffer_add_byte(out, '\n');
    for (size_t i = 0; i < ranges.count; i++) {
        const struct latency_range *range = &ranges.ranges[i];
        double share = 100 * (double)range->count / (double)report->total->count;
        range_label(range, i + 1 == ranges.count, label);
        text_buffer_add_format(out, "%-19s%12s %6.2f%%  ", label,
                               latency_number_count(range->count, count), share);
        text_bar_add(out, (int64_t)range->count, (int64_t)maximum, bar_width(style, 42),
                     style->unicode);
        text_table_end_line(out);
    }
}

void report_text(struct text_buffer *out, const struct latency_report *report,
                 const struct report_style *style)
{
    add_what(out, report);
    if (report->total->count == 0)
        return;
    add_statistics(out, report, style);
    add_spread(out, report, style);
    if (latency_report_grouped(report)) {
        text_buffer_add_byte(out, '\n');
        text_table_add(out, report, style, true);
    }
}

void report_text_interval(struct text_buffer *out, const struct latency_report *report,
                          const struct report_style *style)
{
    text_table_add(out, report, style, report->interval_number % HEADING_EVERY == 0);
}

static void add_run(struct text_buffer *out, const struct latency_run *run, size_t name_width)
{
    char count[LATENCY_NUMBER_SIZE];
    text_buffer_add_format(out, "%-*s  %s records, from %s to %s\n", (int)name_width, run->name,
                           latency_number_count(run->histogram->count, count), run->from, run->to);
}

static void add_pair(struct text_buffer *out, const struct latency_comparison *comparison,
                     const struct latency_statistic *statistic, int64_t maximum,
                     const struct report_style *style)
{
    int64_t values[2];
    char text[LATENCY_NUMBER_SIZE];
    size_t names[2] = {strlen(comparison->runs[0].name), strlen(comparison->runs[1].name)};
    unsigned name_width = (unsigned)(names[0] > names[1] ? names[0] : names[1]);
    unsigned label_width = name_column(comparison->statistics, LABEL_WIDTH);
    unsigned width = bar_width(style, label_width + name_width + NUMBER_WIDTH + 2 * BAR_MARGIN + 8);
    text_buffer_add_byte(out, '\n');
    for (size_t i = 0; i < 2; i++) {
        const struct latency_histogram *histogram = comparison->runs[i].histogram;
        values[i] = latency_statistic_value(statistic, histogram);
        text_buffer_add_format(
            out, "%-*s%-*s%*s  ", (int)label_width, i == 0 ? statistic->label : "", (int)name_width,
            comparison->runs[i].name, NUMBER_WIDTH, text_table_number(statistic, histogram, text));
        if (statistic->time)
            text_bar_add(out, values[i], maximum, width, style->unicode);
        if (i == 1)
            text_buffer_add_format(out, "  %s", latency_number_ratio(values[1], values[0], text));
        text_table_end_line(out);
    }
}

void report_text_comparison(struct text_buffer *out, const struct latency_comparison *comparison,
                            const struct report_style *style)
{
    const struct latency_run *runs = comparison->runs;
    size_t name_width = strlen(runs[0].name);
    int64_t maximum = largest(comparison->statistics, runs[0].histogram);
    int64_t other = largest(comparison->statistics, runs[1].histogram);
    if (strlen(runs[1].name) > name_width)
        name_width = strlen(runs[1].name);
    for (size_t i = 0; i < 2; i++)
        add_run(out, &runs[i], name_width);
    for (size_t i = 0; i < comparison->statistics->count; i++)
        add_pair(out, comparison, &comparison->statistics->items[i],
                 maximum > other ? maximum : other, style);
}
