#include "time/watermark.h"

#include "cli/diagnostics.h"
#include "time/timestamp.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 4 };

void watermark_init(struct watermark *watermark, int64_t delay)
{
    *watermark = (struct watermark){
        .delay = delay, .current = WATERMARK_UNDEFINED, .holder = SIZE_MAX};
}

void watermark_free(struct watermark *watermark)
{
    free(watermark->streams);
    watermark->streams = NULL;
    watermark->count = watermark->capacity = 0;
}

static bool raise_to(struct watermark *watermark, int64_t time)
{
    if (time <= watermark->current)
        return false;
    watermark->current = time;
    return true;
}

/* Finds the minimum anew. A linear search: only a change at the holder asks for it, which among N
   streams is every N-th record. */
static bool recompute(struct watermark *watermark)
{
    int64_t minimum = INT64_MAX;
    size_t ended = 0;

    watermark->holder = SIZE_MAX;
    for (size_t i = 0; i < watermark->count; i++) {
        const struct watermark_stream *stream = &watermark->streams[i];
        bool seen = stream->maximum != INT64_MIN;
        ended += stream->ended;
        if (stream->ended || stream->idle || (!seen && !stream->awaited))
            continue;
        if (watermark->holder == SIZE_MAX || stream->maximum < minimum) {
            minimum = stream->maximum;
            watermark->holder = i;
        }
    }
    if (watermark->count && ended == watermark->count)
        return !watermark->expecting && raise_to(watermark, WATERMARK_END);
    if (watermark->holder == SIZE_MAX)
        return false;
    /* An awaited stream that was not seen has the maximum INT64_MIN, which stays "undefined". */
    return raise_to(watermark, time_subtract(minimum, watermark->delay));
}

size_t watermark_add_stream(struct watermark *watermark, bool awaited)
{
    if (watermark->count == watermark->capacity) {
        watermark->capacity = watermark->capacity ? 2 * watermark->capacity : FIRST_CAPACITY;
        watermark->streams = reallocate(watermark->streams,
                                        watermark->capacity * sizeof(*watermark->streams));
    }
    watermark->streams[watermark->count] = (struct watermark_stream){.maximum = INT64_MIN,
                                                                     .awaited = awaited};
    if (awaited && watermark->current == WATERMARK_UNDEFINED)
        watermark->holder = watermark->count;
    return watermark->count++;
}

bool watermark_observe(struct watermark *watermark, size_t stream, int64_t time)
{
    struct watermark_stream *seen = &watermark->streams[stream];
    if (time <= seen->maximum && !seen->idle)
        return false;

    bool joins = seen->idle || seen->maximum == INT64_MIN;
    seen->idle = false;
    if (time > seen->maximum)
        seen->maximum = time;
    if (!joins && watermark->holder != stream)
        return false;
    /* Nearly always there is but one, and each record of it asks. */
    if (watermark->count == 1 && !seen->ended) {
        watermark->holder = stream;
        return raise_to(watermark, time_subtract(seen->maximum, watermark->delay));
    }
    return recompute(watermark);
}

bool watermark_set_idle(struct watermark *watermark, size_t stream)
{
    if (watermark->streams[stream].idle)
        return false;
    watermark->streams[stream].idle = true;
    return recompute(watermark);
}

bool watermark_end_stream(struct watermark *watermark, size_t stream)
{
    watermark->streams[stream].ended = true;
    return recompute(watermark);
}

void watermark_restore_stream(struct watermark *watermark, size_t stream, int64_t maximum,
                              bool idle, bool ended)
{
    struct watermark_stream *restored = &watermark->streams[stream];
    restored->maximum = maximum;
    restored->idle = idle;
    restored->ended = ended;
}

void watermark_restored(struct watermark *watermark)
{
    watermark->expecting = true;
    recompute(watermark);
}

bool watermark_raise(struct watermark *watermark, int64_t time)
{
    return raise_to(watermark, time);
}
