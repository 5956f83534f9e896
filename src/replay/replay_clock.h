#ifndef REPLAY_REPLAY_CLOCK_H
#define REPLAY_REPLAY_CLOCK_H

#include "replay/replay_speed.h"

#include <stdbool.h>
#include <stdint.h>

/* Maps recorded times to the moments at which they are due. All moments are counted from the first
   record, so that what is held up now does not shift what comes later. */
struct replay_clock {
    struct replay_speed speed;
    bool started;
    int64_t first;      /* recorded time of the first record, ns */
    int64_t started_at; /* the moment of the first record: steady clock, ns */
};

void replay_clock_start(struct replay_clock *clock, int64_t first, int64_t steady);

/* The steady time at which a record of that recorded time is due; INT64_MIN = at once. */
int64_t replay_clock_due(const struct replay_clock *clock, int64_t recorded);

#endif
