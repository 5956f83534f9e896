#ifndef LATENCY_LATENCY_RECORDING_H
#define LATENCY_LATENCY_RECORDING_H

#include "latency/group_copies.h"
#include "latency/latency_groups.h"
#include "latency/latency_report.h"

#include <stdbool.h>
#include <stdint.h>

/* Latencies as they come in, by group, and the intervals of --every. Set the options, then call
   latency_recording_start(). */
struct latency_recording {
    size_t by_count; /* options: number of --by values, ns of -w and --warmup (0 = none) */
    int64_t window;
    int64_t warmup;

    struct latency_groups recent;  /* since the start or the latest latency_recording_shelve() */
    struct latency_groups shelved; /* what was recorded before that */
    struct group_copies copies;    /* of both, for a snapshot */
    struct latency_group *only;    /* the one group of a recording without groups */
    struct latency_histogram total;
    int64_t recent_first; /* smallest and largest source time, ns */
    int64_t recent_last;
    int64_t shelved_first;
    int64_t shelved_last;
    bool started; /* a record was seen: warm_until is set */
    int64_t warm_until;
    uint64_t left_out; /* by --warmup */
};

void latency_recording_start(struct latency_recording *recording);
void latency_recording_free(struct latency_recording *recording);

/* A latency of `sink - source` (saturated), grouped by the key and, if there are windows, by the
   tumbling window [s, s + window) that `event_time` lies in. Left out if its source time is less
   than the warm-up behind that of the first record. */
void latency_recording_add(struct latency_recording *recording, const struct json_key *key,
                           const struct json_slice *values, int64_t event_time, int64_t source,
                           int64_t sink);

/* Fills in what was recorded since the latest shelving: total, groups (sorted), first, last,
   window, warmup, left_out. Valid until the next call with this recording. */
void latency_recording_report(struct latency_recording *recording, struct latency_report *report);

/* Puts the recent latencies away, for the next interval to start empty; latency_recording_unshelve
   brings all of them back for the report on the whole. */
void latency_recording_shelve(struct latency_recording *recording);
void latency_recording_unshelve(struct latency_recording *recording);

#endif
