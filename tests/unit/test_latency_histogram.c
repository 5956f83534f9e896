#include "latency/latency_histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { VALUES = 20000 };

static uint64_t random_state = 88172645463325252u;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Spread over all magnitudes up to about 2^bits ns. */
static int64_t random_latency(unsigned bits)
{
    uint64_t value = next_random() >> (64 - 1 - next_random() % bits);
    return (int64_t)(value > (uint64_t)LATENCY_LIMIT ? (uint64_t)LATENCY_LIMIT : value);
}

static int ascending(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void assert_within(int64_t reported, int64_t exact)
{
    double error = (double)reported - (double)exact;
    double allowed = (double)(exact < 0 ? -exact : exact) / 1000;
    assert_true(error >= 0);
    assert_true(error <= allowed);
}

static void check_percentiles(int64_t *values, const struct latency_histogram *histogram)
{
    static const uint32_t percents[] = {0,        1,        10000000, 25000000, 50000000, 90000000,
                                        99000000, 99900000, 99990000, 99999999, 100000000};
    qsort(values, VALUES, sizeof *values, ascending);
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        uint64_t rank = ((uint64_t)VALUES * percents[i] + LATENCY_HUNDRED_PERCENT - 1) /
                        LATENCY_HUNDRED_PERCENT;
        int64_t exact = values[rank == 0 ? 0 : rank - 1];
        assert_within(latency_histogram_percentile(histogram, percents[i]), exact);
    }
    assert_int_equal(histogram->min, values[0]);
    assert_int_equal(histogram->max, values[VALUES - 1]);
}

static void matches_sorting(void **state)
{
    static int64_t values[VALUES];
    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        struct latency_histogram histogram;
        int128 sum = 0;
        latency_histogram_init(&histogram);
        for (size_t i = 0; i < VALUES; i++) {
            values[i] = random_latency(20 + round) * (round % 4 == 3 && i % 3 == 0 ? -1 : 1);
            sum += values[i];
            latency_histogram_record(&histogram, values[i]);
        }
        assert_int_equal(histogram.count, VALUES);
        assert_true(histogram.sum == sum);
        check_percentiles(values, &histogram);
        latency_histogram_free(&histogram);
    }
}

static void buckets_are_three_digits_wide(void **state)
{
    (void)state;
    for (int64_t ns = 1; ns <= LATENCY_LIMIT; ns += ns / 777 + 1) {
        struct latency_bucket bucket = latency_bucket_of(ns);
        struct latency_bucket next = latency_bucket_of(bucket.highest + 1);
        assert_true(bucket.lowest <= ns && ns <= bucket.highest);
        assert_true((bucket.highest - bucket.lowest) * 1000 <= bucket.lowest);
        if (bucket.highest < LATENCY_LIMIT)
            assert_int_equal(next.lowest, bucket.highest + 1);
    }
    assert_true(latency_bucket_index((uint64_t)LATENCY_LIMIT) < LATENCY_COUNTS);
}

static void merging_is_recording(void **state)
{
    struct latency_histogram parts[2];
    struct latency_histogram whole;
    struct latency_cursor cursors[2] = {{0}, {0}};
    struct latency_bucket buckets[2];
    (void)state;
    latency_histogram_init(&parts[0]);
    latency_histogram_init(&parts[1]);
    latency_histogram_init(&whole);
    for (size_t i = 0; i < VALUES; i++) {
        int64_t value = random_latency(40) * (i % 7 == 0 ? -1 : 1);
        latency_histogram_record(&whole, value);
        latency_histogram_record(&parts[i % 5 == 0], value);
    }
    latency_histogram_merge(&parts[0], &parts[1]);
    assert_int_equal(parts[0].count, whole.count);
    assert_int_equal(parts[0].negative, whole.negative);
    assert_int_equal(parts[0].min, whole.min);
    assert_int_equal(parts[0].max, whole.max);
    assert_true(parts[0].sum == whole.sum);
    while (latency_histogram_next(&whole, &cursors[0], &buckets[0])) {
        assert_true(latency_histogram_next(&parts[0], &cursors[1], &buckets[1]));
        assert_memory_equal(&buckets[0], &buckets[1], sizeof buckets[0]);
    }
    assert_false(latency_histogram_next(&parts[0], &cursors[1], &buckets[1]));
    latency_histogram_free(&parts[0]);
    latency_histogram_free(&parts[1]);
    latency_histogram_free(&whole);
}

