#ifndef STATE_SNAPSHOT_STORE_H
#define STATE_SNAPSHOT_STORE_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdint.h>

/* A directory with the snapshots of one tool, the lock on it, and the thread that writes them;
   evstate(5) describes the files. One run uses a directory at a time. */
struct snapshot_store;

/* Makes the directory (0700) if it is missing, locks it, removes what an interrupted save left.
   `tool`: static text. NULL: *error says why, *status is STATUS_LOCKED if another run has it, else
   STATUS_STATE. Nothing is read yet: see snapshot_store_load() in saved_snapshot.h. */
struct snapshot_store *snapshot_store_open(const char *directory, const char *tool,
                                           struct error_text *error, enum exit_status *status);

/* Waits for a snapshot that is being written, calls its done()s, gives up the lock. */
void snapshot_store_close(struct snapshot_store *store);

/* The directory as it was named. */
const char *snapshot_store_name(const struct snapshot_store *store);
/* Its descriptor, borrowed. */
int snapshot_store_directory(const struct snapshot_store *store);

/* For the main thread, now and then: calls the done()s of a snapshot that was finished meanwhile.
   false: the snapshot could not be written; *error says why. No further one must be begun. */
bool snapshot_store_poll(struct snapshot_store *store, struct error_text *error);

/* The same, after waiting for the snapshot under way, if there is one. */
bool snapshot_store_wait(struct snapshot_store *store, struct error_text *error);

/* True while a snapshot that was handed over is not finished, or not polled yet. */
bool snapshot_store_busy(const struct snapshot_store *store);

/* Of the snapshots of this run, for --metrics; `bytes` and `rows` are those of all segments that
   the newest snapshot names, its manifest included. */
struct snapshot_figures {
    uint64_t sequence; /* of the newest, also one of an earlier run; 0 = none */
    uint64_t saved;    /* snapshots written by this run */
    uint64_t bytes;    /* on disk */
    uint64_t rows;
    int64_t written_at; /* wall clock ns; 0 = none by this run */
    int64_t duration;   /* ns from hand-over to durable, of the latest */
    int64_t pause;      /* ns that the main thread was kept at a time, at most, of the latest */
    int64_t pause_max;  /* the longest of this run's */
};
/* The next snapshot keeps the main thread for so long, also before it is begun: from begin to
   hand-over is measured anyway. */
void snapshot_store_note_pause(struct snapshot_store *store, int64_t pause);
struct snapshot_figures snapshot_store_figures(const struct snapshot_store *store);

#endif
