#ifndef LATENCY_SVG_PANEL_H
#define LATENCY_SVG_PANEL_H

#include "latency/svg_scale.h"
#include "ndjson/text_buffer.h"

/* A chart's card: a title at its top, the plot, and a caption below that says what the axes are. */
struct svg_panel {
    double x;
    double y;
    double width;
    double height;
    double left; /* the plot's edges, set by svg_panel_draw() */
    double right;
    double top;
    double bottom;
};

#define SVG_MICRO "\u00b5s"

void svg_panel_draw(struct text_buffer *out, struct svg_panel *panel, const char *title,
                    const char *caption);

/* Grid lines and latencies along the plot's left or lower edge. */
void svg_panel_y_latencies(struct text_buffer *out, const struct svg_panel *panel,
                           const struct svg_scale *scale);
void svg_panel_x_latencies(struct text_buffer *out, const struct svg_panel *panel,
                           const struct svg_scale *scale);

/* The caption's word for a scale. */
const char *svg_scale_name(const struct svg_scale *scale);

/* Coloured names at the right of the panel's title; classes like "a" and names, ended by NULL. */
void svg_panel_legend(struct text_buffer *out, const struct svg_panel *panel,
                      const char *const classes[], const char *const names[]);

#endif
