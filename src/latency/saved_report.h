#ifndef LATENCY_SAVED_REPORT_H
#define LATENCY_SAVED_REPORT_H

#include "cli/diagnostics.h"
#include "latency/latency_histogram.h"

#include <stdbool.h>
#include <stddef.h>

/* The whole run of a report that was written as JSON. */
struct saved_report {
    struct latency_histogram histogram;
    char *from; /* the report's own */
    char *to;
};

/* Reads FILE ("-" = standard input): its last line that is not blank, or all of it if it is one
   object over several lines. false with the reason: unreadable, no report, or a histogram that
   contradicts itself. */
bool saved_report_read(struct saved_report *report, const char *name, struct error_text *error);

/* The same from memory. */
bool saved_report_parse(struct saved_report *report, const char *bytes, size_t length,
                        struct error_text *error);

void saved_report_free(struct saved_report *report);

#endif
