#ifndef STATE_SEGMENT_TEXT_H
#define STATE_SEGMENT_TEXT_H

#include "state/snapshot_draft.h"

/* Lines already made as a segment's source: sets context, fill and done. Takes the buffer's memory
   over and leaves it empty. */
void segment_text_source(struct segment_source *source, struct text_buffer *lines, uint64_t rows);

#endif
