#ifndef LATENCY_LATENCY_GROUPS_H
#define LATENCY_LATENCY_GROUPS_H

#include "latency/latency_histogram.h"
#include "ndjson/json_key.h"

#include <stddef.h>
#include <stdint.h>

/* A histogram per --by key and window. */
struct latency_group {
    struct json_key key;       /* bytes and text are the group's own */
    struct json_slice *values; /* the --by values as first seen, the group's own */
    size_t value_count;
    int64_t window; /* start, ns; 0 without windows */
    struct latency_histogram histogram;
    /* For snapshots, see group_copies.h: */
    struct latency_group *copy;
    uint32_t copied; /* number of the snapshot that it was copied for; 0 = none */
};

struct latency_groups {
    size_t value_count;            /* --by values of each group */
    struct latency_group **groups; /* `count` of them, in the order of first use until sorted */
    size_t count;
    struct latency_group **slots; /* hash table, private */
    size_t slot_count;
};

void latency_groups_init(struct latency_groups *groups, size_t value_count);
void latency_groups_free(struct latency_groups *groups);

/* The key of what has no --by. */
extern const struct json_key latency_no_key;

/* The group of that key and window, made if there is none; key and values are copied then. */
struct latency_group *latency_groups_at(struct latency_groups *groups, const struct json_key *key,
                                        const struct json_slice *values, int64_t window);

/* A group of nobody's, with the same in it. */
struct latency_group *latency_group_copy(const struct latency_group *group);
/* NULL: nothing. */
void latency_group_free(struct latency_group *group);

/* By window, then by key in jq's sort order. */
void latency_groups_sort(struct latency_groups *groups);

/* Adds all groups of `other` to those of the same key and window. */
enum groups_part {
    GROUPS_WHOLE,
    GROUPS_KEYS,   /* windows forgotten: one group per key */
    GROUPS_WINDOWS /* keys forgotten: one group per window */
};
void latency_groups_merge(struct latency_groups *groups, const struct latency_groups *other,
                          enum groups_part part);

#endif
