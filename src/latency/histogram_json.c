#include "latency/histogram_json.h"

#include "ndjson/decimal.h"
#include "ndjson/json_iterator.h"
#include "state/line_fields.h"

#include <errno.h>
#include <stdlib.h>

void histogram_json_write(struct text_buffer *out, const struct latency_histogram *histogram)
{
    struct latency_cursor cursor = {0};
    struct latency_bucket bucket;
    const char *lead = "[";
    line_add_natural(out, "\"count\":", histogram->count);
    line_add_natural(out, ",\"negative\":", histogram->negative);
    line_add_natural(out, ",\"beyond_1d\":", histogram->beyond);
    if (histogram->count > 0) {
        line_add_integer(out, ",\"min_ns\":", histogram->min);
        line_add_integer(out, ",\"max_ns\":", histogram->max);
    }
    text_buffer_add_text(out, ",\"sum_ns\":");
    decimal_write(out, (struct decimal){histogram->sum, 0});
    text_buffer_add_text(out, ",\"histogram_ns\":[");
    while (latency_histogram_next(histogram, &cursor, &bucket)) {
        line_add_integer(out, lead, bucket.lowest);
        line_add_natural(out, ",", bucket.count);
        text_buffer_add_byte(out, ']');
        lead = ",[";
    }
    text_buffer_add_byte(out, ']');
}

struct histogram_members histogram_members_of(struct json_slice object)
{
    return (struct histogram_members){
        json_member(object, "count", 5),  json_member(object, "beyond_1d", 9),
        json_member(object, "min_ns", 6), json_member(object, "max_ns", 6),
        json_member(object, "sum_ns", 6), json_member(object, "histogram_ns", 12)};
}

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r')
        at++;
    return at;
}

/* The integer at `at`; NULL if there is none. The array that it stands in ends the digits. */
static const char *take_integer(const char *at, int64_t *value)
{
    char *end;
    at = skip_blanks(at);
    if (*at != '-' && (*at < '0' || *at > '9'))
        return NULL;
    errno = 0;
    *value = strtoll(at, &end, 10);
    return errno == 0 ? skip_blanks(end) : NULL;
}

/* "[LOWEST, COUNT]" at `at`; NULL if something else stands there. */
static const char *take_bucket(const char *at, int64_t *lowest, int64_t *count)
{
    at = skip_blanks(at);
    if (*at != '[' || (at = take_integer(at + 1, lowest)) == NULL || *at != ',' ||
        (at = take_integer(at + 1, count)) == NULL || *at != ']' || *count <= 0)
        return NULL;
    return skip_blanks(at + 1);
}

/* The slice is valid JSON, so that its closing bracket ends every walk. */
static bool read_buckets(struct latency_histogram *histogram, struct json_slice buckets,
                         struct error_text *error)
{
    const char *at = skip_blanks(buckets.text + 1);
    uint64_t total = 0;
    int64_t lowest;
    int64_t count;
    while (*at != ']') {
        at = take_bucket(at, &lowest, &count);
        if (at == NULL || latency_bucket_of(lowest).lowest != lowest)
            return refuse(error, "histogram_ns is not a list of [lowest value, count]");
        if (__builtin_add_overflow(total, (uint64_t)count, &total))
            return refuse(error, "histogram_ns counts too much");
        latency_histogram_count_slowly(histogram, lowest, (uint64_t)count);
        if (*at == ',')
            at = skip_blanks(at + 1);
    }
    if (total != histogram->count)
        return refuse(error, "histogram_ns does not add up to count");
    return true;
}

static bool integer_at(struct json_slice slice, int64_t *value)
{
    return slice.kind == JSON_NUMBER && integer_parse(slice, value);
}

static bool sum_at(struct json_slice slice, int128 *sum)
{
    struct decimal value;
    if (slice.kind != JSON_NUMBER || !decimal_parse(slice, &value) || value.exponent != 0)
        return false;
    *sum = value.coefficient;
    return true;
}

/* Smallest and largest value, sum and number must be possible together. */
static bool consistent(const struct latency_histogram *histogram)
{
    struct latency_cursor cursor = {0};
    struct latency_bucket bucket;
    struct latency_bucket lowest = latency_bucket_of(histogram->min);
    struct latency_bucket highest = latency_bucket_of(histogram->max);
    int128 count = (int128)histogram->count;
    if (histogram->count == 0)
        return histogram->sum == 0;
    if (!latency_histogram_next(histogram, &cursor, &bucket) || bucket.lowest != lowest.lowest)
        return false;
    while (latency_histogram_next(histogram, &cursor, &bucket))
        ;
    return bucket.lowest == highest.lowest && histogram->min <= histogram->max &&
           histogram->sum >= count * histogram->min && histogram->sum <= count * histogram->max;
}

bool histogram_json_read(struct latency_histogram *histogram,
                         const struct histogram_members *members, struct error_text *error)
{
    int64_t count;
    int64_t beyond;
    if (members->buckets.kind != JSON_ARRAY || !integer_at(members->count, &count) || count < 0 ||
        !integer_at(members->beyond, &beyond) || beyond < 0 || beyond > count ||
        !sum_at(members->sum, &histogram->sum) ||
        (count > 0 && (!integer_at(members->min, &histogram->min) ||
                       !integer_at(members->max, &histogram->max))))
        return refuse(error, "incomplete report");
    histogram->count = (uint64_t)count;
    histogram->beyond = (uint64_t)beyond;
    if (!read_buckets(histogram, members->buckets, error))
        return false;
    return consistent(histogram) ||
           refuse(error, "min_ns, max_ns, sum_ns and histogram_ns contradict each other");
}
