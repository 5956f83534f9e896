#ifndef LATENCY_LATENCY_HISTOGRAM_H
#define LATENCY_LATENCY_HISTOGRAM_H

#include "ndjson/decimal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often each latency occurred, to three significant digits (relative error at most 0.1 %), from
   1 ns to 1 day either side of zero, in fixed memory: at most 320 KB a side, in pages that come
   with the first value in their range. Values are ns. Count, sum, min and max are exact.

   The layout is HdrHistogram's for lowest value 1, highest value 1 day, 3 digits
   (hdrhistogram.org): exact up to 2047 ns, then 1024 equal buckets for each doubling. Values beyond
   1 day are counted in the bucket of 1 day. Starts with latency_histogram_init(). */
#define LATENCY_LIMIT INT64_C(86400000000000)

enum {
    LATENCY_SUB_BUCKETS = 2048,
    LATENCY_BUCKETS = 37, /* doublings until 1 day fits */
    LATENCY_COUNTS = (LATENCY_BUCKETS + 1) * (LATENCY_SUB_BUCKETS / 2),
    LATENCY_PAGE_COUNTS = 128,
    LATENCY_PAGES = LATENCY_COUNTS / LATENCY_PAGE_COUNTS
};

struct latency_histogram {
    uint64_t count;
    uint64_t negative; /* of these, values below 0 */
    uint64_t beyond;   /* of these, values beyond 1 day, either side */
    int64_t min;       /* INT64_MAX without values */
    int64_t max;       /* INT64_MIN without values */
    int128 sum;
    uint64_t *pages[LATENCY_PAGES]; /* of values >= 0; NULL where none was seen */
    uint64_t **negative_pages;      /* the same of the magnitudes of values < 0 */
};

void latency_histogram_init(struct latency_histogram *histogram);
void latency_histogram_free(struct latency_histogram *histogram);
/* Back to no values; keeps the memory. */
void latency_histogram_clear(struct latency_histogram *histogram);

/* The bucket of a magnitude in 0..LATENCY_LIMIT. */
static inline size_t latency_bucket_index(uint64_t magnitude)
{
    unsigned bucket = (unsigned)(53 - __builtin_clzll(magnitude | (LATENCY_SUB_BUCKETS - 1)));
    return ((size_t)bucket << 10) + (size_t)(magnitude >> bucket);
}

/* The slow half of recording: beyond 1 day, or the first value of a page. */
void latency_histogram_count_slowly(struct latency_histogram *histogram, int64_t ns,
                                    uint64_t times);

static inline void latency_histogram_record(struct latency_histogram *histogram, int64_t ns)
{
    uint64_t *const *pages = ns < 0 ? histogram->negative_pages : histogram->pages;
    uint64_t magnitude = ns < 0 ? (uint64_t)0 - (uint64_t)ns : (uint64_t)ns;
    histogram->count++;
    histogram->sum += ns;
    if (ns < histogram->min)
        histogram->min = ns;
    if (ns > histogram->max)
        histogram->max = ns;
    if (pages != NULL && magnitude <= (uint64_t)LATENCY_LIMIT) {
        size_t index = latency_bucket_index(magnitude);
        uint64_t *page = pages[index / LATENCY_PAGE_COUNTS];
        if (page != NULL) {
            page[index % LATENCY_PAGE_COUNTS]++;
            histogram->negative += ns < 0;
            return;
        }
    }
    latency_histogram_count_slowly(histogram, ns, 1);
}

/* Adds all counts of `other`: as if its values had been recorded here. */
void latency_histogram_merge(struct latency_histogram *histogram,
                             const struct latency_histogram *other);

/* Bytes of its pages. */
size_t latency_histogram_bytes(const struct latency_histogram *histogram);

/* A range of values that are counted together, both ends included. */
struct latency_bucket {
    int64_t lowest;
    int64_t highest;
    uint64_t count;
};

/* Goes through the buckets that hold values, from the lowest on. Starts zeroed. */
struct latency_cursor {
    size_t position;
};
bool latency_histogram_next(const struct latency_histogram *histogram,
                            struct latency_cursor *cursor, struct latency_bucket *bucket);

/* The bucket that a value falls in; its count is 0. */
struct latency_bucket latency_bucket_of(int64_t ns);

/* Percentages are counted in millionths of a percent, so that 99.9 is exact. */
#define LATENCY_HUNDRED_PERCENT UINT32_C(100000000)

/* Nearest rank: the value at rank ceil(percent * count), at least 1, of the sorted values; what is
   returned is the highest value of its bucket, but never above max. The first rank is min itself
   and the last one max. 0 without values. */
int64_t latency_histogram_percentile(const struct latency_histogram *histogram, uint32_t percent);

/* sum / count to the nearest ns; 0 without values. */
int64_t latency_histogram_mean(const struct latency_histogram *histogram);

/* Population standard deviation in ns, from the middle of each bucket; 0 without values. */
double latency_histogram_deviation(const struct latency_histogram *histogram);

#endif
