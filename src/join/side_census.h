#ifndef JOIN_SIDE_CENSUS_H
#define JOIN_SIDE_CENSUS_H

#include "expression/expression.h"
#include "join/join_rules.h"
#include "join/join_settings.h"
#include "ndjson/json_key.h"

#include <stdbool.h>

/* Whether there were rows of each side, and whether any had a key: a wrong name in an expression
   makes no error, only nothing to join. Starts zeroed. */
struct side_census {
    bool seen[2];
    bool keyed[2];
};

static inline void side_census_note(struct side_census *census, enum side side,
                                    const struct json_key *key)
{
    census->seen[side] = true;
    census->keyed[side] |= key->kind != JSON_NULL;
}

/* A line for each side that --left or --right asks for in vain, or that never had a key; none if
   there were no rows at all. */
void side_census_tell(const struct side_census *census, const struct join_settings *settings,
                      const struct expression *const keys[2]);

#endif
