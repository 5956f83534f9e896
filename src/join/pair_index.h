#ifndef JOIN_PAIR_INDEX_H
#define JOIN_PAIR_INDEX_H

#include "join/join_rules.h"
#include "state/key_index.h"
#include "state/record_log.h"

#include <stdbool.h>
#include <stdint.h>

/* From a key's hash to the first row of its chain on either side. One index for both, so that a
   record is looked for once: the entries of a key's two sides lie side by side. A place is a
   position in the side's log, cut to INDEX_PLACE_BITS - 1, and the side. */
struct pair_index {
    struct key_index keys;
    const struct record_log *logs[2];
};

/* `index` and the logs must stay where they are. */
void pair_index_init(struct pair_index *index, const struct record_log *left,
                     const struct record_log *right);

static inline uint64_t pair_index_place(enum side side, uint64_t position)
{
    return (position << 1 | side) & INDEX_PLACE_MASK;
}

static inline enum side pair_index_side(uint64_t place)
{
    return (enum side)(place & 1);
}

/* The position that a place stands for: of those that end in its bits the last one given. */
static inline uint64_t pair_index_position(const struct record_log *log, uint64_t place)
{
    uint64_t end = record_log_end(log);
    return end - ((end - (place >> 1)) & (INDEX_PLACE_MASK >> 1));
}

#endif
