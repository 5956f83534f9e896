#ifndef LATENCY_TEXT_TABLE_H
#define LATENCY_TEXT_TABLE_H

#include "latency/latency_number.h"
#include "latency/report_format.h"

#include <stdbool.h>

/* A line per group of a report (one for the whole run if it has no groups), its columns aligned,
   with a bar for the last latency among the statistics. */
void text_table_add(struct text_buffer *out, const struct latency_report *report,
                    const struct report_style *style, bool heading);

/* A statistic as it stands in a cell: "1.10ms", "1,234", "-" without values. Returns text. */
char *text_table_number(const struct latency_statistic *statistic,
                        const struct latency_histogram *histogram, char text[LATENCY_NUMBER_SIZE]);

/* Ends a line, without blanks before its LF. */
void text_table_end_line(struct text_buffer *out);

#endif
