#ifndef REPLAY_RECORDING_H
#define REPLAY_RECORDING_H

#include <stdint.h>

/* What was seen of a recording while it was played, and from that: after what time it begins anew
   when it is played in a loop. Starts zeroed. */
struct recording {
    uint64_t count;
    int64_t earliest; /* event times, ns */
    int64_t latest;
};

void recording_note(struct recording *recording, int64_t time);

/* From the earliest record to the latest, and the mean distance of two records on top: the first
   record of the next pass follows the last one like any other. 0 for less than two records. */
int64_t recording_period(const struct recording *recording);

#endif
