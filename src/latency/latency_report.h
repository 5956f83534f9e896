#ifndef LATENCY_LATENCY_REPORT_H
#define LATENCY_LATENCY_REPORT_H

#include "latency/latency_groups.h"
#include "latency/latency_statistic.h"
#include "time/timestamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All that the formats print. Everything is borrowed. */
struct latency_report {
    const char *from; /* the two options as given */
    const char *to;
    const struct latency_statistics *statistics;
    const char *const *by_names; /* groups->value_count of them */
    int64_t window;              /* ns, 0 = no windows */
    int64_t warmup;              /* ns, and the records it left out */
    uint64_t left_out;
    int64_t first; /* smallest and largest source time, ns; first > last without records */
    int64_t last;
    bool interval; /* --every: wall clock of its start and end, ns, and its number from 0 */
    int64_t interval_start;
    int64_t interval_end;
    uint64_t interval_number;
    const struct latency_histogram *total;
    const struct latency_groups *groups; /* sorted */
};

static inline bool latency_report_grouped(const struct latency_report *report)
{
    return report->groups->value_count > 0 || report->window > 0;
}

/* What the source times span, ns; 0 without records. */
static inline int64_t latency_report_span(const struct latency_report *report)
{
    return report->first > report->last ? 0 : time_subtract(report->last, report->first);
}

/* Records per second of that, rounded; 0 if they span none. */
static inline uint64_t latency_report_rate(const struct latency_report *report)
{
    int64_t span = latency_report_span(report);
    int128 scaled = (int128)report->total->count * NS_PER_SECOND;
    return span == 0 ? 0 : (uint64_t)((scaled + span / 2) / span);
}

/* Two runs side by side; ratios are second to first. */
struct latency_run {
    const char *name;
    const struct latency_histogram *histogram;
    const char *from;
    const char *to;
};

struct latency_comparison {
    const struct latency_statistics *statistics;
    struct latency_run runs[2];
};

#endif
