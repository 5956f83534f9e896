#ifndef GENERATE_GENERATE_SETTINGS_H
#define GENERATE_GENERATE_SETTINGS_H

#include "cli/option_values.h"
#include "cli/options.h"
#include "generate/arrival_process.h"
#include "generate/scenario.h"
#include "generate/send_pace.h"
#include "generate/share_list.h"

#include <stdbool.h>
#include <stdint.h>

/* What the options of evgen say. */
struct generate_settings {
    struct arrival_shape shape;
    double rate;
    uint64_t count;     /* UINT64_MAX = none */
    int64_t duration;   /* ns; -1 = not given */
    uint64_t producers; /* 0 = not given: one, and records do not name it */
    bool end_marker;
    const char *seed; /* text; NULL = random */
    struct send_speed speed;
    int64_t start;    /* ns; INT64_MIN = not given */
    int64_t align;    /* ns; 0 = not at all */
    int64_t disorder; /* ns */
    int64_t late_by;  /* ns */
    struct share_list shares;
    struct scenario_settings scenario;
    const char *truth;
    struct choice envelope; /* none|kcat */
    uint64_t partitions;    /* 0 = not given: one */
    const char *out;
    bool verbose;
};

enum { ENVELOPE_NONE, ENVELOPE_KCAT };

extern const struct generate_settings generate_settings_default;

/* base = a struct generate_settings. */
extern const struct option_row generate_rows[];

/* A lookup table of `rows` records (or as many as --users says) does not wait and has its own
   length, where options do not say otherwise. */
void generate_settings_for_table(struct generate_settings *settings, uint64_t rows);

#endif
