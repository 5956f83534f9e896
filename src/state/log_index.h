#ifndef STATE_LOG_INDEX_H
#define STATE_LOG_INDEX_H

#include "state/key_index.h"
#include "state/record_log.h"

/* A key index whose places are the positions of one log, cut to INDEX_PLACE_BITS: they stay
   unambiguous as long as stale ones are swept before the log has grown by 2^38 units. */

/* The position that a place stands for. */
static inline uint64_t log_index_position(const struct record_log *log, uint64_t place)
{
    uint64_t end = record_log_end(log);
    return end - ((end - place) & INDEX_PLACE_MASK);
}

/* How far back from a log's end places mean something, in units. */
struct log_reach {
    uint64_t end;
    uint64_t length;
    bool whole; /* of what lies within nothing was given back, as mostly */
};
struct log_reach log_index_reach(const struct record_log *log);

/* An index_filter; its owner is the log: clears the places whose segment was given back. */
void log_index_clear_stale(const void *owner, uint64_t *slots, uint32_t count);

#endif
