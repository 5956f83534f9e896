#ifndef WINDOW_WINDOW_SNAPSHOTS_H
#define WINDOW_WINDOW_SNAPSHOTS_H

#include "cli/diagnostics.h"
#include "state/line_list.h"
#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"
#include "window/window_state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The windows of all partitions in snapshots. Each save is a segment of the cells that changed
   since the one before (those that grow: of what was added), told apart by its number, which is
   what the manifest calls its `youngest` time. When the segments hold more than twice what lives,
   everything is written anew, a little with each save, so that the time a save takes depends on
   what changed; after that the segments from before are dropped.

   How long a save holds the stream up must not depend even on that. So when one is due, lines are
   made bit by bit while records go on coming, before the moment that the snapshot is of: a cell
   that changes once more gets a further line in the same save, and of two lines the later one
   counts. Each bit takes more cells off the list than records put there meanwhile, so that at the
   moment itself there is nothing left to do. No cell is copied, no other thread looks at one, and
   no record that comes must ask whether its cell is being saved. The price is that the snapshot is
   of a moment a little later, and that some cells are written twice. Where most cells change with
   each batch of records, the last bit is as large as all of these. */
struct window_snapshots {
    const struct window_plan *plan;
    uint64_t at_once;   /* bytes that a save writes anew at least, while it does */
    uint64_t spare;     /* bytes that segments may hold beyond twice what lives */
    size_t step;        /* bytes of lines that are made at a time */
    uint64_t number;    /* of the latest save, from 1 */
    uint64_t needed;    /* nothing of the saves before this one is needed */
    uint64_t reading;   /* save whose lines are being read back */
    uint64_t since;     /* 0, or: what was not written anew since this save is being so */
    uint32_t partition; /* where that goes on */
    uint32_t key;       /* number */
    struct begun_save {
        bool begun;
        struct line_list lines;
        uint64_t rows;
        uint64_t rewritten; /* bytes of lines that were written anew */
        uint64_t changed;   /* lines of cells that had changed */
        uint64_t at_first;  /* cells that had changed when it began */
        size_t step;        /* as above, at first */
        size_t vain;        /* steps that left no less to do */
        size_t pending;     /* changes there were before the latest */
    } save;
    struct saved_window_bytes {
        uint64_t number;
        uint64_t bytes;
    } * kept; /* saves from `needed` on */
    size_t kept_count;
    size_t kept_capacity;
};

/* The windows of a run, by partition. */
struct window_states {
    const struct window_plan *plan;
    struct window_state **items;
    uint32_t count;
};

/* The state of a partition, made if it is not there. */
struct window_state *window_states_of(struct window_states *states, uint32_t partition);
void window_states_free(struct window_states *states);

void window_snapshots_init(struct window_snapshots *snapshots, const struct window_plan *plan);
void window_snapshots_free(struct window_snapshots *snapshots);

/* Makes some lines of the next save, in well below a millisecond; true = nothing is left but what
   changes from now on. */
bool window_snapshots_prepare(struct window_snapshots *snapshots, struct window_states *states);
/* The lines of the next save, prepared or not, in *out, which is empty; returns their number, 0 =
   there is nothing to save. */
uint64_t window_snapshots_write(struct window_snapshots *snapshots, struct window_states *states,
                                struct line_list *out);
/* A line as it was written, in order, `number` and `needed` being those of the latest save; false =
   not one. Lines that are not needed may be among them: segments are joined now and then. */
/* W of each partition when the latest save was made. */
struct window_watermarks {
    int64_t (*of)(void *context, uint32_t partition);
    void *context;
    uint32_t partitions; /* how many there are */
};
bool window_snapshots_read(struct window_snapshots *snapshots, struct window_states *states,
                           const struct window_watermarks *watermarks, const char *line,
                           size_t length);
/* After the last line. */
void window_snapshots_end(struct window_states *states, const struct window_watermarks *watermarks);

/* The same for a draft and a snapshot read back. */
void window_snapshots_save(struct window_snapshots *snapshots, struct window_states *states,
                           struct snapshot_draft *draft);
bool window_snapshots_restore(struct window_snapshots *snapshots, struct window_states *states,
                              const struct window_watermarks *watermarks,
                              struct saved_snapshot *saved, struct error_text *error);

#endif
