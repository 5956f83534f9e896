#include "latency/report_svg.h"

#include "latency/latency_number.h"
#include "latency/svg_canvas.h"
#include "latency/svg_charts.h"
#include "latency/text_table.h"
#include "time/duration.h"
#include "time/timestamp.h"

#include <stdio.h>

enum {
    WIDTH = 960,
    MARGIN = 24,
    GAP = 16,
    INNER = WIDTH - 2 * MARGIN,
    HEADER = 104,
    TILE = 72,
    TILES_PER_ROW = 6,
    HALF = (INNER - GAP) / 2,
    CHART = 320,
    PAIRS = 420
};

static void add_count(struct text_buffer *out, const char *before, uint64_t count,
                      const char *after)
{
    char text[LATENCY_NUMBER_SIZE];
    text_buffer_add_format(out, "%s%s%s", before, latency_number_count(count, text), after);
}

void report_describe(struct text_buffer *out, const struct latency_report *report)
{
    text_buffer_add_format(out, "from %s to %s", report->from, report->to);
    text_buffer_add_byte(out, '\0');
}

void report_describe_records(struct text_buffer *out, const struct latency_report *report)
{
    char text[TIMESTAMP_TEXT_SIZE + LATENCY_NUMBER_SIZE];
    char duration[DURATION_TEXT_SIZE];
    add_count(out, "", report->total->count, " records");
    if (latency_report_span(report) > 0)
        text_buffer_add_format(out, " in %s",
                               latency_number_format(latency_report_span(report), SVG_MICRO, text));
    if (latency_report_rate(report) > 0)
        add_count(out, " (", latency_report_rate(report), "/s)");
    if (report->first <= report->last)
        text_buffer_add_format(out, " since %.*s", (int)timestamp_format(report->first, text),
                               text);
    if (report->total->negative > 0)
        add_count(out, "; ", report->total->negative, " negative");
    if (report->total->beyond > 0)
        add_count(out, "; ", report->total->beyond, " beyond 1 day");
    if (report->warmup > 0) {
        add_count(out, "; ", report->left_out, " left out");
        text_buffer_add_format(out, " (warm-up of %s)", duration_format(report->warmup, duration));
    }
    text_buffer_add_byte(out, '\0');
}

void report_describe_run(struct text_buffer *out, const struct latency_run *run)
{
    add_count(out, "", run->histogram->count, " records");
    text_buffer_add_format(out, ", from %s to %s", run->from, run->to);
    text_buffer_add_byte(out, '\0');
}

static size_t tile_rows(const struct latency_report *report)
{
    return (report->statistics->count + TILES_PER_ROW - 1) / TILES_PER_ROW;
}

static double charts_height(const struct latency_report *report)
{
    double height = CHART + GAP;
    if (report->total->count == 0)
        return 0;
    if (report->window > 0)
        height += CHART + GAP;
    if (report->groups->value_count > 0)
        height += svg_groups_height(report) + GAP;
    return height;
}

static void draw_tiles(struct text_buffer *out, const struct latency_report *report, double y)
{
    size_t count = report->statistics->count;
    size_t columns = count < TILES_PER_ROW ? count : TILES_PER_ROW;
    double width = (double)(INNER - GAP * (int)(columns - 1)) / (double)columns;
    char text[LATENCY_NUMBER_SIZE];
    for (size_t i = 0; i < count; i++) {
        const struct latency_statistic *statistic = &report->statistics->items[i];
        double x = MARGIN + (double)(i % columns) * (width + GAP);
        size_t row = i / columns;
        double top = y + (double)row * (TILE + GAP);
        svg_rect(out, "card", x + 0.5, top + 0.5, width - 1, TILE - 1, 8);
        svg_text(out, "muted", x + 18, top + 26, statistic->label);
        if (statistic->time && report->total->count > 0)
            latency_number_format(latency_statistic_value(statistic, report->total), SVG_MICRO,
                                  text);
        else
            text_table_number(statistic, report->total, text);
        svg_text(out, "big", x + 18, top + 54, text);
    }
}

static void draw_charts(struct text_buffer *out, const struct latency_report *report, double y)
{
    struct svg_panel left = {.x = MARGIN, .y = y, .width = HALF, .height = CHART};
    struct svg_panel right = {.x = MARGIN + HALF + GAP, .y = y, .width = HALF, .height = CHART};
    if (report->total->count == 0)
        return;
    svg_distribution(out, &left, report);
    svg_percentiles(out, &right, report);
    y += CHART + GAP;
    if (report->window > 0) {
        struct svg_panel panel = {.x = MARGIN, .y = y, .width = INNER, .height = CHART};
        svg_timeline(out, &panel, report);
        y += CHART + GAP;
    }
    if (report->groups->value_count > 0) {
        struct svg_panel panel = {
            .x = MARGIN, .y = y, .width = INNER, .height = svg_groups_height(report)};
        svg_groups(out, &panel, report);
    }
}

void report_svg(struct text_buffer *out, const struct latency_report *report,
                const struct report_style *style)
{
    struct text_buffer what = {0};
    struct text_buffer records = {0};
    double tiles = (double)tile_rows(report) * (TILE + GAP);
    (void)style;
    report_describe(&what, report);
    report_describe_records(&records, report);
    svg_begin(out, WIDTH, HEADER + tiles + charts_height(report) + MARGIN - GAP, "Latency",
              records.bytes);
    svg_text(out, "h1", MARGIN, 42, "Latency");
    svg_text(out, "muted", MARGIN, 64, what.bytes);
    svg_text(out, "muted", MARGIN, 82, records.bytes);
    draw_tiles(out, report, HEADER);
    draw_charts(out, report, HEADER + tiles);
    svg_end(out);
    text_buffer_free(&what);
    text_buffer_free(&records);
}

static void draw_run(struct text_buffer *out, const struct latency_run *run, const char *class,
                     double y)
{
    struct text_buffer text = {0};
    text_buffer_add_format(&text, "%s: ", run->name);
    report_describe_run(&text, run);
    svg_rect(out, class, MARGIN, y - 10, 12, 12, 3);
    svg_text(out, "", MARGIN + 20, y, text.bytes);
    text_buffer_free(&text);
}

void report_svg_comparison(struct text_buffer *out, const struct latency_comparison *comparison,
                           const struct report_style *style)
{
    struct svg_panel panel = {.x = MARGIN, .y = HEADER, .width = INNER, .height = PAIRS};
    struct text_buffer title = {0};
    (void)style;
    text_buffer_add_format(&title, "Latency of %s and %s", comparison->runs[0].name,
                           comparison->runs[1].name);
    text_buffer_add_byte(&title, '\0');
    svg_begin(out, WIDTH, HEADER + PAIRS + MARGIN, title.bytes,
              "Latencies of two runs side by side, with their ratio");
    svg_text(out, "h1", MARGIN, 42, title.bytes);
    draw_run(out, &comparison->runs[0], "a", 66);
    draw_run(out, &comparison->runs[1], "b", 86);
    svg_pairs(out, &panel, comparison);
    svg_end(out);
    text_buffer_free(&title);
}
