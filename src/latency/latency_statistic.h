#ifndef LATENCY_LATENCY_STATISTIC_H
#define LATENCY_LATENCY_STATISTIC_H

#include "cli/diagnostics.h"
#include "latency/latency_histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What can be asked of a histogram: avg, min, max, stddev, count, negative and every percentile pN
   or pN.N (up to six decimals). */
struct latency_statistic {
    char name[16];    /* as given: "p99.9" */
    char label[16];   /* for charts: "P99.9" */
    bool time;        /* ns; otherwise a number of records */
    uint32_t percent; /* of a percentile, in millionths of a percent */
    int64_t (*value)(const struct latency_statistic *, const struct latency_histogram *);
};

enum { LATENCY_STATISTICS_MAX = 32 };

struct latency_statistics {
    size_t count;
    struct latency_statistic items[LATENCY_STATISTICS_MAX];
};

/* One name of `length` bytes; false with the reason, which lists the names. */
bool latency_statistic_parse(const char *text, size_t length, struct latency_statistic *statistic,
                             struct error_text *error);

/* "avg,p50,p99.9,max": none twice. */
bool latency_statistics_parse(const char *text, struct latency_statistics *statistics,
                              struct error_text *error);
bool latency_statistics_store(void *target, const char *argument, struct error_text *error);

static inline int64_t latency_statistic_value(const struct latency_statistic *statistic,
                                              const struct latency_histogram *histogram)
{
    return statistic->value(statistic, histogram);
}

#endif
