#include "latency/svg_charts.h"

#include "latency/latency_number.h"
#include "latency/svg_canvas.h"
#include "latency/text_bar.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROW = 26, NAME_COLUMNS = 26, NAME_WIDTH = 190, NUMBER_WIDTH = 70, FRAME = 122 };
#define P50 50000000u
#define P90 90000000u
#define P99 99000000u

/* Keys without their windows, the slowest first; the same order for the same input. */
static int slower_first(const void *a, const void *b)
{
    const struct latency_group *left = *(struct latency_group *const *)a;
    const struct latency_group *right = *(struct latency_group *const *)b;
    int64_t left_value = latency_histogram_percentile(&left->histogram, P99);
    int64_t right_value = latency_histogram_percentile(&right->histogram, P99);
    if (left_value != right_value)
        return left_value > right_value ? -1 : 1;
    return json_key_compare(&left->key, &right->key);
}

static void collect(struct latency_groups *keys, const struct latency_report *report)
{
    latency_groups_init(keys, report->groups->value_count);
    latency_groups_merge(keys, report->groups, GROUPS_KEYS);
    if (keys->count > 1)
        qsort(keys->groups, keys->count, sizeof *keys->groups, slower_first);
}

static size_t rows_of(const struct latency_groups *keys)
{
    return keys->count > SVG_GROUP_ROWS ? SVG_GROUP_ROWS : keys->count;
}

double svg_groups_height(const struct latency_report *report)
{
    struct latency_groups keys;
    double height;
    collect(&keys, report);
    height = FRAME + (double)rows_of(&keys) * ROW;
    latency_groups_free(&keys);
    return height;
}

static struct svg_scale scale_of(const struct latency_groups *keys, const struct svg_panel *panel)
{
    int64_t low = INT64_MAX;
    int64_t high = INT64_MIN;
    for (size_t i = 0; i < rows_of(keys); i++) {
        const struct latency_histogram *histogram = &keys->groups[i]->histogram;
        int64_t middle = latency_histogram_percentile(histogram, P50);
        low = middle < low ? middle : low;
        high = histogram->max > high ? histogram->max : high;
    }
    return svg_scale_make(low, high, 20, panel->left, panel->right);
}

/* "3, spring": the values of a key. */
static void draw_name(struct text_buffer *out, const struct latency_groups *keys,
                      const struct latency_group *group, double x, double y)
{
    struct text_buffer name = {0};
    struct text_buffer cut = {0};
    for (size_t i = 0; i < keys->value_count; i++) {
        size_t width = text_label_add(&cut, group->values[i], 0);
        if (i > 0)
            text_buffer_add_text(&name, ", ");
        text_label_add(&name, group->values[i],
                       width < NAME_COLUMNS ? (unsigned)width + (width == 0) : NAME_COLUMNS);
    }
    text_buffer_add_byte(&name, '\0');
    svg_text(out, "end", x, y, name.bytes);
    text_buffer_free(&name);
    text_buffer_free(&cut);
}

static void draw_row(struct text_buffer *out, const struct svg_panel *panel,
                     const struct svg_scale *scale, const struct latency_histogram *histogram,
                     double y)
{
    double middle = svg_scale_at(scale, (double)latency_histogram_percentile(histogram, P50));
    double ninety = svg_scale_at(scale, (double)latency_histogram_percentile(histogram, P90));
    int64_t tail_value = latency_histogram_percentile(histogram, P99);
    double tail = svg_scale_at(scale, (double)tail_value);
    double maximum = svg_scale_at(scale, (double)histogram->max);
    char text[LATENCY_NUMBER_SIZE];
    svg_line(out, "axis", middle, y, maximum, y);
    svg_rect(out, "band", middle, y - 6, tail - middle < 1 ? 1 : tail - middle, 12, 3);
    svg_rect(out, "band", middle, y - 6, ninety - middle < 1 ? 1 : ninety - middle, 12, 3);
    svg_circle(out, "a", middle, y, 4.5);
    svg_circle(out, "b", tail, y, 4.5);
    svg_circle(out, "c", maximum, y, 3);
    svg_text(out, "bold end", panel->x + panel->width - 20, y + 4,
             latency_number_format(tail_value, SVG_MICRO, text));
}

void svg_groups(struct text_buffer *out, struct svg_panel *panel,
                const struct latency_report *report)
{
    static const char *const classes[] = {"a", "b", "c"};
    static const char *const names[] = {"P50", "P99", "max", NULL};
    struct latency_groups keys;
    struct svg_scale scale;
    char caption[200];
    char count[LATENCY_NUMBER_SIZE];
    collect(&keys, report);
    svg_panel_draw(out, panel, "By group", "");
    svg_panel_legend(out, panel, classes, names);
    panel->left = panel->x + NAME_WIDTH;
    panel->right -= NUMBER_WIDTH;
    scale = scale_of(&keys, panel);
    svg_panel_x_latencies(out, panel, &scale);
    for (size_t i = 0; i < rows_of(&keys); i++) {
        double y = panel->top + ROW * ((double)i + 0.5) + 4;
        draw_name(out, &keys, keys.groups[i], panel->left - 14, y + 4);
        draw_row(out, panel, &scale, &keys.groups[i]->histogram, y);
    }
    snprintf(
        caption, sizeof caption,
        "across: %s; bands end at P90 and P99, the number is P99; the slowest %zu of %s groups",
        svg_scale_name(&scale), rows_of(&keys), latency_number_count(keys.count, count));
    svg_text(out, "muted", panel->x + 20, panel->y + panel->height - 16, caption);
    latency_groups_free(&keys);
}
