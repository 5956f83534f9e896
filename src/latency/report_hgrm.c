#include "latency/report_hgrm.h"

#include <inttypes.h>

enum { TICKS_PER_HALF_DISTANCE = 5 };
#define NS_PER_MILLISECOND 1e6

/* The next percentile to print: 5 equal steps from `percent` towards 100 for each halving of what
   is left. HdrHistogram counts the halvings by logarithms; doubling does not depend on libm. */
static double next_percent(double percent)
{
    double halving = 2;
    while (halving <= 100 / (100 - percent))
        halving *= 2;
    return percent + 100 / (TICKS_PER_HALF_DISTANCE * halving);
}

static void add_row(struct text_buffer *out, int64_t highest, double percent, uint64_t seen)
{
    double share = percent / 100;
    text_buffer_add_format(out, "%12.3f %12f %12" PRIu64 " ", (double)highest / NS_PER_MILLISECOND,
                           share, seen);
    if (percent < 100)
        text_buffer_add_format(out, "%12.2f\n", 1 / (1 - share));
    else
        text_buffer_add_format(out, "%12s\n", "inf");
}

static void add_rows(struct text_buffer *out, const struct latency_histogram *histogram)
{
    struct latency_cursor cursor = {0};
    struct latency_bucket bucket;
    double percent = 0;
    uint64_t seen = 0;
    while (latency_histogram_next(histogram, &cursor, &bucket)) {
        seen += bucket.count;
        while (percent <= 100 * (double)seen / (double)histogram->count) {
            if (seen == histogram->count) {
                add_row(out, bucket.highest, percent, seen);
                add_row(out, bucket.highest, 100, seen);
                return;
            }
            add_row(out, bucket.highest, percent, seen);
            percent = next_percent(percent);
        }
    }
}

void report_hgrm(struct text_buffer *out, const struct latency_report *report,
                 const struct report_style *style)
{
    const struct latency_histogram *histogram = report->total;
    int64_t highest = histogram->count == 0 ? 0 : latency_bucket_of(histogram->max).highest;
    (void)style;
    text_buffer_add_format(out, "%12s %12s %12s %12s\n\n", "Value", "Percentile", "TotalCount",
                           "1/(1-Percentile)");
    add_rows(out, histogram);
    text_buffer_add_format(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n",
                           (double)latency_histogram_mean(histogram) / NS_PER_MILLISECOND,
                           latency_histogram_deviation(histogram) / NS_PER_MILLISECOND);
    text_buffer_add_format(out, "#[Max     = %12.3f, Total count    = %12" PRIu64 "]\n",
                           (double)highest / NS_PER_MILLISECOND, histogram->count);
    text_buffer_add_format(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", LATENCY_BUCKETS,
                           LATENCY_SUB_BUCKETS);
}
