#ifndef WINDOW_WINDOW_STATE_H
#define WINDOW_WINDOW_STATE_H

#include "window/window_plan.h"

/* The open windows of one partition. */
struct window_state;

struct window_state *window_state_new(const struct window_plan *plan, uint32_t partition);
void window_state_free(struct window_state *state);

/* A record, after window_state_advance() to the watermark that it raised. If it is late or partly
   late, *late_by is by how many ns more the watermark would have had to lag for it to be neither.
 */
enum window_placed window_state_add(struct window_state *state, struct window_record *record,
                                    int64_t watermark, int64_t *late_by);
/* The watermark has risen: everything that is due is handed to the sink, by (end, start, key). */
void window_state_advance(struct window_state *state, int64_t watermark);
/* Fetches what a key of that hash will need. */
void window_state_prefetch(const struct window_state *state, uint64_t hash);
/* The number of the key whose text came lately; UINT32_MAX = not known. Holds as long as
   window_state_removals() stays. */
uint32_t window_state_recall(struct window_state *state, struct json_slice text);
uint32_t window_state_removals(const struct window_state *state);
/* Results that are not final yet, roughly: one per key and slice, or session. */
uint64_t window_state_open(const struct window_state *state);

/* For window_snapshots.h; see window_saving.h. What changed since it was written, until the save is
   full; false = not all of it. */
struct window_save;
struct window_line;
bool window_state_save(struct window_state *state, struct window_save *save);
/* How many changes there are to be saved. */
size_t window_state_pending(const struct window_state *state);
/* What is older than save->since of the keys from number *key on, until the save is full; false =
   the last key was done. */
bool window_state_rewrite(struct window_state *state, uint32_t *key, struct window_save *save);
/* Bytes that all lines would have if everything was written anew, roughly. */
uint64_t window_state_size(const struct window_state *state);
bool window_state_restore(struct window_state *state, const struct window_line *line,
                          uint64_t number, int64_t watermark);
void window_state_restored(struct window_state *state, int64_t watermark);
/* W at which the next updates are due; INT64_MIN = not known. */
int64_t window_state_tick(const struct window_state *state);
void window_state_set_tick(struct window_state *state, int64_t tick);

#endif
