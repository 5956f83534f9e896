#ifndef STREAM_OUTPUT_LENGTHS_H
#define STREAM_OUTPUT_LENGTHS_H

#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"

#include <stdbool.h>

struct stream;

/* How long --out, --late, --reject and the tool's own files were when a snapshot was taken. */

/* Everything was flushed: appends the lines of kind "output" to the draft, and hands the files to
   snapshot_draft_output(). */
void output_lengths_save(struct stream *stream, struct snapshot_draft *draft);

/* Before anything is written: cuts the files, which are open, back to what the snapshot names; to
   nothing where `saved` is NULL. false: *error says which file is shorter (STATUS_STATE). */
bool output_lengths_restore(struct stream *stream, struct saved_snapshot *saved,
                            struct error_text *error);

/* Makes sure that the files, which may be new, keep their names through a power cut: a snapshot
   that names their lengths is worth nothing without them. false: *error. */
bool output_lengths_sync_names(struct stream *stream, struct error_text *error);

#endif
