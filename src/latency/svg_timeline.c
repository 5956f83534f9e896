#include "latency/svg_charts.h"

#include "latency/svg_canvas.h"
#include "time/timestamp.h"

#include <stdio.h>

enum { TIME_TICKS = 6, DOTS_MAX = 90 };
#define DAY (86400 * NS_PER_SECOND)

static const struct series {
    const char *dot;
    const char *line;
    const char *name;
    uint32_t percent;
} series[] = {
    {"a", "la", "P50", 50000000},
    {"b", "lb", "P99", 99000000},
    {"c", "lc", "max", LATENCY_HUNDRED_PERCENT},
};
enum { SERIES = sizeof series / sizeof series[0] };

struct timeline {
    const struct svg_panel *panel;
    struct latency_groups windows;
    struct svg_scale scale;
    int64_t first; /* of the axis, ns */
    int64_t last;
    int64_t size;
};

static double across(const struct timeline *timeline, int64_t window)
{
    double share = ((double)time_subtract(window, timeline->first) + (double)timeline->size / 2) /
                   (double)time_subtract(timeline->last, timeline->first);
    return timeline->panel->left + share * (timeline->panel->right - timeline->panel->left);
}

static void measure(struct timeline *timeline)
{
    int64_t low = INT64_MAX;
    int64_t high = INT64_MIN;
    for (size_t i = 0; i < timeline->windows.count; i++) {
        const struct latency_histogram *histogram = &timeline->windows.groups[i]->histogram;
        int64_t middle = latency_histogram_percentile(histogram, series[0].percent);
        low = middle < low ? middle : low;
        high = histogram->max > high ? histogram->max : high;
    }
    timeline->first = timeline->windows.groups[0]->window;
    timeline->last = time_add(timeline->windows.groups[timeline->windows.count - 1]->window,
                              timeline->size);
    timeline->scale = svg_scale_make(low, high, 20, timeline->panel->bottom, timeline->panel->top);
}

/* "12:00:10", "05-01 12:00" where that is not enough, "2024-05-01" for windows of days. */
static void time_label(const struct timeline *timeline, int64_t start, char label[24])
{
    char text[TIMESTAMP_TEXT_SIZE];
    int length = (int)timestamp_format(start, text);
    if (timeline->size >= DAY)
        snprintf(label, 24, "%.10s", text);
    else if (time_subtract(timeline->last, timeline->first) > DAY)
        snprintf(label, 24, "%.5s %.5s", text + 5, text + 11);
    else
        snprintf(label, 24, "%.*s", length - 12, text + 11);
}

/* Labels whole windows, as many as have room. */
static void draw_times(struct text_buffer *out, const struct timeline *timeline)
{
    int64_t windows = time_subtract(timeline->last, timeline->first) / timeline->size;
    int64_t every = (windows - 1) / TIME_TICKS + 1;
    char label[24];
    for (int64_t i = 0; i < TIME_TICKS && i <= (windows - 1) / every; i++) {
        int64_t start = timeline->first + i * every * timeline->size;
        double x = across(timeline, start);
        time_label(timeline, start, label);
        svg_line(out, "grid", x, timeline->panel->top, x, timeline->panel->bottom);
        svg_text(out, "muted mid", x, timeline->panel->bottom + 18, label);
    }
}

static void draw_series(struct text_buffer *out, const struct timeline *timeline,
                        const struct series *one)
{
    int64_t expected = INT64_MIN;
    svg_path_begin(out, one->line);
    for (size_t i = 0; i < timeline->windows.count; i++) {
        const struct latency_group *group = timeline->windows.groups[i];
        double x = across(timeline, group->window);
        double y = svg_scale_at(&timeline->scale, (double)latency_histogram_percentile(
                                                      &group->histogram, one->percent));
        if (group->window == expected)
            svg_path_line(out, x, y);
        else
            svg_path_move(out, x, y);
        expected = time_add(group->window, timeline->size);
    }
    svg_path_end(out);
    for (size_t i = 0; timeline->windows.count <= DOTS_MAX && i < timeline->windows.count; i++) {
        const struct latency_group *group = timeline->windows.groups[i];
        int64_t value = latency_histogram_percentile(&group->histogram, one->percent);
        svg_circle(out, one->dot, across(timeline, group->window),
                   svg_scale_at(&timeline->scale, (double)value), 2.5);
    }
}

void svg_timeline(struct text_buffer *out, struct svg_panel *panel,
                  const struct latency_report *report)
{
    static const char *const classes[] = {"a", "b", "c"};
    static const char *const names[] = {"P50", "P99", "max", NULL};
    struct timeline timeline = {.panel = panel, .size = report->window};
    char caption[160];
    svg_panel_draw(out, panel, "Over time", "");
    svg_panel_legend(out, panel, classes, names);
    latency_groups_init(&timeline.windows, 0);
    latency_groups_merge(&timeline.windows, report->groups, GROUPS_WINDOWS);
    latency_groups_sort(&timeline.windows);
    measure(&timeline);
    svg_panel_y_latencies(out, panel, &timeline.scale);
    draw_times(out, &timeline);
    for (size_t i = SERIES; i > 0; i--)
        draw_series(out, &timeline, &series[i - 1]);
    svg_line(out, "axis", panel->left, panel->bottom, panel->right, panel->bottom);
    snprintf(caption, sizeof caption, "across: start of the window, UTC; up: %s",
             svg_scale_name(&timeline.scale));
    svg_text(out, "muted", panel->x + 20, panel->y + panel->height - 16, caption);
    latency_groups_free(&timeline.windows);
}
