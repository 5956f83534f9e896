#ifndef LATENCY_HISTOGRAM_JSON_H
#define LATENCY_HISTOGRAM_JSON_H

#include "cli/diagnostics.h"
#include "latency/latency_histogram.h"
#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>

/* A histogram as members of a JSON object, in reports and in snapshots. */

/* Appends "count":N,"negative":N,"beyond_1d":N,"min_ns":N,"max_ns":N,"sum_ns":N,"histogram_ns":
   [[LOWEST,COUNT],...]; without values there is no min and max. */
void histogram_json_write(struct text_buffer *out, const struct latency_histogram *histogram);

/* The members' values, JSON_ABSENT where there is none. */
struct histogram_members {
    struct json_slice count;
    struct json_slice beyond;
    struct json_slice min;
    struct json_slice max;
    struct json_slice sum;
    struct json_slice buckets;
};
struct histogram_members histogram_members_of(struct json_slice object);

/* Into a histogram that was initialised. false with the reason: a member is missing, or they
   contradict each other. */
bool histogram_json_read(struct latency_histogram *histogram,
                         const struct histogram_members *members, struct error_text *error);

#endif
