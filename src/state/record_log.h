#ifndef STATE_RECORD_LOG_H
#define STATE_RECORD_LOG_H

#include <stddef.h>
#include <stdint.h>

/* What waits in memory, in arrival order: an append-only log of segments, each 2 MiB in one huge
   page. A segment whose youngest record is past is given back and used again, so that in a steady
   stream the log is a ring that takes no memory from the system. Contents are position-independent:
   a sealed segment can be written to disk and read back as it is.

   A position counts units of LOG_UNIT bytes since the log began and is never used twice: a position
   whose segment was given back stays recognisable. */
enum { LOG_UNIT = 4, LOG_SEGMENT_BITS = 21, LOG_SEGMENT_SIZE = 1 << LOG_SEGMENT_BITS };
#define LOG_NOWHERE UINT64_C(0)
#define LOG_SEGMENT_UNITS ((uint64_t)LOG_SEGMENT_SIZE / LOG_UNIT)

struct log_segment {
    char *memory;     /* NULL = given back */
    int64_t youngest; /* greatest time of its records */
    uint32_t size;    /* bytes of memory, at most LOG_SEGMENT_SIZE (but see span) */
    uint32_t used;    /* bytes */
    uint32_t records;
    uint32_t span; /* numbers it covers: > 1 for one that holds a single longer record */
};

struct record_log {
    struct log_segment *segments;
    size_t count;
    size_t capacity;
    uint64_t first; /* number of segments[0]; the number of a position is position / units */
    char **pool;    /* segments given back, kept for the next */
    size_t pooled;
    uint64_t records; /* in segments not yet given back */
    uint64_t bytes;   /* of memory held, the pool included */
};

void record_log_init(struct record_log *log);
void record_log_free(struct record_log *log);

/* Room for a record of `size` bytes (at most 4 GiB - 4 MiB) with this time. It never moves relative
   to its position; its address holds until the next append. */
void *record_log_append(struct record_log *log, size_t size, int64_t time, uint64_t *position);

/* Gives back all segments whose records are all older than `cutoff`. */
void record_log_release(struct record_log *log, int64_t cutoff);

/* The record at a position that record_log_append() gave; NULL if it was given back. */
static inline void *record_log_at(const struct record_log *log, uint64_t position)
{
    uint64_t number = position / LOG_SEGMENT_UNITS - log->first;
    char *memory;
    if (number >= log->count)
        return NULL;
    memory = log->segments[number].memory;
    return memory == NULL ? NULL : memory + position % LOG_SEGMENT_UNITS * LOG_UNIT;
}

/* The positions in arrival order: the first, and the one behind a record of `size` bytes;
   LOG_NOWHERE at the end. */
uint64_t record_log_first(const struct record_log *log);
uint64_t record_log_next(const struct record_log *log, uint64_t position, size_t size);

/* Behind all positions given so far. */
static inline uint64_t record_log_end(const struct record_log *log)
{
    return (log->first + log->count) * LOG_SEGMENT_UNITS;
}

#endif
