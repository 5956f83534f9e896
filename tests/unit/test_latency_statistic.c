#include "latency/latency_statistic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void parses_lists(void **state)
{
    struct latency_statistics statistics;
    struct error_text error;
    (void)state;
    assert_true(latency_statistics_parse("avg,p50,p99.9,max", &statistics, &error));
    assert_int_equal(statistics.count, 4);
    assert_string_equal(statistics.items[0].label, "AVG");
    assert_string_equal(statistics.items[2].name, "p99.9");
    assert_string_equal(statistics.items[2].label, "P99.9");
    assert_int_equal(statistics.items[2].percent, 99900000);
    assert_true(latency_statistics_parse("p0,p100,p0.000001,count", &statistics, &error));
    assert_int_equal(statistics.items[2].percent, 1);
    assert_false(statistics.items[3].time);
}

static void refuses(void **state)
{
    static const char *const texts[] = {"",        "avg,",        "p",    "p101",   "p100.1",
                                        "p50.",    "p.5",         "p-1",  "P50",    "p1e1",
                                        "max,max", "p99.1234567", "p 50", "median", "p50,,max"};
    struct latency_statistics statistics;
    struct error_text error;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(latency_statistics_parse(texts[i], &statistics, &error));
}

static void values(void **state)
{
    static const int64_t expected[] = {51, 1, 100, 100, 50, 90, 100, 0, 29};
    struct latency_statistics statistics;
    struct latency_histogram histogram;
    struct error_text error;
    (void)state;
    latency_histogram_init(&histogram);
    assert_true(latency_statistics_parse("avg,min,max,count,p50,p90,p99.1,negative,stddev",
                                         &statistics, &error));
    for (size_t i = 0; i < statistics.count; i++)
        assert_int_equal(latency_statistic_value(&statistics.items[i], &histogram), 0);
    for (int64_t i = 1; i <= 100; i++)
        latency_histogram_record(&histogram, i);
    for (size_t i = 0; i < statistics.count; i++)
        assert_int_equal(latency_statistic_value(&statistics.items[i], &histogram), expected[i]);
    latency_histogram_free(&histogram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_lists),
        cmocka_unit_test(refuses),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
