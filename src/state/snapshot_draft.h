#ifndef STATE_SNAPSHOT_DRAFT_H
#define STATE_SNAPSHOT_DRAFT_H

#include "ndjson/text_buffer.h"
#include "state/snapshot_store.h"

#include <stdbool.h>
#include <stdint.h>

/* A snapshot being put together by the main thread between two records. Everything that changes
   later must be copied into it (or be pinned until done()); what is large is made into text on the
   writer thread by fill(). begin ... keep, add, lines ... commit. */
struct snapshot_draft;

/* NULL while the previous one is still being written (snapshot_store_busy()). */
struct snapshot_draft *snapshot_draft_begin(struct snapshot_store *store);

/* Append whole manifest lines here, each {"kind":"...",...} LF, UTF-8, "kind" first. The kinds
   "snapshot", "segment" and "end" are the store's own. */
struct text_buffer *snapshot_draft_lines(struct snapshot_draft *draft);

/* Goes on naming the segments of `role` that the previous snapshot names, in their order, except
   those whose youngest time is below `cutoff` (INT64_MIN keeps all). Segments of a role that is
   neither kept nor added to are dropped. */
void snapshot_draft_keep(struct snapshot_draft *draft, const char *role, int64_t cutoff);

/* A new segment; its rows come behind those kept, and behind those added before, of its role. */
struct segment_source {
    const char *role; /* static text, [a-z-]+, at most SEGMENT_ROLE_SIZE - 1 long */
    int64_t youngest; /* event time ns for later keeps; INT64_MAX = never dropped by time */
    void *context;
    /* On the writer thread: appends some whole lines (about 256 KiB, {...} LF each) to *out and
       their number to *rows; returns false when these were the last. Must not touch what the main
       thread may change. `out` is emptied between the calls. */
    bool (*fill)(void *context, struct text_buffer *out, uint64_t *rows);
    /* On the main thread, in snapshot_store_poll(), snapshot_draft_commit() or
       snapshot_store_close(), once the snapshot is durable or has failed: unpin, free. NULL =
       nothing to do. */
    void (*done)(void *context);
};
enum { SEGMENT_ROLE_SIZE = 32 };

/* A segment without a line is not written. */
void snapshot_draft_add(struct snapshot_draft *draft, const struct segment_source *source);

/* The same with lines already made; takes the buffer's memory over and leaves it empty. */
void snapshot_draft_add_text(struct snapshot_draft *draft, const char *role, int64_t youngest,
                             struct text_buffer *lines, uint64_t rows);

/* An output file whose length a line of this manifest names: it is fdatasync'ed before the manifest
   is written. `descriptor` is duplicated. `name` not NULL: once the snapshot is durable, the file
   NAME.committed is replaced by one line {"length":LENGTH,"device":...,"inode":...} (see
   committed_length.h). */
void snapshot_draft_output(struct snapshot_draft *draft, int descriptor, const char *name,
                           uint64_t length);

/* Hands the draft to the writer thread, which owns it from now on. `wait`: returns when it is
   durable, false and *error if that failed; without it always true, snapshot_store_poll() tells. */
bool snapshot_draft_commit(struct snapshot_draft *draft, bool wait, struct error_text *error);

#endif
