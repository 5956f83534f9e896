#include "latency/report_html.h"

#include "latency/latency_number.h"
#include "latency/latency_ranges.h"
#include "latency/report_svg.h"
#include "latency/svg_canvas.h"
#include "latency/svg_panel.h"
#include "latency/text_table.h"
#include "ndjson/json_string.h"
#include "time/timestamp.h"

#include <string.h>

static const char style[] =
    "body{margin:0;background:#f6f7fb;color:#1c2333;font:14px/1.5 system-ui,-apple-system,"
    "'Segoe UI',Roboto,sans-serif}\n"
    "main{max-width:960px;margin:0 auto}svg{display:block;width:100%;height:auto}\n"
    "details{margin:0 24px 16px;background:#fff;border:1px solid #e3e6ef;border-radius:8px;"
    "padding:12px 20px;overflow-x:auto}summary{font-weight:600;cursor:pointer}\n"
    "table{border-collapse:collapse;margin:12px 0;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:4px 16px 4px 0;text-align:right;white-space:nowrap;"
    "border-bottom:1px solid #e9ecf3}th{color:#667085;font-weight:500}\n"
    "td.name,th.name{text-align:left}\n"
    "@media (prefers-color-scheme:dark){body{background:#0f1320;color:#e8ebf4}"
    "details{background:#171c2c;border-color:#272e44}th,td{border-color:#232a3f}"
    "th{color:#98a2b8}}\n";

static void begin_page(struct text_buffer *out, const char *title)
{
    text_buffer_add_text(out,
                         "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                         "'none'; style-src 'unsafe-inline'\"/>\n"
                         "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
                         "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
    markup_escape(out, title, strlen(title));
    text_buffer_add_format(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
}

static void end_page(struct text_buffer *out)
{
    text_buffer_add_text(out, "</main>\n</body>\n</html>\n");
}

static void begin_table(struct text_buffer *out, const char *summary)
{
    text_buffer_add_format(out, "<details>\n<summary>%s</summary>\n<table>\n<tr>", summary);
}

static void end_table(struct text_buffer *out)
{
    text_buffer_add_text(out, "</table>\n</details>\n");
}

static void add_cell(struct text_buffer *out, const char *tag, const char *class, const char *bytes,
                     size_t length)
{
    text_buffer_add_format(out, *class == '\0' ? "<%s>" : "<%s class=\"%s\">", tag, class);
    markup_escape(out, bytes, length);
    text_buffer_add_format(out, "</%s>", tag);
}

static void add_text_cell(struct text_buffer *out, const char *tag, const char *class,
                          const char *text)
{
    add_cell(out, tag, class, text, strlen(text));
}

static void add_value_cell(struct text_buffer *out, struct json_slice value)
{
    struct text_buffer decoded = {0};
    if (value.kind == JSON_STRING)
        decoded.length = json_string_decode(value,
                                            text_buffer_reserve(&decoded, value.length + 1u));
    else
        text_buffer_add(&decoded, value.text, value.length);
    add_cell(out, "td", "name", decoded.bytes, decoded.length);
    text_buffer_free(&decoded);
}

static void add_numbers(struct text_buffer *out, const struct latency_statistics *statistics,
                        const struct latency_histogram *histogram)
{
    char text[LATENCY_NUMBER_SIZE];
    add_text_cell(out, "td", "", latency_number_count(histogram->count, text));
    for (size_t i = 0; i < statistics->count; i++)
        add_text_cell(out, "td", "", text_table_number(&statistics->items[i], histogram, text));
    text_buffer_add_text(out, "</tr>\n");
}

static void end_heading(struct text_buffer *out, const struct latency_statistics *statistics)
{
    add_text_cell(out, "th", "", "records");
    for (size_t i = 0; i < statistics->count; i++)
        add_text_cell(out, "th", "", statistics->items[i].name);
    text_buffer_add_text(out, "</tr>\n");
}

static void add_groups(struct text_buffer *out, const struct latency_report *report)
{
    char text[TIMESTAMP_TEXT_SIZE];
    begin_table(out, "Numbers by group");
    if (report->window > 0)
        add_text_cell(out, "th", "name", "window_start");
    for (size_t i = 0; i < report->groups->value_count; i++)
        add_text_cell(out, "th", "name", report->by_names[i]);
    end_heading(out, report->statistics);
    for (size_t i = 0; i < report->groups->count; i++) {
        const struct latency_group *group = report->groups->groups[i];
        text_buffer_add_text(out, "<tr>");
        if (report->window > 0)
            add_cell(out, "td", "name", text, timestamp_format(group->window, text));
        for (size_t k = 0; k < report->groups->value_count; k++)
            add_value_cell(out, group->values[k]);
        add_numbers(out, report->statistics, &group->histogram);
    }
    end_table(out);
}

static void add_ranges(struct text_buffer *out, const struct latency_report *report)
{
    struct latency_ranges ranges;
    char text[LATENCY_NUMBER_SIZE];
    latency_ranges_make(&ranges, report->total);
    begin_table(out, "Numbers of the distribution");
    text_buffer_add_text(out, "<th>from</th><th>to below</th><th>records</th></tr>\n");
    for (size_t i = 0; i < ranges.count; i++) {
        const struct latency_range *range = &ranges.ranges[i];
        text_buffer_add_text(out, "<tr>");
        add_text_cell(out, "td", "",
                      range->from < 0 ? "-" : latency_number_short(range->from, SVG_MICRO, text));
        add_text_cell(out, "td", "", latency_number_short(range->to, SVG_MICRO, text));
        add_text_cell(out, "td", "", latency_number_count(range->count, text));
        text_buffer_add_text(out, "</tr>\n");
    }
    end_table(out);
}

void report_html(struct text_buffer *out, const struct latency_report *report,
                 const struct report_style *style_of_text)
{
    begin_page(out, "Latency");
    report_svg(out, report, style_of_text);
    begin_table(out, "Numbers of the whole run");
    end_heading(out, report->statistics);
    text_buffer_add_text(out, "<tr>");
    add_numbers(out, report->statistics, report->total);
    end_table(out);
    if (latency_report_grouped(report))
        add_groups(out, report);
    add_ranges(out, report);
    end_page(out);
}

void report_html_comparison(struct text_buffer *out, const struct latency_comparison *comparison,
                            const struct report_style *style_of_text)
{
    struct text_buffer title = {0};
    text_buffer_add_format(&title, "Latency of %s and %s", comparison->runs[0].name,
                           comparison->runs[1].name);
    text_buffer_add_byte(&title, '\0');
    begin_page(out, title.bytes);
    report_svg_comparison(out, comparison, style_of_text);
    begin_table(out, "Numbers of both runs");
    add_text_cell(out, "th", "name", "run");
    end_heading(out, comparison->statistics);
    for (size_t i = 0; i < 2; i++) {
        text_buffer_add_text(out, "<tr>");
        add_text_cell(out, "td", "name", comparison->runs[i].name);
        add_numbers(out, comparison->statistics, comparison->runs[i].histogram);
    }
    end_table(out);
    end_page(out);
    text_buffer_free(&title);
}
