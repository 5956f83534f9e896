#include "latency/svg_charts.h"

#include "latency/latency_number.h"
#include "latency/svg_canvas.h"

#include <stdio.h>

enum { BINS = 56, SHARE_TICKS = 4 };
#define P50 50000000u
#define P99 99000000u

int64_t svg_lowest(const struct latency_histogram *histogram)
{
    int64_t low = latency_histogram_percentile(histogram, LATENCY_HUNDRED_PERCENT / 100);
    return histogram->min <= 0 && low > 0 ? low : histogram->min;
}

struct spread {
    struct svg_scale scale;
    uint64_t bins[BINS];
    uint64_t largest;
    uint64_t total;
};

static void fill(struct spread *spread, const struct latency_histogram *histogram)
{
    struct latency_cursor cursor = {0};
    struct latency_bucket bucket;
    double width = spread->scale.end - spread->scale.start;
    while (latency_histogram_next(histogram, &cursor, &bucket)) {
        double middle = (double)bucket.lowest + (double)(bucket.highest - bucket.lowest) / 2;
        double share = (svg_scale_at(&spread->scale, middle) - spread->scale.start) / width;
        int bin = (int)(share * BINS);
        bin = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
        spread->bins[bin] += bucket.count;
        if (spread->bins[bin] > spread->largest)
            spread->largest = spread->bins[bin];
    }
    spread->total = histogram->count;
}

/* The vertical axis: shares of all records, at round percentages. */
static double share_step(double largest)
{
    static const double steps[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25};
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof steps[0] && steps[i] * SHARE_TICKS < largest)
        i++;
    return steps[i];
}

static double draw_shares(struct text_buffer *out, const struct svg_panel *panel, double largest)
{
    double step = share_step(largest);
    double top = step;
    char text[32];
    while (top < largest)
        top += step;
    for (double share = 0; share <= top + step / 2; share += step) {
        double y = panel->bottom - share / top * (panel->bottom - panel->top);
        svg_line(out, "grid", panel->left, y, panel->right, y);
        snprintf(text, sizeof text, "%g%%", share);
        svg_text(out, "muted end", panel->left - 8, y + 4, text);
    }
    return top;
}

static void draw_mark(struct text_buffer *out, const struct svg_panel *panel,
                      const struct spread *spread, int64_t value, const char *name, double y)
{
    double x = svg_scale_at(&spread->scale, (double)value);
    bool far = x > panel->right - 40;
    svg_line(out, "mark", x, panel->top - 6, x, panel->bottom);
    svg_text(out, far ? "bold end" : "bold", far ? x - 5 : x + 5, y, name);
}

void svg_distribution(struct text_buffer *out, struct svg_panel *panel,
                      const struct latency_report *report)
{
    const struct latency_histogram *histogram = report->total;
    struct spread spread = {.largest = 0};
    char caption[160];
    svg_panel_draw(out, panel, "Distribution", "");
    spread.scale = svg_scale_make(svg_lowest(histogram), histogram->max, 8, panel->left,
                                  panel->right);
    fill(&spread, histogram);
    double top = draw_shares(out, panel, 100 * (double)spread.largest / (double)spread.total);
    svg_panel_x_latencies(out, panel, &spread.scale);
    double step = (panel->right - panel->left) / BINS;
    for (int i = 0; i < BINS; i++) {
        double share = 100 * (double)spread.bins[i] / (double)spread.total;
        double height = share / top * (panel->bottom - panel->top);
        if (spread.bins[i] > 0 && height < 1)
            height = 1;
        if (spread.bins[i] > 0)
            svg_rect(out, "a", panel->left + i * step + 0.5, panel->bottom - height, step - 1,
                     height, 0);
    }
    svg_line(out, "axis", panel->left, panel->bottom, panel->right, panel->bottom);
    draw_mark(out, panel, &spread, latency_histogram_percentile(histogram, P50), "P50", panel->top);
    draw_mark(out, panel, &spread, latency_histogram_percentile(histogram, P99), "P99", panel->top);
    snprintf(caption, sizeof caption, "across: %s; up: share of the records",
             svg_scale_name(&spread.scale));
    svg_text(out, "muted", panel->x + 20, panel->y + panel->height - 16, caption);
}
