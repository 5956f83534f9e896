#include "latency/svg_scale.h"

#include "latency/latency_ranges.h"

#include <math.h>

enum { LINEAR_TICKS = 5, STEPS_WITHIN_DECADES = 3 };

static int64_t linear_step(double span)
{
    int64_t step = (int64_t)(span / LINEAR_TICKS);
    return step < 1 ? 1 : latency_round_down(step);
}

struct svg_scale svg_scale_make(int64_t low, int64_t high, double factor, double start, double end)
{
    struct svg_scale scale = {.start = start, .end = end};
    scale.logarithmic = low > 0 && (double)high > (double)low * factor;
    if (scale.logarithmic) {
        scale.low = (double)latency_round_down(low);
        scale.high = (double)latency_round_down(high);
        if (scale.high < (double)high)
            scale.high = (double)latency_round_next((int64_t)scale.high);
        return scale;
    }
    scale.low = low < 0 ? (double)low : 0;
    scale.high = high > 0 ? (double)high : 0;
    if (scale.high - scale.low < 1)
        scale.high = scale.low + 1;
    double step = (double)linear_step(scale.high - scale.low);
    scale.low = floor(scale.low / step) * step;
    scale.high = ceil(scale.high / step) * step;
    return scale;
}

double svg_scale_at(const struct svg_scale *scale, double value)
{
    double share;
    if (value < scale->low)
        value = scale->low;
    if (value > scale->high)
        value = scale->high;
    if (scale->logarithmic)
        share = log(value / scale->low) / log(scale->high / scale->low);
    else
        share = (value - scale->low) / (scale->high - scale->low);
    return scale->start + share * (scale->end - scale->start);
}

static size_t logarithmic_ticks(const struct svg_scale *scale, int64_t ticks[SVG_TICKS])
{
    bool within = scale->high < scale->low * pow(10, STEPS_WITHIN_DECADES);
    int64_t at = latency_round_down((int64_t)scale->low);
    size_t count = 0;
    for (; (double)at <= scale->high && count < SVG_TICKS; at = latency_round_next(at)) {
        bool decade = at % 10 == 0 || at == 1;
        for (int64_t rest = at; decade && rest > 1; rest /= 10)
            decade = rest % 10 == 0;
        if ((double)at >= scale->low && (within || decade))
            ticks[count++] = at;
    }
    return count;
}

size_t svg_scale_ticks(const struct svg_scale *scale, int64_t ticks[SVG_TICKS])
{
    double step = (double)linear_step(scale->high - scale->low);
    size_t count = 0;
    if (scale->logarithmic)
        return logarithmic_ticks(scale, ticks);
    for (double at = ceil(scale->low / step) * step; at <= scale->high && count < SVG_TICKS;
         at += step)
        ticks[count++] = (int64_t)at;
    return count;
}
