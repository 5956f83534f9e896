#include "state/waiting_count.h"

#include "state/waiting_row.h"

/* Segments that are walked over; with rows of 200 bytes that is about half a millisecond. */
enum { WALKED_SEGMENTS = 4 };

static uint64_t walk(const struct log_segment *segment, int64_t past, uint8_t spent)
{
    uint64_t count = 0;
    for (uint32_t at = 0; at < segment->used;) {
        const struct waiting_row *row = (const struct waiting_row *)(const void *)(segment->memory +
                                                                                   at);
        count += row->time >= past && (row->state & spent) == 0;
        at += (uint32_t)(waiting_row_size(row) + LOG_UNIT - 1) & ~(uint32_t)(LOG_UNIT - 1);
    }
    return count;
}

static uint64_t estimate(const struct log_segment *segment, int64_t past)
{
    double waiting = (double)segment->youngest - (double)past;
    double all = (double)segment->youngest - (double)segment->oldest;
    return (uint64_t)((double)(segment->records - segment->spent) * (waiting / all));
}

uint64_t waiting_count(const struct record_log *log, int64_t past, uint8_t spent)
{
    uint64_t count = 0;
    unsigned walked = 0;
    for (size_t i = 0; i < log->count; i++) {
        const struct log_segment *segment = &log->segments[i];
        if (segment->memory == NULL || segment->records == 0 || segment->youngest < past)
            continue;
        if (segment->oldest >= past)
            count += segment->records - segment->spent;
        else if (segment->slot == 0 && segment->span == 1 && walked++ < WALKED_SEGMENTS)
            count += walk(segment, past, spent);
        else
            count += estimate(segment, past);
    }
    return count;
}
