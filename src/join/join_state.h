#ifndef JOIN_JOIN_STATE_H
#define JOIN_JOIN_STATE_H

#include "join/interval_join.h"
#include "state/log_marks.h"
#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"

#include <stdbool.h>
#include <stddef.h>

/* What --state keeps of joins, one per partition: segments of rows, in the roles `left` and
   `right`, and of what became of rows later, `left-marks` and `right-marks`; evstate(5). Starts
   zeroed. */
struct join_state {
    struct log_marks marks[2];
};
void join_state_free(struct join_state *state);

/* A join that is going to be saved; before its first row. `state` must stay where it is. */
void join_state_add(struct join_state *state, struct interval_join *join, uint32_t partition);

/* What came since the snapshot before; what is past in all partitions is dropped. */
void join_state_save(struct join_state *state, struct interval_join *const *joins, size_t count,
                     struct snapshot_draft *draft);

/* Into joins without rows, whose watermark is what it was. false: *error. */
bool join_state_restore(struct interval_join *const *joins, size_t count,
                        const struct saved_snapshot *saved, struct error_text *error);

#endif
