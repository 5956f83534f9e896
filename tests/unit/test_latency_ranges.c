#include "latency/latency_ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void round_numbers(void **state)
{
    static const int64_t rounds[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    (void)state;
    for (size_t i = 0; i + 1 < sizeof rounds / sizeof rounds[0]; i++) {
        assert_int_equal(latency_round_next(rounds[i]), rounds[i + 1]);
        for (int64_t ns = rounds[i]; ns < rounds[i + 1]; ns++)
            assert_int_equal(latency_round_down(ns), rounds[i]);
    }
    assert_int_equal(latency_round_down(LATENCY_LIMIT), 50000000000000);
}

/* Whatever the values: few ranges, side by side, that hold all of them. */
static void check(const int64_t *values, size_t count)
{
    struct latency_histogram histogram;
    struct latency_ranges ranges;
    uint64_t total = 0;
    latency_histogram_init(&histogram);
    for (size_t i = 0; i < count; i++)
        latency_histogram_record(&histogram, values[i]);
    latency_ranges_make(&ranges, &histogram);
    assert_true(ranges.count <= LATENCY_RANGES_MAX);
    for (size_t i = 0; i < ranges.count; i++) {
        assert_true(ranges.ranges[i].from < ranges.ranges[i].to);
        assert_true(i < 2 || ranges.ranges[i].from == ranges.ranges[i - 1].to);
        total += ranges.ranges[i].count;
    }
    if (total != count)
        fail_msg("%ju of %zu values from %jd", (uintmax_t)total, count, (intmax_t)values[0]);
    if (count > 0) {
        assert_true(ranges.ranges[ranges.count - 1].count > 0);
        assert_true(ranges.ranges[0].count > 0);
    }
    latency_histogram_free(&histogram);
}

static void all_kinds(void **state)
{
    static const int64_t extremes[] = {INT64_MIN,     -5,       0, 1, 2, 1000, 1001, 999999999,
                                       LATENCY_LIMIT, INT64_MAX};
    uint64_t random_state = 88172645463325252u;
    (void)state;
    check(NULL, 0);
    for (size_t low = 0; low < sizeof extremes / sizeof extremes[0]; low++)
        for (size_t high = low; high < sizeof extremes / sizeof extremes[0]; high++)
            check(extremes + low, high - low + 1);
    for (unsigned round = 0; round < 3000; round++) {
        int64_t values[3];
        for (size_t i = 0; i < 3; i++) {
            random_state ^= random_state << 13;
            random_state ^= random_state >> 7;
            random_state ^= random_state << 17;
            values[i] = (int64_t)(random_state >> (20 + random_state % 43));
        }
        check(values, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_numbers),
        cmocka_unit_test(all_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
