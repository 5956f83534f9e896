#ifndef STREAM_LOOKUPS_H
#define STREAM_LOOKUPS_H

#include "expression/lookup_table.h"
#include "stream/stream_settings.h"

#include <stdio.h>

/* The tables of --table. */
struct command;

/* Reads them, unless --explain; ends with usage_error() for a specification that is refused, with
   STATUS_USAGE for a broken line, with STATUS_IO for a file that cannot be read. */
struct lookup_tables *lookups_open(const struct stream_settings *settings,
                                   const struct command *command);

/* SIGHUP: reads them again; what is broken leaves the rows as they were, with a message. */
void lookups_reload(struct lookup_tables *tables);

void lookups_explain(const struct lookup_tables *tables, FILE *out);

#endif
