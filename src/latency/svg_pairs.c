#include "latency/svg_charts.h"

#include "latency/latency_number.h"
#include "latency/svg_canvas.h"

#include <stdio.h>

enum { BAR_MAX = 72, BAR_GAP = 10 };

struct pairs {
    const struct latency_comparison *comparison;
    const struct svg_panel *panel;
    struct svg_scale scale;
    size_t count; /* of statistics that are latencies */
};

static void measure(struct pairs *pairs)
{
    const struct latency_statistics *statistics = pairs->comparison->statistics;
    int64_t low = INT64_MAX;
    int64_t high = 0;
    for (size_t i = 0; i < statistics->count; i++) {
        if (!statistics->items[i].time)
            continue;
        pairs->count++;
        for (size_t run = 0; run < 2; run++) {
            int64_t value = latency_statistic_value(&statistics->items[i],
                                                    pairs->comparison->runs[run].histogram);
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    }
    pairs->scale = svg_scale_make(low == INT64_MAX ? 0 : low / 2, high, 60, pairs->panel->bottom,
                                  pairs->panel->top + 16);
}

static void draw_pair(struct text_buffer *out, const struct pairs *pairs,
                      const struct latency_statistic *statistic, size_t place)
{
    static const char *const classes[] = {"a", "b"};
    const struct svg_panel *panel = pairs->panel;
    double room = (panel->right - panel->left) / (double)pairs->count;
    double width = (room - 4 * BAR_GAP) / 2 > BAR_MAX ? BAR_MAX : (room - 4 * BAR_GAP) / 2;
    double middle = panel->left + ((double)place + 0.5) * room;
    char text[LATENCY_NUMBER_SIZE];
    int64_t values[2];
    for (size_t run = 0; run < 2; run++) {
        double x = run == 0 ? middle - width - BAR_GAP / 2.0 : middle + BAR_GAP / 2.0;
        values[run] = latency_statistic_value(statistic, pairs->comparison->runs[run].histogram);
        double y = svg_scale_at(&pairs->scale, (double)values[run]);
        svg_rect(out, classes[run], x, y, width, panel->bottom - y < 1 ? 1 : panel->bottom - y, 4);
        svg_text(out, "bold mid", x + width / 2, y - 7,
                 latency_number_format(values[run], SVG_MICRO, text));
    }
    svg_text(out, "h2 mid", middle, panel->bottom + 22, statistic->label);
    svg_rect(out, "chip", middle - 36, panel->bottom + 32, 72, 22, 11);
    svg_text(out, "bold mid", middle, panel->bottom + 47,
             latency_number_ratio(values[1], values[0], text));
}

void svg_pairs(struct text_buffer *out, struct svg_panel *panel,
               const struct latency_comparison *comparison)
{
    struct pairs pairs = {.comparison = comparison, .panel = panel};
    char caption[160];
    size_t place = 0;
    svg_panel_draw(out, panel, "Side by side", "");
    panel->bottom -= 32;
    measure(&pairs);
    svg_panel_y_latencies(out, panel, &pairs.scale);
    for (size_t i = 0; i < comparison->statistics->count; i++)
        if (comparison->statistics->items[i].time)
            draw_pair(out, &pairs, &comparison->statistics->items[i], place++);
    svg_line(out, "axis", panel->left, panel->bottom, panel->right, panel->bottom);
    snprintf(caption, sizeof caption, "up: %s, lower is better; below: second run / first run",
             svg_scale_name(&pairs.scale));
    svg_text(out, "muted", panel->x + 20, panel->y + panel->height - 16, caption);
}
