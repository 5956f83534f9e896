#ifndef STATE_SNAPSHOT_SAVE_H
#define STATE_SNAPSHOT_SAVE_H

#include "state/snapshot_parts.h"

#include <stdbool.h>

/* On the writer thread: makes the draft durable. In this order: output files synced; segments
   written and joined, each synced and then renamed; the directory synced; the manifest likewise;
   FILE.committed; what no manifest that stays names is removed. draft->segments is what the
   manifest names, draft->bytes its own size. A power cut leaves this snapshot whole or the previous
   one. */
bool snapshot_save(const struct snapshot_store *store, struct snapshot_draft *draft,
                   struct error_text *error);

#endif
