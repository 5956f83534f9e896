#ifndef ATTRIBUTION_ATTRIBUTION_STATE_H
#define ATTRIBUTION_ATTRIBUTION_STATE_H

#include "attribution/attribution.h"
#include "state/log_marks.h"
#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"

#include <stdbool.h>
#include <stddef.h>

/* What --state keeps of attributions, one per partition: segments of rows, in the roles `touches`
   and `conversions`, and of what became of them later, `touches-marks` (used up) and
   `conversions-marks` (how often they came out); evstate(5). Starts zeroed. */
struct attribution_state {
    struct log_marks touches;
    struct log_marks conversions;
};
void attribution_state_free(struct attribution_state *state);

/* One that is going to be saved; before its first row. `state` must stay where it is. */
void attribution_state_add(struct attribution_state *state, struct attribution *attribution,
                           uint32_t partition);

/* What came since the snapshot before; what is past in all partitions is dropped. */
void attribution_state_save(struct attribution_state *state,
                            struct attribution *const *attributions, size_t count,
                            struct snapshot_draft *draft);

/* Into attributions without rows, whose watermark is what it was. false: *error. */
bool attribution_state_restore(struct attribution *const *attributions, size_t count,
                               const struct saved_snapshot *saved, struct error_text *error);

#endif
