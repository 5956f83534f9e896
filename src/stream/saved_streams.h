#ifndef STREAM_SAVED_STREAMS_H
#define STREAM_SAVED_STREAMS_H

#include "ndjson/text_buffer.h"
#include "state/saved_snapshot.h"

#include <stdbool.h>

struct stream;

/* Counters, partitions with their W, and the streams in them, in a snapshot's manifest. */

/* Appends the lines of kinds "counters", "partition" and "stream". */
void saved_streams_write(const struct stream *stream, struct text_buffer *lines);

/* Into a run that has read nothing. A stream whose input ended is open again if this run has such
   an input, and has ended if not; one that control records ended stays ended. */
bool saved_streams_read(struct stream *stream, const struct saved_snapshot *saved,
                        struct error_text *error);

#endif
