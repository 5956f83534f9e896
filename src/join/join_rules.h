#ifndef JOIN_JOIN_RULES_H
#define JOIN_JOIN_RULES_H

#include "time/time_range.h"

#include <stdbool.h>

enum side { SIDE_LEFT, SIDE_RIGHT };

static inline enum side side_other(enum side side)
{
    return (enum side)(SIDE_RIGHT - side);
}

/* In the order of the words of --join and --left-keep. */
enum join_kind { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL, JOIN_LEFT_ANTI, JOIN_RIGHT_ANTI };
enum left_keep { KEEP_ALL, KEEP_LAST, KEEP_FIRST };

struct join_rules {
    struct time_range within; /* of (time of right - time of left) */
    enum join_kind kind;
    enum left_keep keep;
    bool once;
};

static inline bool join_writes_pairs(enum join_kind kind)
{
    return kind <= JOIN_FULL;
}

/* Whether unmatched rows of this side come out. */
static inline bool join_preserves(enum join_kind kind, enum side side)
{
    if (side == SIDE_LEFT)
        return kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_LEFT_ANTI;
    return kind == JOIN_RIGHT || kind == JOIN_FULL || kind == JOIN_RIGHT_ANTI;
}

#endif
