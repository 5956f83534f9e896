#ifndef STREAM_POSITIONS_H
#define STREAM_POSITIONS_H

#include "ndjson/text_buffer.h"
#include "state/saved_snapshot.h"

#include <stdbool.h>

struct stream;

/* How far each input was consumed, in a snapshot's manifest. */

/* Appends the lines of kinds "input" and "kafka". */
void positions_save(struct stream *stream, struct text_buffer *lines);

/* Moves the inputs, which are open, to where the snapshot left them. `saved` NULL = there is none.
   false: *error says which input does not fit (STATUS_STATE). */
bool positions_restore(struct stream *stream, struct saved_snapshot *saved,
                       struct error_text *error);

#endif
