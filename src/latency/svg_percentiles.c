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

/* The axis ends at the last record: 1 - 1/count. */
static double nines_of(uint64_t count)
{
    double nines = log10((double)count);
    return nines < 1 ? 1 : nines > NINES_MAX ? NINES_MAX : nines;
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

/* "0%" makes way for "50%" where both have no room. */
static void draw_axis(struct text_buffer *out, const struct svg_panel *panel, double nines_max)
{
    for (size_t i = 0; i < MARKS && marks[i].nines <= nines_max; i++) {
        double x = across(panel, marks[i].nines, nines_max);
        bool narrow = i == 0 && nines_max > 3.5;
        bool at_edge = x > panel->right - 24;
        svg_line(out, "grid", x, panel->top, x, panel->bottom);
        if (!narrow)
            svg_text(out, at_edge ? "muted end" : "muted mid", at_edge ? panel->right : x,
                     panel->bottom + 18, marks[i].name);
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
    for (size_t i = 0; i < MARKS && marks[i].nines <= nines_max; i++) {
        int64_t value = latency_histogram_percentile(histogram, marks[i].percent);
        double x = across(panel, marks[i].nines, nines_max);
        double y = svg_scale_at(scale, (double)value);
        if (!marks[i].dot)
            continue;
        svg_circle(out, "a", x, y, 4);
        latency_number_format(value, SVG_MICRO, text);
        if (x < panel->left + 60)
            svg_text(out, "bold", x + 8, y + 16 > panel->bottom - 4 ? y - 9 : y + 16, text);
        else
            svg_text(out, "bold end", x - 7, y - 9, text);
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
    scale = svg_scale_make(svg_lowest(histogram), histogram->max, 20, panel->bottom, panel->top);
    svg_panel_y_latencies(out, panel, &scale);
    draw_axis(out, panel, nines_max);
    draw_curve(out, panel, &scale, histogram, nines_max);
    svg_line(out, "axis", panel->left, panel->bottom, panel->right, panel->bottom);
    draw_dots(out, panel, &scale, histogram, nines_max);
    snprintf(caption, sizeof caption, "across: share that was no slower; up: %s",
             svg_scale_name(&scale));
    svg_text(out, "muted", panel->x + 20, panel->y + panel->height - 16, caption);
}
