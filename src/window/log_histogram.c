#include "window/log_histogram.h"

#include "cli/diagnostics.h"
#include "ndjson/json_iterator.h"
#include "state/line_fields.h"
#include "window/saved_number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 16, DROPPED_BITS = 52 - 8 };

/* A double's bits order like its magnitude; the sign is applied to what is left of them. */
static int32_t bucket_of(double number)
{
    double magnitude = fabs(number);
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    int32_t place = (int32_t)(bits >> DROPPED_BITS) + (bits != 0);
    return number < 0 ? -place : place;
}

static struct log_bucket *find(const struct log_histogram *histogram, int32_t number)
{
    size_t mask = histogram->slot_count - 1;
    size_t at = ((uint32_t)number * UINT32_C(0x9E3779B1)) >> 7 & mask;
    while (histogram->buckets[at].count != 0 && histogram->buckets[at].number != number)
        at = (at + 1) & mask;
    return &histogram->buckets[at];
}

static void add_bucket(struct log_histogram *histogram, const struct log_bucket *added);

static void grow(struct log_histogram *histogram)
{
    struct log_histogram old = *histogram;
    histogram->slot_count = old.slot_count == 0 ? FIRST_SLOTS : 2 * old.slot_count;
    histogram->buckets = allocate_zeroed(histogram->slot_count, sizeof *histogram->buckets);
    histogram->used = 0;
    for (size_t i = 0; i < old.slot_count; i++)
        if (old.buckets[i].count != 0)
            add_bucket(histogram, &old.buckets[i]);
    free(old.buckets);
}

static void add_bucket(struct log_histogram *histogram, const struct log_bucket *added)
{
    if (4 * (histogram->used + 1) > 3 * histogram->slot_count)
        grow(histogram);
    struct log_bucket *bucket = find(histogram, added->number);
    if (bucket->count == 0) {
        *bucket = *added;
        histogram->used++;
        return;
    }
    bucket->count += added->count;
    if (added->least < bucket->least)
        bucket->least = added->least;
}

static void add_numbers(struct log_histogram *histogram, double largest, uint64_t count)
{
    if (histogram->count == 0 || largest > histogram->largest)
        histogram->largest = largest;
    histogram->count += count;
}

void log_histogram_add(struct log_histogram *histogram, double number)
{
    struct log_bucket bucket = {bucket_of(number), 1, number};
    add_bucket(histogram, &bucket);
    add_numbers(histogram, number, 1);
}

void log_histogram_merge(struct log_histogram *histogram, const struct log_histogram *other)
{
    for (size_t i = 0; i < other->slot_count; i++)
        if (other->buckets[i].count != 0)
            add_bucket(histogram, &other->buckets[i]);
    if (other->count > 0)
        add_numbers(histogram, other->largest, other->count);
}

void log_histogram_clear(struct log_histogram *histogram)
{
    free(histogram->buckets);
    *histogram = (struct log_histogram){0};
}

static int compare_buckets(const void *a, const void *b)
{
    const struct log_bucket *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static double number_at(const struct log_histogram *histogram, uint64_t rank)
{
    struct log_bucket *sorted = allocate(histogram->used * sizeof *sorted);
    size_t count = 0, at = 0;
    double number;
    for (size_t i = 0; i < histogram->slot_count; i++)
        if (histogram->buckets[i].count != 0)
            sorted[count++] = histogram->buckets[i];
    qsort(sorted, count, sizeof *sorted, compare_buckets);
    while (at + 1 < count && sorted[at].count < rank)
        rank -= sorted[at++].count;
    number = sorted[at].least;
    free(sorted);
    return number;
}

double log_histogram_quantile(const struct log_histogram *histogram, double share)
{
    /* A share such as 0.07 is not quite what it says: 0.07 * 100 must not become 8. */
    double rank = ceil(share * (1 - 0x1p-51) * (double)histogram->count);
    if (rank >= (double)histogram->count)
        return histogram->largest;
    return number_at(histogram, rank < 1 ? 1 : (uint64_t)rank);
}

void log_histogram_save(const struct log_histogram *histogram, struct text_buffer *out)
{
    const char *lead = "[";
    line_add_natural(out, "{\"count\":", histogram->count);
    saved_number_write(out, ",\"largest\":", histogram->largest);
    text_buffer_add_text(out, ",\"buckets\":[");
    for (size_t i = 0; i < histogram->slot_count; i++) {
        const struct log_bucket *bucket = &histogram->buckets[i];
        if (bucket->count == 0)
            continue;
        line_add_integer(out, lead, bucket->number);
        line_add_natural(out, ",", bucket->count);
        saved_number_write(out, ",", bucket->least);
        text_buffer_add_byte(out, ']');
        lead = ",[";
    }
    text_buffer_add_text(out, "]}");
}

static bool restore_bucket(struct log_histogram *histogram, struct json_slice saved)
{
    struct json_iterator iterator = json_iterator_start(saved);
    struct json_slice number, count, least;
    int64_t place, numbers;
    struct log_bucket bucket;
    if (!json_iterator_next(&iterator, NULL, &number) || !integer_parse(number, &place) ||
        !json_iterator_next(&iterator, NULL, &count) || !integer_parse(count, &numbers) ||
        numbers <= 0 || !json_iterator_next(&iterator, NULL, &least) ||
        !saved_number_read(least, &bucket.least))
        return false;
    bucket.number = (int32_t)place;
    bucket.count = (uint64_t)numbers;
    add_bucket(histogram, &bucket);
    return bucket.number == place;
}

bool log_histogram_restore(struct log_histogram *histogram, struct json_slice saved)
{
    struct line_fields fields;
    struct json_slice largest, buckets, bucket;
    struct json_iterator iterator;
    if (!line_fields_begin(&fields, saved.text, saved.length) ||
        !line_fields_natural(&fields, "count", &histogram->count) ||
        !line_fields_value(&fields, "largest", &largest) ||
        !saved_number_read(largest, &histogram->largest) ||
        !line_fields_value(&fields, "buckets", &buckets) || !line_fields_end(&fields))
        return false;
    iterator = json_iterator_start(buckets);
    while (json_iterator_next(&iterator, NULL, &bucket))
        if (!restore_bucket(histogram, bucket))
            return false;
    return true;
}
