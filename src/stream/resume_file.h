#ifndef STREAM_RESUME_FILE_H
#define STREAM_RESUME_FILE_H

#include "cli/diagnostics.h"
#include "state/saved_snapshot.h"

#include <stdbool.h>

/* The positions that a database kept, as its client printed them: lines of JSON as in a snapshot's
   manifest, each with its "step", then {"kind":"end"}. Without that line the query has failed, and
   to begin from nothing would be to write everything twice. */

/* Calls `take` for each line but the last of FILE ("-" = standard input). false: *error says what
   is wrong. STATUS_IO if it cannot be read. */
bool resume_file_each(const char *name, line_taker *take, void *context, struct error_text *error);

#endif
