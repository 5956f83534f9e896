#ifndef LATENCY_REPORT_TEXT_H
#define LATENCY_REPORT_TEXT_H

#include "latency/report_format.h"

/* For people: what was measured, the statistics and how the values are spread as bars, then a line
   per group. Times are UTC, latencies have three digits and a unit. */
report_writer report_text;

/* One line per interval (and group), a heading before every twentieth. */
report_writer report_text_interval;

/* Both runs under each other per statistic, as bars of one scale, with the ratio. */
comparison_writer report_text_comparison;

#endif
