#ifndef WINDOW_WINDOW_SAVING_H
#define WINDOW_WINDOW_SAVING_H

#include "window/session_windows.h"
#include "window/sliced_windows.h"
#include "window/window_journal.h"
#include "window/window_line.h"

/* Both kinds of windows to lines and back; window_snapshots.h puts them together. */

/* What changed since it was written, until the save is full; false = not all of it. */
bool sliced_windows_save(struct sliced_windows *windows, struct window_save *save);
bool session_windows_save(struct session_windows *windows, struct window_save *save);

/* What is kept of a key, but what was written anew since save->since. What is too large for one
   line goes on as a change. */
void sliced_windows_rewrite(struct sliced_windows *windows, uint32_t key, struct window_save *save);
void session_windows_rewrite(struct session_windows *windows, uint32_t key,
                             struct window_save *save);

/* A line of save `number`, in the order written. What W has closed for good is passed over. false =
   it does not fit the plan, or what came before. */
bool sliced_windows_restore(struct sliced_windows *windows, const struct window_line *line,
                            uint64_t number, int64_t watermark);
bool session_windows_restore(struct session_windows *windows, const struct window_line *line,
                             uint64_t number);
/* After the last line. */
void sliced_windows_restored(struct sliced_windows *windows, int64_t watermark);
void session_windows_restored(struct session_windows *windows, int64_t watermark);

#endif
