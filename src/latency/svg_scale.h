#ifndef LATENCY_SVG_SCALE_H
#define LATENCY_SVG_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a latency (ns) stands on an axis: from `start` (of `low`) to `end` (of `high`) in pixels,
   evenly or by its logarithm. */
struct svg_scale {
    bool logarithmic;
    double low;
    double high;
    double start;
    double end;
};

/* The scale for values from low to high: by logarithm if they differ more than `factor` times and
   low is above zero. Widened to round limits; an even one begins at zero unless low is below. */
struct svg_scale svg_scale_make(int64_t low, int64_t high, double factor, double start, double end);

/* The pixel of a value; values beyond an end stand at it. */
double svg_scale_at(const struct svg_scale *scale, double value);

/* Round values inside the scale, at most SVG_TICKS of them. */
enum { SVG_TICKS = 16 };
size_t svg_scale_ticks(const struct svg_scale *scale, int64_t ticks[SVG_TICKS]);

#endif
