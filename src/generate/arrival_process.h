#ifndef GENERATE_ARRIVAL_PROCESS_H
#define GENERATE_ARRIVAL_PROCESS_H

#include "cli/diagnostics.h"
#include "generate/random_source.h"

#include <stdbool.h>
#include <stdint.h>

/* How arrivals are spaced; what --uniform, --poisson and --mmpp say. */
enum arrival_kind { ARRIVAL_POISSON, ARRIVAL_UNIFORM, ARRIVAL_MMPP };

struct arrival_shape {
    enum arrival_kind kind;
    bool given;
    double ratio; /* MMPP: rate in the high state over that in the low one, > 0 */
    double q12;   /* MMPP: transitions per second from low to high, > 0 */
    double q21;   /* MMPP: from high to low, > 0 */
};

/* Option stores, target struct arrival_shape; a second one of the three is refused. */
bool arrival_store_uniform(void *target, const char *argument, struct error_text *error);
bool arrival_store_poisson(void *target, const char *argument, struct error_text *error);
bool arrival_store_mmpp(void *target, const char *argument, struct error_text *error);

/* Option store, target double: a rate per second, fractions legal, 0 < rate <= 1e9. */
bool rate_store(void *target, const char *argument, struct error_text *error);

enum { ARRIVAL_BLOCK = 32 };

/* The arrivals of one producer. MMPP is a Poisson process whose rate changes with a two-state
   process in continuous time: exponential dwell times of rates q12 and q21. Its long-run rate is
   pi1*low + pi2*high = low * (pi1 + pi2*ratio), pi1 = q21/(q12+q21), so low follows from the rate
   asked for. It starts in a state drawn from (pi1, pi2): any other start would bias short runs. */
struct arrival_process {
    enum arrival_kind kind;
    int64_t time;     /* ns of the last arrival */
    double fraction;  /* of a ns, what `time` leaves out */
    double period[2]; /* ns between arrivals: low and high state */
    double dwell[2];  /* MMPP: mean ns in each state */
    double remaining; /* MMPP: ns left in the present state */
    unsigned state;   /* MMPP: 0 low, 1 high */
    uint64_t drawn;   /* gaps drawn so far, by whole blocks */
    uint64_t dwells;  /* dwell times drawn so far */
    struct random_source gaps;
    unsigned used;               /* of the block at hand */
    double block[ARRIVAL_BLOCK]; /* exponentials of mean 1, negative */
    struct random_source dwell_source;
};

/* `rate` per second over all producers; each has its share. Uniform producers stand evenly between
   each other, the first one's first arrival is at `start`. */
void arrival_process_init(struct arrival_process *process, const struct arrival_shape *shape,
                          double rate, uint64_t seed, uint64_t producer, uint64_t producers,
                          int64_t start);

/* Time of the next arrival, ns, never before the last; INT64_MAX = beyond the range of times. */
int64_t arrival_process_next(struct arrival_process *process);

#endif
