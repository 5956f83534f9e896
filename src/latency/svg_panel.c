#include "latency/svg_panel.h"

#include "latency/latency_number.h"
#include "latency/svg_canvas.h"

#include <string.h>

enum { LEFT = 64, RIGHT = 20, TOP = 52, BOTTOM = 62, LETTER = 7 };

void svg_panel_draw(struct text_buffer *out, struct svg_panel *panel, const char *title,
                    const char *caption)
{
    panel->left = panel->x + LEFT;
    panel->right = panel->x + panel->width - RIGHT;
    panel->top = panel->y + TOP;
    panel->bottom = panel->y + panel->height - BOTTOM;
    svg_rect(out, "card", panel->x + 0.5, panel->y + 0.5, panel->width - 1, panel->height - 1, 8);
    svg_text(out, "h2", panel->x + 20, panel->y + 28, title);
    svg_text(out, "muted", panel->x + 20, panel->y + panel->height - 16, caption);
}

void svg_panel_y_latencies(struct text_buffer *out, const struct svg_panel *panel,
                           const struct svg_scale *scale)
{
    int64_t ticks[SVG_TICKS];
    char text[LATENCY_NUMBER_SIZE];
    size_t count = svg_scale_ticks(scale, ticks);
    for (size_t i = 0; i < count; i++) {
        double y = svg_scale_at(scale, (double)ticks[i]);
        svg_line(out, "grid", panel->left, y, panel->right, y);
        svg_text(out, "muted end", panel->left - 8, y + 4,
                 latency_number_short(ticks[i], SVG_MICRO, text));
    }
}

void svg_panel_x_latencies(struct text_buffer *out, const struct svg_panel *panel,
                           const struct svg_scale *scale)
{
    int64_t ticks[SVG_TICKS];
    char text[LATENCY_NUMBER_SIZE];
    size_t count = svg_scale_ticks(scale, ticks);
    for (size_t i = 0; i < count; i++) {
        double x = svg_scale_at(scale, (double)ticks[i]);
        bool at_edge = x > panel->right - 14;
        svg_line(out, "grid", x, panel->top, x, panel->bottom);
        svg_text(out, at_edge ? "muted end" : "muted mid", at_edge ? panel->right + 14 : x,
                 panel->bottom + 18, latency_number_short(ticks[i], SVG_MICRO, text));
    }
}

const char *svg_scale_name(const struct svg_scale *scale)
{
    return scale->logarithmic ? "latency (logarithmic)" : "latency";
}

void svg_panel_legend(struct text_buffer *out, const struct svg_panel *panel,
                      const char *const classes[], const char *const names[])
{
    double x = panel->x + panel->width - RIGHT;
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    for (size_t i = count; i > 0; i--) {
        x -= (double)strlen(names[i - 1]) * LETTER + 4;
        svg_text(out, "", x, panel->y + 28, names[i - 1]);
        x -= 16;
        svg_rect(out, classes[i - 1], x, panel->y + 18, 11, 11, 3);
        x -= 14;
    }
}
