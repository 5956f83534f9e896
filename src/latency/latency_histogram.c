#include "latency/latency_histogram.h"

#include "cli/diagnostics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void latency_histogram_init(struct latency_histogram *histogram)
{
    memset(histogram, 0, sizeof *histogram);
    histogram->min = INT64_MAX;
    histogram->max = INT64_MIN;
}

static void free_pages(uint64_t **pages)
{
    for (size_t i = 0; i < LATENCY_PAGES; i++)
        free(pages[i]);
}

void latency_histogram_free(struct latency_histogram *histogram)
{
    free_pages(histogram->pages);
    if (histogram->negative_pages != NULL)
        free_pages(histogram->negative_pages);
    free(histogram->negative_pages);
    latency_histogram_init(histogram);
}

static void clear_pages(uint64_t **pages)
{
    for (size_t i = 0; i < LATENCY_PAGES; i++)
        if (pages[i] != NULL)
            memset(pages[i], 0, LATENCY_PAGE_COUNTS * sizeof *pages[i]);
}

void latency_histogram_clear(struct latency_histogram *histogram)
{
    clear_pages(histogram->pages);
    if (histogram->negative_pages != NULL)
        clear_pages(histogram->negative_pages);
    histogram->count = histogram->negative = histogram->beyond = 0;
    histogram->sum = 0;
    histogram->min = INT64_MAX;
    histogram->max = INT64_MIN;
}

/* |ns| held at 1 day; INT64_MIN has no magnitude of its own. */
static uint64_t magnitude_of(int64_t ns)
{
    uint64_t magnitude = ns < 0 ? (uint64_t)0 - (uint64_t)ns : (uint64_t)ns;
    return magnitude > (uint64_t)LATENCY_LIMIT ? (uint64_t)LATENCY_LIMIT : magnitude;
}

static uint64_t *count_of(uint64_t **pages, size_t index)
{
    uint64_t **page = &pages[index / LATENCY_PAGE_COUNTS];
    if (*page == NULL)
        *page = allocate_zeroed(LATENCY_PAGE_COUNTS, sizeof **page);
    return &(*page)[index % LATENCY_PAGE_COUNTS];
}

void latency_histogram_count_slowly(struct latency_histogram *histogram, int64_t ns, uint64_t times)
{
    uint64_t **pages = histogram->pages;
    if (ns > LATENCY_LIMIT || ns < -LATENCY_LIMIT)
        histogram->beyond += times;
    if (ns < 0) {
        histogram->negative += times;
        if (histogram->negative_pages == NULL)
            histogram->negative_pages = allocate_zeroed(LATENCY_PAGES, sizeof *pages);
        pages = histogram->negative_pages;
    }
    *count_of(pages, latency_bucket_index(magnitude_of(ns))) += times;
}

static void merge_pages(uint64_t **pages, uint64_t *const *other)
{
    for (size_t i = 0; i < LATENCY_PAGES; i++) {
        if (other[i] == NULL)
            continue;
        uint64_t *page = count_of(pages, i * LATENCY_PAGE_COUNTS);
        for (size_t k = 0; k < LATENCY_PAGE_COUNTS; k++)
            page[k] += other[i][k];
    }
}

void latency_histogram_merge(struct latency_histogram *histogram,
                             const struct latency_histogram *other)
{
    merge_pages(histogram->pages, other->pages);
    if (other->negative_pages != NULL) {
        if (histogram->negative_pages == NULL)
            histogram->negative_pages = allocate_zeroed(LATENCY_PAGES, sizeof(uint64_t *));
        merge_pages(histogram->negative_pages, other->negative_pages);
    }
    histogram->count += other->count;
    histogram->negative += other->negative;
    histogram->beyond += other->beyond;
    histogram->sum += other->sum;
    if (other->min < histogram->min)
        histogram->min = other->min;
    if (other->max > histogram->max)
        histogram->max = other->max;
}

static size_t pages_bytes(uint64_t *const *pages)
{
    size_t bytes = 0;
    for (size_t i = 0; i < LATENCY_PAGES; i++)
        bytes += pages[i] == NULL ? 0 : LATENCY_PAGE_COUNTS * sizeof *pages[i];
    return bytes;
}

