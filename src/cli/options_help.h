#ifndef CLI_OPTIONS_HELP_H
#define CLI_OPTIONS_HELP_H

#include "cli/option_table.h"

#include <stdio.h>

/* The text of --help: usage, summary, the examples, the common options in the contract's order, the
   others by group; at most 100 columns wide unless a row's own words are longer. */
void options_help_write(const struct command *command, const struct option_table *table, FILE *out);

/* The text of --version. */
void options_version_write(const struct command *command, FILE *out);

#endif
