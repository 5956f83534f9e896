#ifndef STATE_SNAPSHOT_PARTS_H
#define STATE_SNAPSHOT_PARTS_H

#include "state/segment_list.h"
#include "state/snapshot_draft.h"
#include "state/snapshot_store.h"
#include "state/state_directory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stores and drafts are made of; private to state/snapshot_*.c. */

struct draft_output {
    int descriptor; /* a duplicate */
    char *name;     /* of FILE, whose FILE.committed is published; NULL = none */
    uint64_t length;
};

struct snapshot_draft {
    struct snapshot_store *store;
    uint64_t sequence;
    int64_t begun;      /* steady clock ns */
    int64_t handed;     /* when it was handed over */
    int64_t pause;      /* ns, the longest for which the main thread was kept for it */
    int64_t finished;   /* when it was durable or had failed */
    int64_t written_at; /* wall clock ns */
    struct text_buffer lines;
    struct segment_list segments; /* those kept; at last all that the manifest names */
    struct segment_source *sources;
    size_t source_count;
    struct draft_output *outputs;
    size_t output_count;
    uint64_t bytes; /* of the manifest's file */
    bool fine;
    struct error_text error;
};

struct snapshot_store {
    struct state_directory directory;
    const char *tool;
    uint64_t sequence; /* the greatest number in the directory, of whatever file */
    /* What the newest good snapshot names, and it itself: the thread reads both, the main thread
       changes them only when no draft is under way. */
    struct segment_list segments;
    char manifest[STATE_NAME_SIZE]; /* "" = none */
    struct snapshot_figures figures;
    int64_t pause; /* of the next snapshot so far */
    pthread_t thread;
    bool running; /* the thread was started */
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct snapshot_draft *draft; /* under way; NULL = none */
    bool finished;                /* it is durable or has failed */
    bool stopping;
};

/* Brings the figures up to date with store->segments. */
void snapshot_store_count(struct snapshot_store *store, uint64_t manifest_bytes);

/* Calls the done()s and frees. */
void snapshot_draft_free(struct snapshot_draft *draft);

#endif
