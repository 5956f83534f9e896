#include "latency/latency_ranges.h"

#include <stdbool.h>

enum { WANTED = 16, LINEAR_SPAN = 4, LINEAR_RANGES = 10 };

int64_t latency_round_down(int64_t ns)
{
    int64_t decade = 1;
    while (ns / 10 >= decade)
        decade *= 10;
    return ns / 5 >= decade ? 5 * decade : ns / 2 >= decade ? 2 * decade : decade;
}

int64_t latency_round_next(int64_t round)
{
    int64_t digit = round;
    while (digit % 10 == 0)
        digit /= 10;
    return digit == 2 ? round / 2 * 5 : round * 2;
}

static int64_t decade_down(int64_t ns)
{
    int64_t decade = 1;
    while (ns / 10 >= decade)
        decade *= 10;
    return decade;
}

/* Values that lie within a factor of 4 fall into equal steps; others into growing ones. */
struct ruler {
    int64_t start;
    int64_t step; /* 0 = growing */
    bool decades;
};

static int64_t ruler_next(const struct ruler *ruler, int64_t at)
{
    if (ruler->step > 0)
        return at + ruler->step;
    if (at == 0)
        return ruler->start;
    return ruler->decades ? at * 10 : latency_round_next(at);
}

static struct ruler ruler_for(int64_t low, int64_t high)
{
    struct ruler ruler = {low > 0 ? latency_round_down(low) : 1, 0, false};
    size_t ranges = 0;
    if (low > 0 && high / LINEAR_SPAN < low) {
        ruler.step = latency_round_down((high - low) / LINEAR_RANGES + 1);
        ruler.start = low - low % ruler.step;
        return ruler;
    }
    for (int64_t at = ruler.start; at <= high; at = latency_round_next(at))
        ranges++;
    ruler.decades = ranges > WANTED;
    if (ruler.decades && low > 0)
        ruler.start = decade_down(low);
    return ruler;
}

static void add_range(struct latency_ranges *ranges, int64_t from, int64_t to)
{
    ranges->ranges[ranges->count++] = (struct latency_range){from, to, 0};
}

void latency_ranges_make(struct latency_ranges *ranges, const struct latency_histogram *histogram)
{
    struct latency_cursor cursor = {0};
    struct latency_bucket bucket;
    struct latency_range *range = ranges->ranges;
    int64_t low = -1;
    int64_t high = histogram->max < LATENCY_LIMIT ? histogram->max : LATENCY_LIMIT;
    ranges->count = 0;
    if (histogram->negative > 0)
        add_range(ranges, INT64_MIN, 0);
    while (latency_histogram_next(histogram, &cursor, &bucket) && bucket.lowest < 0)
        ;
    if (histogram->count > histogram->negative) {
        low = bucket.lowest < histogram->min ? histogram->min : bucket.lowest;
        low = low < high ? low : high;
        struct ruler ruler = ruler_for(low, high);
        int64_t next;
        for (int64_t at = low == 0 ? 0 : ruler.start; at <= high; at = next) {
            next = ruler_next(&ruler, at);
            add_range(ranges, at, next);
        }
    }
    cursor = (struct latency_cursor){0};
    while (latency_histogram_next(histogram, &cursor, &bucket)) {
        while (bucket.lowest >= range->to && range + 1 < ranges->ranges + ranges->count)
            range++;
        range->count += bucket.count;
    }
    /* A range may begin with the maximum while its bucket begins before. */
    while (ranges->count > 0 && ranges->ranges[ranges->count - 1].count == 0)
        ranges->count--;
}
