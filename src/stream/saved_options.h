#ifndef STREAM_SAVED_OPTIONS_H
#define STREAM_SAVED_OPTIONS_H

#include "cli/options.h"
#include "ndjson/text_buffer.h"
#include "state/saved_snapshot.h"

#include <stdbool.h>

/* The options that change what results mean (all but OPTION_NEUTRAL), as they were given: a
   snapshot is only good for a run with the same. An argument that is the default counts as not
   given. */

/* Appends {"kind":"option","name":"within","value":"2m"} lines; a flag has no value. */
void saved_options_write(const struct given_options *given, struct text_buffer *lines);

/* false: *error names the first difference ("... was made with --within 2m, not 5m"). `directory`:
   of the state, for the message. */
bool saved_options_check(const struct given_options *given, const struct saved_snapshot *saved,
                         const char *directory, struct error_text *error);

#endif
