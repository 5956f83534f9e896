#ifndef LATENCY_SVG_CHARTS_H
#define LATENCY_SVG_CHARTS_H

#include "latency/latency_report.h"
#include "latency/svg_panel.h"
#include "ndjson/text_buffer.h"

/* The charts of a report, each into the place and size that its panel names. */

/* Where the axis of latencies begins: at the smallest, but a few (up to 1 %) that are not above
   zero stand at the edge, so that the others can have a logarithmic axis. */
int64_t svg_lowest(const struct latency_histogram *histogram);

/* How the values are spread: share of the records per slice of the latency axis. */
void svg_distribution(struct text_buffer *out, struct svg_panel *panel,
                      const struct latency_report *report);

/* Latency over percentile, the tail stretched: each step right has a tenth of the records left. */
void svg_percentiles(struct text_buffer *out, struct svg_panel *panel,
                     const struct latency_report *report);

/* P50, P99 and max of each window over time. */
void svg_timeline(struct text_buffer *out, struct svg_panel *panel,
                  const struct latency_report *report);

/* A row per --by key, the slowest (by P99) first, at most SVG_GROUP_ROWS of them. */
enum { SVG_GROUP_ROWS = 20 };
double svg_groups_height(const struct latency_report *report);
void svg_groups(struct text_buffer *out, struct svg_panel *panel,
                const struct latency_report *report);

/* Both runs' bars side by side per statistic, with the ratio below. */
void svg_pairs(struct text_buffer *out, struct svg_panel *panel,
               const struct latency_comparison *comparison);

#endif
