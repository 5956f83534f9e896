#include "replay/recording.h"

#include "time/timestamp.h"

void recording_note(struct recording *recording, int64_t time)
{
    if (recording->count == 0 || time < recording->earliest)
        recording->earliest = time;
    if (recording->count == 0 || time > recording->latest)
        recording->latest = time;
    recording->count++;
}

int64_t recording_period(const struct recording *recording)
{
    if (recording->count < 2)
        return 0;
    int64_t span = time_subtract(recording->latest, recording->earliest);
    return time_add(span, span / (int64_t)(recording->count - 1));
}