static void cursor_ascends(void **state)
{
    static const int64_t values[] = {INT64_MIN, -LATENCY_LIMIT, -5000000, -2048,    -1, 0,
                                     1,         2047,           2048,     INT64_MAX};
    struct latency_histogram histogram;
    struct latency_cursor cursor = {0};
    struct latency_bucket bucket;
    int64_t last = INT64_MIN;
    uint64_t count = 0;
    (void)state;
    latency_histogram_init(&histogram);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        latency_histogram_record(&histogram, values[i]);
    while (latency_histogram_next(&histogram, &cursor, &bucket)) {
        assert_true(bucket.lowest > last);
        last = bucket.highest;
        count += bucket.count;
    }
    assert_int_equal(count, sizeof values / sizeof values[0]);
    assert_int_equal(histogram.negative, 5);
    assert_int_equal(histogram.beyond, 2);
    assert_int_equal(histogram.min, INT64_MIN);
    assert_int_equal(latency_histogram_percentile(&histogram, 1), INT64_MIN);
    assert_int_equal(latency_histogram_percentile(&histogram, 50000000), -1);
    assert_int_equal(latency_histogram_percentile(&histogram, LATENCY_HUNDRED_PERCENT), INT64_MAX);
    latency_histogram_clear(&histogram);
    cursor = (struct latency_cursor){0};
    assert_false(latency_histogram_next(&histogram, &cursor, &bucket));
    latency_histogram_free(&histogram);
}

static void saturates_at_one_day(void **state)
{
    struct latency_histogram histogram;
    int64_t middle;
    (void)state;
    latency_histogram_init(&histogram);
    for (size_t i = 0; i < 9; i++)
        latency_histogram_record(&histogram, 3 * LATENCY_LIMIT);
    latency_histogram_record(&histogram, 10 * LATENCY_LIMIT);
    middle = latency_histogram_percentile(&histogram, 50000000);
    assert_within(middle, LATENCY_LIMIT);
    assert_int_equal(histogram.beyond, 10);
    assert_int_equal(histogram.max, 10 * LATENCY_LIMIT);
    assert_int_equal(latency_histogram_mean(&histogram), 3700000000000 * 86400 / 1000);
    latency_histogram_free(&histogram);
}

static void mean_and_deviation(void **state)
{
    struct latency_histogram histogram;
    (void)state;
    latency_histogram_init(&histogram);
    assert_int_equal(latency_histogram_mean(&histogram), 0);
    assert_int_equal(latency_histogram_percentile(&histogram, 50000000), 0);
    assert_true(latency_histogram_deviation(&histogram) < 1e-9);
    for (int64_t i = 1; i <= 4; i++)
        latency_histogram_record(&histogram, i);
    assert_int_equal(latency_histogram_mean(&histogram), 3); /* 2.5 */
    assert_true(latency_histogram_deviation(&histogram) > 1.118033);
    assert_true(latency_histogram_deviation(&histogram) < 1.118035);
    latency_histogram_clear(&histogram);
    for (int64_t i = 1; i <= 4; i++)
        latency_histogram_record(&histogram, -i);
    assert_int_equal(latency_histogram_mean(&histogram), -3);
    assert_int_equal(latency_histogram_percentile(&histogram, 50000000), -3);
    latency_histogram_free(&histogram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_sorting),      cmocka_unit_test(buckets_are_three_digits_wide),
        cmocka_unit_test(merging_is_recording), cmocka_unit_test(cursor_ascends),
        cmocka_unit_test(saturates_at_one_day), cmocka_unit_test(mean_and_deviation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
