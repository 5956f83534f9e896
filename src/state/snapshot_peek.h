#ifndef STATE_SNAPSHOT_PEEK_H
#define STATE_SNAPSHOT_PEEK_H

#include "state/saved_snapshot.h"

#include <stdbool.h>

/* Looks into a directory of --state without the lock, while a run may be using it: calls `take` for
   each line of that kind in each manifest that is whole (its segments are not looked at: which
   snapshot a run would start from is not known, so what is asked should hold for all of them).
   `manifests` gets their number, 0 = there is no snapshot. false: *error says what cannot be read.
 */
bool snapshot_peek(const char *directory, const char *kind, line_taker *take, void *context,
                   size_t *manifests, struct error_text *error);

#endif
