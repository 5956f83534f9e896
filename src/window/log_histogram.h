#ifndef WINDOW_LOG_HISTOGRAM_H
#define WINDOW_LOG_HISTOGRAM_H

#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts of numbers by magnitude, for quantiles. Numbers whose doubles agree in sign, exponent and
   the 8 bits behind the leading one share a bucket, so they differ by less than
   LOG_HISTOGRAM_ERROR of their size; the least of them stands for all. A quantile is so always one
   of the numbers added, and exact where these are few or small integers. Merging is adding: the
   result does not depend on how the numbers were split up. Starts zeroed. */
#define LOG_HISTOGRAM_ERROR (1.0 / 256)

struct log_histogram {
    struct log_bucket {
        int32_t number; /* orders like the numbers in it */
        uint64_t count; /* 0 = free */
        double least;
    } * buckets;       /* open addressing */
    size_t slot_count; /* a power of two, or 0 */
    size_t used;
    uint64_t count; /* of all numbers */
    double largest;
};

void log_histogram_add(struct log_histogram *histogram, double number);
void log_histogram_merge(struct log_histogram *histogram, const struct log_histogram *other);
void log_histogram_clear(struct log_histogram *histogram);

/* The number of rank ceil(share * count) (nearest rank); there must be one. */
double log_histogram_quantile(const struct log_histogram *histogram, double share);

/* {"count":N,"largest":X,"buckets":[[NUMBER,COUNT,LEAST],...]}, in no order; false = not that. */
void log_histogram_save(const struct log_histogram *histogram, struct text_buffer *out);
bool log_histogram_restore(struct log_histogram *histogram, struct json_slice saved);

#endif
