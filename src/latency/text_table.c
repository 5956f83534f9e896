#include "latency/text_table.h"

#include "latency/text_bar.h"
#include "time/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 40, NUMBER_WIDTH = 10, TIME_WIDTH = 24 };

char *text_table_number(const struct latency_statistic *statistic,
                        const struct latency_histogram *histogram, char text[LATENCY_NUMBER_SIZE])
{
    int64_t value = latency_statistic_value(statistic, histogram);
    if (!statistic->time)
        return latency_number_count((uint64_t)value, text);
    if (histogram->count > 0)
        return latency_number_format(value, "us", text);
    snprintf(text, LATENCY_NUMBER_SIZE, "-");
    return text;
}

void text_table_end_line(struct text_buffer *out)
{
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        out->length--;
    text_buffer_add_byte(out, '\n');
}

static unsigned column_width(const struct latency_report *report, size_t column)
{
    struct text_buffer none = {0};
    size_t widest = strlen(report->by_names[column]);
    for (size_t i = 0; i < report->groups->count; i++) {
        size_t needed = text_label_add(&none, report->groups->groups[i]->values[column], 0);
        widest = needed > widest ? needed : widest;
    }
    text_buffer_free(&none);
    return widest > LABEL_MAX ? LABEL_MAX : (unsigned)widest;
}

/* The statistic whose bar is drawn: NULL if all are numbers of records. */
static const struct latency_statistic *bar_statistic(const struct latency_report *report)
{
    for (size_t i = report->statistics->count; i > 0; i--)
        if (report->statistics->items[i - 1].time)
            return &report->statistics->items[i - 1];
    return NULL;
}

/* At least one blank stands before a name. */
static unsigned number_width(const struct latency_statistic *statistic)
{
    size_t length = strlen(statistic->name);
    return length < NUMBER_WIDTH ? NUMBER_WIDTH : (unsigned)length + 1;
}

struct table {
    const struct latency_report *report;
    const struct report_style *style;
    unsigned *widths; /* of the --by columns */
    unsigned used;    /* columns before the bar */
    const struct latency_statistic *bar;
    int64_t maximum;
};

static void measure(struct table *table)
{
    const struct latency_report *report = table->report;
    size_t columns = report->groups->value_count;
    table->widths = allocate_zeroed(columns + 1, sizeof *table->widths);
    table->used = report->interval ? TIME_WIDTH : 0;
    table->used += report->window > 0 ? TIME_WIDTH : 0;
    for (size_t i = 0; i < columns; i++) {
        table->widths[i] = column_width(report, i);
        table->used += table->widths[i] + 2;
    }
    table->used += NUMBER_WIDTH + 2;
    for (size_t i = 0; i < report->statistics->count; i++)
        table->used += number_width(&report->statistics->items[i]);
    table->bar = bar_statistic(report);
    for (size_t i = 0; table->bar != NULL && i < report->groups->count; i++) {
        int64_t value = latency_statistic_value(table->bar, &report->groups->groups[i]->histogram);
        table->maximum = value > table->maximum ? value : table->maximum;
    }
}

static void add_heading(struct text_buffer *out, const struct table *table)
{
    const struct latency_report *report = table->report;
    if (report->interval)
        text_buffer_add_format(out, "%-*s", TIME_WIDTH, "until");
    if (report->window > 0)
        text_buffer_add_format(out, "%-*s", TIME_WIDTH, "window_start");
    for (size_t i = 0; i < report->groups->value_count; i++)
        text_buffer_add_format(out, "%-*.*s  ", (int)table->widths[i], (int)table->widths[i],
                               report->by_names[i]);
    text_buffer_add_format(out, "%*s", NUMBER_WIDTH, "records");
    for (size_t i = 0; i < report->statistics->count; i++) {
        const struct latency_statistic *statistic = &report->statistics->items[i];
        text_buffer_add_format(out, "%*s", (int)number_width(statistic), statistic->name);
    }
    text_table_end_line(out);
}

static void add_time(struct text_buffer *out, int64_t ns)
{
    char text[TIMESTAMP_TEXT_SIZE];
    int length = (int)timestamp_format(ns, text);
    text_buffer_add_format(out, "%-*.*s", TIME_WIDTH, length, text);
    if (length >= TIME_WIDTH)
        text_buffer_add_byte(out, ' ');
}

static void add_group(struct text_buffer *out, const struct table *table,
                      const struct latency_group *group)
{
    if (table->report->window > 0)
        add_time(out, group->window);
    for (size_t i = 0; i < table->report->groups->value_count; i++) {
        text_label_add(out, group->values[i], table->widths[i]);
        text_buffer_add_text(out, "  ");
    }
}

/* `group` is NULL for the whole run. */
static void add_row(struct text_buffer *out, const struct table *table,
                    const struct latency_group *group)
{
    const struct latency_report *report = table->report;
    const struct latency_histogram *histogram = group == NULL ? report->total : &group->histogram;
    char text[LATENCY_NUMBER_SIZE];
    if (report->interval)
        add_time(out, report->interval_end - report->interval_end % NS_PER_MS);
    if (group != NULL)
        add_group(out, table, group);
    text_buffer_add_format(out, "%*s", NUMBER_WIDTH, latency_number_count(histogram->count, text));
    for (size_t i = 0; i < report->statistics->count; i++) {
        const struct latency_statistic *statistic = &report->statistics->items[i];
        text_buffer_add_format(out, " %*s", (int)number_width(statistic) - 1,
                               text_table_number(statistic, histogram, text));
    }
    text_buffer_add_text(out, "  ");
    if (table->style->width > table->used + 4 && table->bar != NULL)
        text_bar_add(out, latency_statistic_value(table->bar, histogram), table->maximum,
                     table->style->width - table->used, table->style->unicode);
    text_table_end_line(out);
}

void text_table_add(struct text_buffer *out, const struct latency_report *report,
                    const struct report_style *style, bool heading)
{
    struct table table = {.report = report, .style = style};
    measure(&table);
    if (heading)
        add_heading(out, &table);
    for (size_t i = 0; latency_report_grouped(report) && i < report->groups->count; i++)
        add_row(out, &table, report->groups->groups[i]);
    if (!latency_report_grouped(report))
        add_row(out, &table, NULL);
    free(table.widths);
}
