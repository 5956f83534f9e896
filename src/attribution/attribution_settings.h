#ifndef ATTRIBUTION_ATTRIBUTION_SETTINGS_H
#define ATTRIBUTION_ATTRIBUTION_SETTINGS_H

#include "attribution/attribution.h"
#include "cli/option_values.h"
#include "cli/options.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What evattr's own options say. */
struct attribution_settings {
    const char *key;
    const char *touch; /* NULL = not given, as with the others */
    const char *conversion;
    struct time_range within;
    struct credit_model model;
    const char *priority;
    const char *touch_id;
    const char *id;
    const char *value;
    uint64_t digits;
    struct choice reuse;    /* 0 = yes */
    struct choice emission; /* enum emission */
    bool credits;
};

extern const struct attribution_settings attribution_settings_default;
extern const struct option_row attribution_option_rows[];

/* Ends with usage_error() if the options make no sense together; otherwise the rules they mean. */
struct attribution_rules attribution_settings_rules(const struct attribution_settings *settings,
                                                    const struct command *command);

/* For --explain. */
void attribution_rules_explain(const struct attribution_rules *rules, int64_t delay, bool durable,
                               FILE *out);

#endif
