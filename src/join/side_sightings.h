#ifndef JOIN_SIDE_SIGHTINGS_H
#define JOIN_SIDE_SIGHTINGS_H

#include "expression/expression.h"
#include "join/join_rules.h"

#include <stdbool.h>

/* What came of each side: a wrong name in an expression makes no error, only nothing to join.
   Starts zeroed. */
struct side_sightings {
    bool seen[2];  /* a row of that side */
    bool keyed[2]; /* one that had a key */
};

/* Nothing is left to be noted. */
static inline bool side_sightings_complete(const struct side_sightings *sightings)
{
    return sightings->keyed[SIDE_LEFT] && sightings->keyed[SIDE_RIGHT];
}

static inline void side_sightings_note(struct side_sightings *sightings, enum side side, bool keyed)
{
    sightings->seen[side] = true;
    sightings->keyed[side] |= keyed;
}

/* Warns of a side that had no key, or no row although its expression was given (sides[] that were
   not are NULL). Nothing if there was no row at all. */
void side_sightings_warn(const struct side_sightings *sightings,
                         const struct expression *const keys[2],
                         const struct expression *const sides[2]);

#endif
