#include "replay/replay_clock.h"

#include "time/timestamp.h"

void replay_clock_start(struct replay_clock *clock, int64_t first, int64_t steady)
{
    clock->started = true;
    clock->first = first;
    clock->started_at = steady;
}

int64_t replay_clock_due(const struct replay_clock *clock, int64_t recorded)
{
    if (clock->speed.factor == 0)
        return INT64_MIN;
    return time_add(clock->started_at,
                    replay_speed_scale(clock->speed, time_subtract(recorded, clock->first)));
}
