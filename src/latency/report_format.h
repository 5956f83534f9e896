#ifndef LATENCY_REPORT_FORMAT_H
#define LATENCY_REPORT_FORMAT_H

#include "latency/latency_report.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>

/* How wide text may be, and whether it may use block characters. */
struct report_style {
    bool unicode;
    unsigned width; /* columns */
};

typedef void report_writer(struct text_buffer *out, const struct latency_report *report,
                           const struct report_style *style);
typedef void comparison_writer(struct text_buffer *out, const struct latency_comparison *comparison,
                               const struct report_style *style);

/* A further format is a further row. Every writer appends whole lines. */
struct report_format {
    const char *name;
    report_writer *write;
    report_writer *write_interval;       /* of --every; NULL = the format has no intervals */
    bool whole_at_end;                   /* the whole run follows the last interval */
    comparison_writer *write_comparison; /* NULL = not with --compare */
};

extern const struct report_format report_formats[]; /* ended by a NULL name */
extern const char *const report_format_names[];     /* the same order, ended by NULL */

#endif
