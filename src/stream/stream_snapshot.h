#ifndef STREAM_STREAM_SNAPSHOT_H
#define STREAM_STREAM_SNAPSHOT_H

#include "state/memory_bound.h"
#include "state/snapshot_store.h"
#include "stream/counters.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct stream;

/* What a run keeps for --state. Starts zeroed. */
struct stream_snapshot {
    struct snapshot_store *store; /* NULL = none */
    struct memory_bound *bound;   /* --memory; NULL = none; the tool frees it */
    int64_t due;                  /* steady clock ns */
    bool requested;
    bool preparing; /* one is due: stream_snapshot_prepare() is wanted between batches of records */
    struct counters inherited; /* what earlier runs had counted */
};

/* --state: when a run saves, and what it starts from. Without the option all of this does nothing.
   Whatever fails ends the tool with one line and STATUS_STATE, or STATUS_LOCKED. */

/* Inputs, outputs, partitions are open and nothing was read or written: takes the directory, and
   puts everything back as the newest snapshot in it has it. */
void stream_snapshot_restore(struct stream *stream);

/* With the timers: looks after a snapshot under way, begins the next if one is due. */
void stream_snapshot_timer(struct stream *stream);
/* A bit of what the snapshot that is due takes; true = it can be begun. */
bool stream_snapshot_prepare(struct stream *stream);
/* Steady clock ns at which stream_snapshot_timer() has something to do; INT64_MAX = never. */
int64_t stream_snapshot_due(const struct stream *stream);

/* SIGUSR2: the next timer begins one. */
void stream_snapshot_request(struct stream *stream);

/* SIGHUP: other files may stand behind the names of outputs now. Saves that. */
void stream_snapshot_reopened(struct stream *stream);

/* Saves now and returns when it is durable: at the end, on a signal, before SIGHUP. All output is
   flushed first; a reader that is gone ends the tool there, with nothing saved. */
void stream_snapshot_save(struct stream *stream);

/* Gives the directory up. */
void stream_snapshot_close(struct stream *stream);

/* What --memory means, for --explain; nothing without it. */
void stream_explain_memory(const struct stream *stream, FILE *out);

#endif
