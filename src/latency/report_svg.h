#ifndef LATENCY_REPORT_SVG_H
#define LATENCY_REPORT_SVG_H

#include "latency/report_format.h"

/* One picture that needs nothing else: no script, no font, no network. */
report_writer report_svg;
comparison_writer report_svg_comparison;

/* "from .event_time_ns to now" and the like: the lines under a picture's title. Each is appended
   with a final NUL. */
void report_describe(struct text_buffer *out, const struct latency_report *report);
void report_describe_records(struct text_buffer *out, const struct latency_report *report);
void report_describe_run(struct text_buffer *out, const struct latency_run *run);

#endif
