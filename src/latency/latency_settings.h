#ifndef LATENCY_LATENCY_SETTINGS_H
#define LATENCY_LATENCY_SETTINGS_H

#include "cli/option_values.h"
#include "cli/options.h"
#include "latency/latency_assertion.h"
#include "latency/latency_statistic.h"
#include "latency/report_format.h"

#include <stdbool.h>
#include <stdint.h>

/* What the options of evlatency alone say. Starts as latency_settings_default. */
struct latency_settings {
    const char *from; /* EXPR[:UNIT] */
    const char *to;   /* the same, or "now" */
    const char *by;   /* LIST, NULL = none */
    int64_t window;   /* ns, 0 = none */
    int64_t warmup;
    int64_t every;
    bool cumulative;
    struct latency_statistics statistics; /* count 0 = the default of report or comparison */
    struct choice format;
    struct text_list asserted; /* texts; latency_settings_check() parses them */
    struct latency_assertion *assertions;
    bool compare;
    const char *names; /* "A,B" */
    bool pass;
    const char *out; /* the report's file, NULL = standard output, or error with pass */
};

extern const struct latency_settings latency_settings_default;
extern const struct option_row latency_rows[]; /* base = a struct latency_settings */

/* What no single option can tell; false with the reason. Fills in statistics and assertions. */
bool latency_settings_check(struct latency_settings *settings, int operand_count,
                            struct error_text *error);

const struct report_format *latency_settings_format(const struct latency_settings *settings);

#endif
