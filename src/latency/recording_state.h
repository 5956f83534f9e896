#ifndef LATENCY_RECORDING_STATE_H
#define LATENCY_RECORDING_STATE_H

#include "latency/latency_recording.h"
#include "ndjson/scratch.h"
#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"

#include <stdbool.h>

/* A recording in a snapshot. Its histograms change all over with every record: they are written
   whole each time, from copies, see group_copies.h. */

/* Copies some groups, in well below a millisecond; true = recording_state_save() has little left to
   do. */
bool recording_state_prepare(struct latency_recording *recording);
/* Adds segments of the roles "recent" and "shelved", a line {"window":NS,"by":[...],"count":...}
   per group. */
void recording_state_save(struct latency_recording *recording, struct snapshot_draft *draft);

/* Appends what is not in the groups, as members ,"name":value. */
void recording_state_write(const struct latency_recording *recording, struct text_buffer *line);
/* Reads these members back. */
bool recording_state_read(struct latency_recording *recording, struct line_fields *fields);

/* The groups, into a recording that was started. */
bool recording_state_restore(struct latency_recording *recording,
                             const struct saved_snapshot *saved, struct error_text *error);

#endif
