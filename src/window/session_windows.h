#ifndef WINDOW_SESSION_WINDOWS_H
#define WINDOW_SESSION_WINDOWS_H

#include "window/deadline_heap.h"
#include "window/window_journal.h"
#include "window/window_plan.h"

#include <stddef.h>
#include <stdint.h>

/* Sessions: events of a key that follow each other by at most the gap. A session ends at its last
   event + gap and closes when W has passed that. With a longest length, an event that would make
   its session longer than that begins a new one. */
struct session_windows {
    const struct window_plan *plan;
    struct key_table keys;
    struct cell_pool cells;
    struct deadline_heap deadlines;
    struct due_session {
        int64_t time; /* at which it was due */
        struct cell *cell;
        bool final;
    } * due; /* written together, in order */
    size_t due_count;
    size_t due_capacity;
    struct window_journal journal;
    uint64_t absorbed; /* cells in use that are not sessions any more */
    uint64_t version;
    int64_t next_tick; /* W at which the next updates are due; INT64_MIN = not known yet */
};

void session_windows_init(struct session_windows *windows, const struct window_plan *plan,
                          uint32_t partition);
void session_windows_free(struct session_windows *windows);

/* See window_state.h. */
enum window_placed session_windows_add(struct session_windows *windows,
                                       struct window_record *record, int64_t watermark,
                                       int64_t *late_by);
void session_windows_advance(struct session_windows *windows, int64_t watermark);

/* For restoring, see window_saving.h. The least W at which a session is closed, or given up, ns: */
int64_t session_windows_due_time(const struct session_windows *windows, const struct cell *cell,
                                 bool final);
/* A session waits for that: */
void session_windows_expect(struct session_windows *windows, struct cell *cell, bool final);
/* It is no more: */
void session_windows_give_up(struct session_windows *windows, struct cell *cell);

#endif
