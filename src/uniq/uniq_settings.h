#ifndef UNIQ_UNIQ_SETTINGS_H
#define UNIQ_UNIQ_SETTINGS_H

#include "cli/options.h"
#include "uniq/recent_keys.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What evuniq's own options say. */
struct uniq_settings {
    const char *key; /* NULL = not given */
    int64_t within;  /* ns; 0 = not given */
    bool refresh;
    bool exact;
    const char *repeats; /* NULL = dropped */
};

extern const struct option_row uniq_rows[];

/* Ends with usage_error() if the options make no sense together; otherwise the rules they mean. */
struct recent_rules uniq_settings_rules(const struct uniq_settings *settings,
                                        const struct command *command);

/* For --explain: what is a repeat, when keys leave the state, what a key costs. */
void uniq_rules_explain(const struct recent_rules *rules, FILE *out);

#endif
