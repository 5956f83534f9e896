#ifndef STATE_RECORD_LOG_H
#define STATE_RECORD_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What waits in memory, in arrival order: an append-only log of segments, each 2 MiB, in one huge
   page where they are filled fast. A segment whose youngest record is past is given back and used
   again, so that in a steady stream the log is a ring that takes no memory from the system.
   Contents are position-independent: a sealed segment can be written to disk and read back as it
   is.

   A position counts units of LOG_UNIT bytes since the log began and is never used twice: a position
   whose segment was given back stays recognisable. */
enum { LOG_UNIT = 4, LOG_SEGMENT_BITS = 21, LOG_SEGMENT_SIZE = 1 << LOG_SEGMENT_BITS };
#define LOG_NOWHERE UINT64_C(0)
#define LOG_SEGMENT_UNITS ((uint64_t)LOG_SEGMENT_SIZE / LOG_UNIT)

struct memory_bound;

struct log_segment {
    char *memory;     /* NULL = given back */
    int64_t youngest; /* greatest time of its records */
    int64_t oldest;   /* least */
    uint32_t size;    /* bytes of memory, at most LOG_SEGMENT_SIZE (but see span) */
    uint32_t used;    /* bytes */
    uint32_t records;
    uint32_t spent; /* of the records, those that record_log_spend() was told of */
    uint32_t span;  /* numbers it covers: > 1 for one that holds a single longer record */
    uint64_t slot;  /* in the file of the log's bound; 0 = it was not moved there */
};

struct log_piece {
    char *memory;
    size_t size;
    uint64_t slot;
};

struct record_log {
    struct log_segment *segments;
    size_t count;
    size_t capacity;
    uint64_t first; /* number of segments[0]; the number of a position is position / units */
    char **pool;    /* segments given back, kept for the next */
    size_t pooled;
    size_t pool_capacity;
    struct memory_bound *bound; /* NULL = none */
    unsigned pins;              /* readers of memory on other threads */
    uint64_t pinned_from;       /* the segments they read, both included */
    uint64_t pinned_to;
    struct log_piece *detained; /* memory given back while they read */
    size_t detained_count;
    size_t detained_capacity;
    uint64_t records;  /* in segments not yet given back */
    uint64_t bytes;    /* of memory held, the pool included, what was moved to disk not */
    int64_t mapped_at; /* clock_steady() when the system gave the latest memory; 0 = never */
};

void record_log_init(struct record_log *log);
void record_log_free(struct record_log *log);
/* --memory: an empty log's segments may move to disk when one is opened, also by another log. */
void record_log_bind(struct record_log *log, struct memory_bound *bound);

/* Room for a record of `size` bytes (at most 4 GiB - 4 MiB) with this time. It never moves relative
   to its position; its address holds until the next append, to any log of the same bound. */
void *record_log_append(struct record_log *log, size_t size, int64_t time, uint64_t *position);

/* Says of a record that it is used up, once: for counts. */
void record_log_spend(struct record_log *log, uint64_t position);

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

/* Hints: brings near what begins there, some records before it is looked at, and says whether it is
   on disk; from the disk, also what follows up to `last`. */
bool record_log_expect(const struct record_log *log, uint64_t position);
void record_log_expect_stretch(const struct record_log *log, uint64_t position, uint64_t last);

/* The positions in arrival order: the first, and the one behind a record of `size` bytes;
   LOG_NOWHERE at the end. */
uint64_t record_log_first(const struct record_log *log);
uint64_t record_log_next(const struct record_log *log, uint64_t position, size_t size);

/* What was appended in one piece of memory. */
struct log_stretch {
    const char *memory; /* of the first record */
    uint64_t position;
    size_t size;      /* bytes of records, one behind the other, each rounded up to LOG_UNIT */
    int64_t youngest; /* no record in it has a greater time */
    bool moved;       /* to disk: once read, spill_file_leave() */
};
/* The stretches from a position on: sets the next one and moves *from behind it; false: no more. */
bool record_log_stretch(const struct record_log *log, uint64_t *from, struct log_stretch *stretch);

/* While a log is pinned, memory of stretches from the first to the second position is neither freed
   nor used anew, also if it is given back, nor moved to disk; what was appended before stays as it
   is there but for what the log's owner changes in it. Pins count: where they are several, all
   between the least position and the greatest stays. */
void record_log_pin(struct record_log *log, uint64_t from, uint64_t to);
void record_log_unpin(struct record_log *log);

/* For the bound: moves a segment to its file. */
enum log_move {
    LOG_MOVE_DONE,
    LOG_MOVE_LATER, /* it is being appended to, or read */
    LOG_MOVE_NEVER  /* it was given back */
};
enum log_move record_log_move(struct record_log *log, uint64_t number);
/* The pages of a moved segment leave memory; false: it was given back. */
bool record_log_leave(const struct record_log *log, uint64_t number);

/* Where the next record is going to stand at the earliest. */
uint64_t record_log_tail(const struct record_log *log);

/* Putting a log back, in order of positions: room for a record at the position that it had. *gap
   bytes right before it, which must be filled with something that has a size, hold nothing (records
   that are not put back, at least one). NULL: no such position is possible. */
void *record_log_restore(struct record_log *log, size_t size, int64_t time, uint64_t position,
                         size_t *gap);
/* What comes next stands at this position or behind it. false: that is not possible. */
bool record_log_restore_tail(struct record_log *log, uint64_t position);

/* Behind all positions given so far. */
static inline uint64_t record_log_end(const struct record_log *log)
{
    return (log->first + log->count) * LOG_SEGMENT_UNITS;
}

#endif
