#ifndef STATE_SEGMENT_WRITER_H
#define STATE_SEGMENT_WRITER_H

#include "state/segment_list.h"
#include "state/snapshot_draft.h"
#include "state/state_directory.h"

#include <stdbool.h>

/* Writes what the source fills in as segment->file, compressed and synced, and completes *segment
   (rows, sizes, checksum). segment->rows 0: there was nothing, and no file. */
bool segment_write_file(const struct state_directory *directory,
                        const struct segment_source *source, struct segment *segment,
                        struct error_text *error);

/* Writes segments of one role, one behind the other, as one file joined->file: their compressed
   frames are copied as they are. The parts' checksums are verified on the way, lest damage be given
   a good one. Completes *joined but for its role and tier. */
bool segment_join_files(const struct state_directory *directory, const struct segment *parts,
                        size_t count, struct segment *joined, struct error_text *error);

#endif
