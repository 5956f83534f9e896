#ifndef WINDOW_SLICED_WINDOWS_H
#define WINDOW_SLICED_WINDOWS_H

#include "window/revision_table.h"
#include "window/slice_list.h"
#include "window/window_journal.h"
#include "window/window_plan.h"

#include <stdbool.h>
#include <stdint.h>

/* Windows of fixed bounds over slices. A record changes one cell, that of its key and slice; a
   window's result is merged from the cells of its slices when it is due. */
struct sliced_windows {
    const struct window_plan *plan;
    /* Where the record before this one belonged: the next one mostly belongs there too. */
    struct placement {
        int64_t from; /* ns: these times are in the slice */
        int64_t to;
        int64_t slice; /* units */
        int64_t first; /* ends of its first and last windows, units */
        int64_t last;
        int64_t first_final; /* ns: when the first one is given up */
        bool none;           /* it lies between windows */
    } placement;
    struct key_table keys;
    struct cell_pool cells;
    struct slice_list slices;
    struct revision_table revisions;
    struct window_journal journal;
    uint64_t version;   /* of the latest change */
    int64_t next_close; /* end of the next window to be written for the first time, units */
    int64_t next_final; /* end of the next window to be given up, units; NO_WINDOW = none */
    int64_t due;        /* W before which there is nothing to write, ns */
    int64_t next_tick;  /* W at which the next updates are due; INT64_MIN = not known yet */
    char *total;        /* states of a merged result */
    bool slides;        /* totals move from window to window instead of being merged each time */
};

void sliced_windows_init(struct sliced_windows *windows, const struct window_plan *plan,
                         uint32_t partition);
void sliced_windows_free(struct sliced_windows *windows);

/* See window_state.h. */
enum window_placed sliced_windows_add(struct sliced_windows *windows, struct window_record *record,
                                      int64_t watermark, int64_t *late_by);
void sliced_windows_advance(struct sliced_windows *windows, int64_t watermark);

/* For restoring, see window_saving.h. When the result of the window of that end is final, ns: */
int64_t sliced_windows_final_time(const struct sliced_windows *windows, int64_t end);
/* There is a slice, whose windows that W has not passed are to be written: */
void sliced_windows_expect(struct sliced_windows *windows, int64_t slice, int64_t watermark);
/* After any change of what is next: */
void sliced_windows_set_due(struct sliced_windows *windows);

#endif
