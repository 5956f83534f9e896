#ifndef GENERATE_RECORD_SCHEDULE_H
#define GENERATE_RECORD_SCHEDULE_H

#include "generate/producer_merge.h"
#include "generate/record_queue.h"
#include "generate/share_schedule.h"
#include "time/time_range.h"

#include <stdbool.h>
#include <stdint.h>

struct schedule_plan {
    const struct arrival_shape *shape;
    double rate;
    uint64_t seed;
    uint32_t producers;
    int64_t start;               /* ns; no event before it */
    int64_t end;                 /* ns; every event before it; INT64_MAX = open */
    uint64_t count;              /* records at most; UINT64_MAX = open */
    int64_t disorder;            /* ns that arrival is behind event time at most */
    bool paired;                 /* records are requests and acknowledgements */
    struct time_range ack_delay; /* of an acknowledgement behind its request */
    uint64_t unmatched;          /* share of the records that stay alone, billionths */
    uint64_t early;              /* share of the pairs whose acknowledgement comes first */
};

/* The records of a run, without faults, in order of arrival. Arrivals of the producers start
   transactions: a lone record, or the first part of a pair whose second part follows by exactly the
   delay drawn. Each second part makes one later arrival void, so that the rate is that of all
   records. Lone records are placed by a share schedule: where it wants one, a second part that is
   due waits for one record. The last pairs before the end get delays that bring both parts in. */
struct record_schedule {
    struct schedule_plan plan;
    struct producer_merge merge;
    struct record_queue queue;
    struct share_schedule lone;
    struct share_schedule early;
    bool lone_decided; /* lone_wanted holds for the next record */
    bool lone_wanted;
    uint64_t left;       /* records still to come; UINT64_MAX = open */
    uint64_t lones_left; /* of them, if there is a count */
    uint64_t waiting;    /* second parts in the queue */
    uint64_t debt;       /* arrivals to be made void */
    struct schedule_producer {
        uint64_t number; /* transactions so far */
        uint64_t arrivals;
        struct random_source disorder;
        struct random_source partner;
    } * producers;
};

void record_schedule_init(struct record_schedule *schedule, const struct schedule_plan *plan);
void record_schedule_free(struct record_schedule *schedule);

/* false: that was all. */
bool record_schedule_next(struct record_schedule *schedule, struct record *record);

#endif
