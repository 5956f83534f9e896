#ifndef JOIN_JOIN_SETTINGS_H
#define JOIN_JOIN_SETTINGS_H

#include "cli/option_values.h"
#include "cli/options.h"
#include "join/join_output.h"
#include "join/join_rules.h"
#include "time/time_range.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What evjoin's own options say. */
struct join_settings {
    const char *left; /* NULL = not given */
    const char *right;
    const char *key;
    const char *left_key;
    const char *right_key;
    struct time_range within;
    struct time_range timeout; /* --timeout D as a range */
    struct choice kind;        /* enum join_kind */
    struct choice keep;        /* enum left_keep */
    bool once;
    const char *match;
    const char *names;
    bool flat;
    int64_t every; /* ns, 0 = every record by itself */
};

extern const struct join_settings join_settings_default;
extern const struct option_row join_rows[];

/* Ends with usage_error() if the options make no sense together; otherwise the rules they mean. */
struct join_rules join_settings_rules(const struct join_settings *settings,
                                      const struct command *command);

enum output_shape join_settings_shape(const struct join_settings *settings);

/* The range that is not bounded on either side. */
bool join_rules_timeless(const struct join_rules *rules);

/* For --explain: when rows leave the state, in what order results come, what an exit loses. */
void join_rules_explain(const struct join_rules *rules, int64_t delay, bool durable, FILE *out);

#endif
