#ifndef WINDOW_WINDOW_PLAN_H
#define WINDOW_WINDOW_PLAN_H

#include "ndjson/json_key.h"
#include "window/aggregate.h"
#include "window/group_list.h"
#include "window/key_table.h"
#include "window/window_spec.h"

#include <stdbool.h>
#include <stdint.h>

/* What every partition's windows have in common, and what passes between them and the tool. */

/* A result: one key in one window. Everything is borrowed for the call. */
struct window_result {
    int64_t start; /* ns */
    int64_t end;
    int64_t last_event; /* of a session */
    const struct window_key *key;
    const void *states;
    uint32_t revision; /* from 1 */
    bool final;
    bool retract; /* takes back what was written for this key and start */
};

struct window_sink {
    /* Results of one window come one after the other, in the order of their keys. */
    void (*result)(void *self, const struct window_result *result);
    /* The results of a window that were due together are complete; NULL = not wanted. */
    void (*window_end)(void *self);
    void *self;
};

struct window_plan {
    struct window_spec spec;
    const struct aggregate_set *aggregates;
    const struct group_list *groups;
    bool update;   /* results are written when they change */
    int64_t every; /* ns of event time between updates; 0 = each change at once */
    bool durable;  /* what changes is noted, for snapshots */
    struct window_sink sink;
};

/* Whether results have revisions: otherwise each is written once. */
static inline bool window_plan_revised(const struct window_plan *plan)
{
    return plan->update || plan->spec.lateness > 0;
}

/* Whether W has passed a multiple of `every` since the last call, so that updates are due. *next:
   the one behind W; INT64_MIN before the first call, which is none. */
bool window_plan_ticks(const struct window_plan *plan, int64_t watermark, int64_t *next);

/* A record as windows see it. */
struct window_record {
    uint32_t number; /* of its key if that is known; else UINT32_MAX, and set when it is found */
    struct json_key key;            /* needed if the number is not known */
    const struct json_slice *texts; /* of the key's values, as group_list_key() gave them */
    struct json_slice text; /* by which the key is known next time, in its line; or absent */
    const struct aggregate_argument *arguments;
    int64_t time;
};

/* The number of a record's key; UINT32_MAX = it is not there. */
uint32_t window_key_find(const struct key_table *keys, struct window_record *record);
/* Keeps the key of a record, which is not there yet; returns its number. */
uint32_t window_key_add(const struct window_plan *plan, struct key_table *keys,
                        struct window_record *record);

enum window_placed {
    WINDOW_PLACED,
    WINDOW_PARTLY_LATE, /* some of its windows had closed */
    WINDOW_LATE,        /* all of them had */
    WINDOW_NONE         /* between windows */
};

#endif
