#include "latency/svg_charts.h"

#include "latency/latency_number.h"
#include "latency/svg_canvas.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 240, NINES_MAX = 7 };

/* Where a percentile stands: the number of nines, -log10(1 - share). */
static const struct percentile_mark {
    const char *name;
    uint32_t percent;
    double nines;
    bool dot;
} marks[] = {
    {"0%", 0, 0, false},
    {"50%", 50000000, 0.30103, true},
    {"90%", 90000000, 1, true},
    {"99%", 99000000, 2, true},
    {"99.9%", 99900000, 3, true},
    {"99.99%", 99990000, 4, true},
    {"99.999%", 99999000, 5, false},
    {"99.9999%", 99999900, 6, false},
    {"99.99999%", 99999990, 7, false},
};
enum { MARKS = sizeof marks / sizeof marks[0] };

/* One further nine than the records can tell apart ends the axis. */
static double nines_of(uint64_t count)
{
    double nines = 1;
    for (uint64_t left = count; left > 10 && nines < NINES_MAX; left /= 10)
        nines++;
    return nines;
}

static double across(const struct svg_panel *panel, double nines, double nines_max)
{
    return panel->left + nines / nines_max * (panel->right - panel->left);
}

static uint32_t percent_at(double nines)
{
    double percent = (1 - pow(10, -nines)) * LATENCY_HUNDRED_PERCENT;
    return (uint32_t)(percent + 0.5);
}

static void draw_axis(struct text_buffer *out, const struct svg_panel *panel, double nines_max)
{
    for (size_t i = 0; i < MARKS && marks[i].nines <= nines_max; i++) {
        double x = across(panel, marks[i].nines, nines_max);
        bool narrow = i == 1 && nines_max > 4;
        svg_line(out, "grid", x, panel->top, x, panel->bottom);
        if (!narrow)
            svg_text(out, "muted mid", x, panel->bottom + 18, marks[i].name);
    }
}

static void draw_curve(struct text_buffer *out, const struct svg_panel *panel,
                       const struct svg_scale *scale, const struct latency_histogram *histogram,
                       double nines_max)
{
    static const char *const classes[] = {"area", "la"};
    for (size_t pass = 0; pass < 2; pass++) {
        svg_path_begin(out, classes[pass]);
        if (pass == 0)
            svg_path_move(out, panel->left, panel->bottom);
        for (int i = 0; i <= STEPS; i++) {
            double nines = nines_max * i / STEPS;
            int64_t value = latency_histogram_percentile(histogram, percent_at(nines));
            double x = across(panel, nines, nines_max);
            double y = svg_scale_at(scale, (double)value);
            if (i == 0 && pass == 1)
                svg_path_move(out, x, y);
            else
                svg_path_line(out, x, y);
        }
        if (pass == 0)
            svg_path_line(out, panel->right, panel->bottom);
        svg_path_end(out);
    }
}

static void draw_dots(struct text_buffer *out, const struct svg_panel *panel,
                      const struct svg_scale *scale, const struct latency_histogram *histogram,
                      double nines_max)
{
    char text[LATENCY_NUMBER_SIZE];
    for (size_t i = 0; i < MARKS && marks[i].nines < nines_max + 0.01; i++) {
        int64_t value = latency_histogram_percentile(histogram, marks[i].percent);
        double x = across(panel, marks[i].nines, nines_max);
        double y = svg_scale_at(scale, (double)value);
        if (!marks[i].dot)
            continue;
        svg_circle(out, "a", x, y, 4);
        svg_text(out, x < panel->left + 60 ? "bold" : "bold end", x < panel->left + 60 ? x : x - 7,
                 y - 9, latency_number_format(value, SVG_MICRO, text));
    }
}

void svg_percentiles(struct text_buffer *out, struct svg_panel *panel,
                     const struct latency_report *report)
{
    const struct latency_histogram *histogram = report->total;
    double nines_max = nines_of(histogram->count);
    struct svg_scale scale;
    char caption[160];
    svg_panel_draw(out, panel, "Percentiles", "");
    scale = svg_scale_make(histogram->min, histogram->max, 20, panel->bottom, panel->top);
    svg_panel_y_latencies(out, panel, &scale);
    draw_axis(out, panel, nines_max);
    draw_curve(out, panel, &scale, histogram, nines_max);
    svg_line(out, "axis", panel->left, panel->bottom, panel->right, panel->bottom);
    draw_dots(out, panel, &scale, histogram, nines_max);
    snprintf(caption, sizeof caption, "across: share of the records that were no slower; up: %s",
             svg_scale_name(&scale));
    svg_text(out, "muted", panel->x + 20, panel->y + panel->height - 16, caption);
}
