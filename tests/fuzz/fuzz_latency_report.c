#include "latency/latency_report.h"
#include "latency/report_json.h"
#include "latency/saved_report.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A report that was read is written as one that reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct saved_report saved;
    struct saved_report again;
    struct text_buffer out = {0};
    struct latency_groups groups = {0};
    struct latency_statistics statistics;
    if (!saved_report_parse(&saved, (const char *)bytes, size, NULL))
        return 0;
    latency_statistics_parse("avg,p50,p99.9,max,stddev,count", &statistics, NULL);
    struct latency_report report = {.from = saved.from,
                                    .to = saved.to,
                                    .statistics = &statistics,
                                    .first = 1,
                                    .total = &saved.histogram,
                                    .groups = &groups};
    report_json(&out, &report, NULL);
    if (!saved_report_parse(&again, out.bytes, out.length, NULL) ||
        again.histogram.count != saved.histogram.count ||
        again.histogram.negative != saved.histogram.negative ||
        again.histogram.sum != saved.histogram.sum || strcmp(again.from, saved.from) != 0)
        abort();
    saved_report_free(&saved);
    saved_report_free(&again);
    text_buffer_free(&out);
    return 0;
}
