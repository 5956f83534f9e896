#ifndef GENERATE_SCENARIO_H
#define GENERATE_SCENARIO_H

#include "generate/record.h"
#include "generate/share_list.h"
#include "time/time_range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the options that only some scenarios have say; a scenario's `options` names those it heeds.
   Unset: UINT64_MAX, a negative skew, NULL, a range not `given`. */
struct scenario_settings {
    uint64_t users;
    uint64_t ads;
    uint64_t campaigns;
    double zipf;
    const char *ad_types;
    struct time_range ack_delay;
};

/* A run, as a scenario sees it. */
struct scenario_plan {
    struct scenario_settings settings;
    uint64_t seed;
    int64_t base; /* aligned start, ns */
    uint32_t producers;
    bool name_producers; /* records have a producer_id */
};

#define KEY_SIZE 64

/* One table row per scenario makes `evgen NAME`. */
struct scenario {
    const char *name;
    const char *summary;
    const char *const *options; /* NULL-terminated names of the settings it heeds */
    const char *const *kinds;   /* NULL-terminated names that --share may weigh, record's variant;
                                   NULL = none */
    bool paired;                /* records are requests and acknowledgements */
    uint64_t table_rows; /* a lookup table of that many records, unless options say otherwise,
                            written without waiting; 0 = a stream */
    size_t record_size;  /* bytes that write() may touch */

    /* NULL with the reason if the settings make no sense. */
    void *(*open)(const struct scenario_plan *plan, struct error_text *error);
    void (*close)(void *state);

    /* Writes the JSON object at `out`, without LF; returns its end. Depends on the plan and the
       record only, so that a record can be repeated. */
    char *(*write)(void *state, const struct record *record, char *out);

    /* Writes the record's key (raw text) at `out`, KEY_SIZE bytes; returns the end. */
    char *(*key)(void *state, const struct record *record, char *out);

    /* The flat array of its Kafka headers as JSON text, NULL = none. */
    const char *(*headers)(const struct record *record);
};

/* The rows, ended by a NULL name. The first one is the default. */
extern const struct scenario *const scenarios[];

/* NULL: there is none of that name. */
const struct scenario *scenario_find(const char *name);

/* The first option that is set but not heeded; NULL = none. */
const char *scenario_unheeded_option(const struct scenario *scenario,
                                     const struct scenario_settings *settings);

/* `,"producer_id":"Producer-N"}`, padded with zeros to PRODUCER_TAIL_SIZE, or just `}`: the end of
   every record. */
#define PRODUCER_TAIL_SIZE 32
struct producer_tail {
    char text[PRODUCER_TAIL_SIZE];
    size_t length;
};
struct producer_tail *producer_tails_new(const struct scenario_plan *plan);

#endif
