#ifndef STATE_LOG_SNAPSHOT_H
#define STATE_LOG_SNAPSHOT_H

#include "ndjson/text_buffer.h"
#include "state/snapshot_draft.h"
#include "state/waiting_row.h"

#include <stdint.h>

/* What a snapshot takes of logs of waiting rows: the rows appended since the snapshot before, as
   one segment. The writer thread makes their lines straight from the logs' memory, which is pinned
   until then; the main thread only notes where they stand. */
struct log_snapshot;

/* Appends what is told of a row, from its "time" on, whole members with a comma before each.
   Called on the writer thread: of the row it must look at nothing that changes while it waits
   (flags, link). */
typedef void row_writer(const struct waiting_row *row, struct text_buffer *out);

struct log_snapshot *log_snapshot_begin(const char *role, row_writer *write);

/* The rows of a log from position *saved on, which becomes the log's tail. The manifest gets
   {"kind":"log","role":ROLE,"p":PARTITION,"tail":POSITION}. */
void log_snapshot_take(struct log_snapshot *snapshot, struct snapshot_draft *draft,
                       uint32_t partition, struct record_log *log, uint64_t *saved);

/* Hands all that was taken to the draft. Lines: {"p":PARTITION,"at":POSITION,...}. */
void log_snapshot_end(struct log_snapshot *snapshot, struct snapshot_draft *draft);

/* A manifest line of that kind; false: it is none. */
struct saved_tail {
    uint64_t partition;
    uint64_t tail;
};
bool saved_tail_read(struct saved_tail *saved, const char *line, size_t length,
                     struct text_buffer *role);

#endif
