#ifndef LATENCY_REPORT_CSV_H
#define LATENCY_REPORT_CSV_H

#include "latency/report_format.h"

/* RFC 4180 with LF: a heading, then one line per group (or one for the whole run). Columns: the
   --by names, window_start, then STATISTIC_latency_ms in milliseconds
   (latency_number_milliseconds), or the statistic's name for a number of records. Strings stand as
   their text, null as nothing, arrays as JSON. */
report_writer report_csv;

/* The same with interval_start and interval_end in front; the heading only before the first. */
report_writer report_csv_interval;

#endif