size_t latency_histogram_bytes(const struct latency_histogram *histogram)
{
    return pages_bytes(histogram->pages) +
           (histogram->negative_pages == NULL ? 0 : pages_bytes(histogram->negative_pages));
}

static struct latency_bucket bucket_at(size_t index)
{
    unsigned shift = index < LATENCY_SUB_BUCKETS ? 0 : (unsigned)(index >> 10) - 1;
    uint64_t lowest = (uint64_t)(index - ((size_t)shift << 10)) << shift;
    return (struct latency_bucket){(int64_t)lowest, (int64_t)(lowest + ((uint64_t)1 << shift) - 1),
                                   0};
}

static struct latency_bucket mirrored(struct latency_bucket bucket)
{
    return (struct latency_bucket){-bucket.highest, -bucket.lowest, bucket.count};
}

struct latency_bucket latency_bucket_of(int64_t ns)
{
    struct latency_bucket bucket = bucket_at(latency_bucket_index(magnitude_of(ns)));
    return ns < 0 ? mirrored(bucket) : bucket;
}

/* Positions 0..COUNTS-1 are the negative buckets from the farthest to zero, then come the others.
 */
bool latency_histogram_next(const struct latency_histogram *histogram,
                            struct latency_cursor *cursor, struct latency_bucket *bucket)
{
    if (histogram->negative_pages == NULL && cursor->position < LATENCY_COUNTS)
        cursor->position = LATENCY_COUNTS;
    while (cursor->position < 2 * (size_t)LATENCY_COUNTS) {
        size_t position = cursor->position;
        bool negative = position < LATENCY_COUNTS;
        size_t index = negative ? LATENCY_COUNTS - 1 - position : position - LATENCY_COUNTS;
        uint64_t *const *pages = negative ? histogram->negative_pages : histogram->pages;
        const uint64_t *page = pages[index / LATENCY_PAGE_COUNTS];
        if (page == NULL) {
            cursor->position += LATENCY_PAGE_COUNTS - position % LATENCY_PAGE_COUNTS;
            continue;
        }
        cursor->position++;
        if (page[index % LATENCY_PAGE_COUNTS] != 0) {
            *bucket = negative ? mirrored(bucket_at(index)) : bucket_at(index);
            bucket->count = page[index % LATENCY_PAGE_COUNTS];
            return true;
        }
    }
    return false;
}

int64_t latency_histogram_percentile(const struct latency_histogram *histogram, uint32_t percent)
{
    struct latency_cursor cursor = {0};
    struct latency_bucket bucket;
    int128 product = (int128)histogram->count * percent;
    uint64_t rank = (uint64_t)((product + LATENCY_HUNDRED_PERCENT - 1) / LATENCY_HUNDRED_PERCENT);
    uint64_t seen = 0;
    if (histogram->count == 0)
        return 0;
    if (rank >= histogram->count)
        return histogram->max;
    if (rank <= 1)
        return histogram->min;
    while (seen < rank && latency_histogram_next(histogram, &cursor, &bucket))
        seen += bucket.count;
    return bucket.highest < histogram->max ? bucket.highest : histogram->max;
}

int64_t latency_histogram_mean(const struct latency_histogram *histogram)
{
    int128 count = (int128)histogram->count;
    int128 half = histogram->sum < 0 ? -count / 2 : count / 2;
    return count == 0 ? 0 : (int64_t)((histogram->sum + half) / count);
}

double latency_histogram_deviation(const struct latency_histogram *histogram)
{
    struct latency_cursor cursor = {0};
    struct latency_bucket bucket;
    double mean = 0;
    double squares = 0;
    if (histogram->count == 0)
        return 0;
    mean = (double)histogram->sum / (double)histogram->count;
    while (latency_histogram_next(histogram, &cursor, &bucket)) {
        double middle = (double)bucket.lowest + (double)(bucket.highest - bucket.lowest) / 2;
        squares += (middle - mean) * (middle - mean) * (double)bucket.count;
    }
    return sqrt(squares / (double)histogram->count);
}
