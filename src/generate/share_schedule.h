#ifndef GENERATE_SHARE_SCHEDULE_H
#define GENERATE_SHARE_SCHEDULE_H

#include "generate/random_source.h"

#include <stddef.h>
#include <stdint.h>

/* Which places of a sequence get which kind, so that in every prefix each kind's count is within
   one of its share. The k-th place of a kind of share s must lie in the window [k/s, (k+1)/s);
   windows that are open at once are served by earliest end, which meets every end as long as the
   shares add up to at most one (the rule of proportionate fairness; Baruah et al., Algorithmica 15,
   1996). Inside its window a place is chosen at random as far as the ends stay safe: wide windows
   are random, narrow ones regular. */
#define SHARE_KINDS 8
#define SHARE_PLAIN (-1)

struct share_schedule {
    size_t count;
    uint64_t place;   /* places given out so far */
    uint64_t soonest; /* no window opens before this place */
    uint64_t margin;  /* places kept free of choice before a window's end */
    uint64_t first;   /* no kind before this place */
    uint64_t limit;   /* the sequence ends here; UINT64_MAX = it does not */
    struct share_window {
        uint64_t share;  /* billionths */
        uint64_t number; /* k */
        uint64_t total;  /* with a limit: how many there shall be */
        uint64_t open;   /* first place it may get; UINT64_MAX = none any more */
        uint64_t end;    /* behind the last one */
    } windows[SHARE_KINDS];
    struct random_source random;
    uint64_t drawn;
};

/* shares in billionths, together at most SHARE_WHOLE. */
void share_schedule_init(struct share_schedule *schedule, const uint64_t *shares, size_t count,
                         uint64_t first, const struct random_source *random);

/* Before the first place: the sequence will have `places` places, and kind i exactly totals[i] of
   them, which is its share rounded up or down. */
void share_schedule_limit(struct share_schedule *schedule, uint64_t places, const uint64_t *totals);

int share_schedule_choose(struct share_schedule *schedule);

/* The kind of the next place, or SHARE_PLAIN. */
static inline int share_schedule_next(struct share_schedule *schedule)
{
    if (schedule->place < schedule->soonest) {
        schedule->place++;
        return SHARE_PLAIN;
    }
    return share_schedule_choose(schedule);
}

/* share * places, rounded to the nearest. */
uint64_t share_round(uint64_t billionths, uint64_t places);

#endif
