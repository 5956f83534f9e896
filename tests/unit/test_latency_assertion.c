#include "latency/latency_assertion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void parses(void **state)
{
    struct latency_assertion assertion;
    struct error_text error;
    (void)state;
    assert_true(latency_assertion_parse("p99<50ms", &assertion, &error));
    assert_string_equal(assertion.statistic.name, "p99");
    assert_int_equal(assertion.limit, 50000000);
    assert_false(assertion.ratio);
    assert_true(latency_assertion_parse(" p99.9 <= 1.1x", &assertion, &error));
    assert_true(assertion.ratio);
    assert_int_equal(assertion.limit, 1100000);
    assert_true(latency_assertion_parse("count >= 1000", &assertion, &error));
    assert_int_equal(assertion.limit, 1000);
    assert_true(latency_assertion_parse("min>-1ms", &assertion, &error));
    assert_int_equal(assertion.limit, -1000000);
}

static void refuses(void **state)
{
    static const char *const texts[] = {"",
                                        "p99",
                                        "p99=50ms",
                                        "p99<",
                                        "<50ms",
                                        "p99<50",
                                        "p99<x",
                                        "p99<1.x",
                                        "p99<.5x",
                                        "p99<1.1xx",
                                        "count<1.5",
                                        "count<ms",
                                        "p99<1..1x",
                                        "foo<1ms",
                                        "p99<>1ms",
                                        "count<99999999999999999999",
                                        "p99<1.1234567x",
                                        "p99<-1x"};
    struct latency_assertion assertion;
    struct error_text error;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (latency_assertion_parse(texts[i], &assertion, &error))
            fail_msg("accepted %s", texts[i]);
}

static void fill(struct latency_histogram *histogram, int64_t step)
{
    latency_histogram_init(histogram);
    for (int64_t i = 1; i <= 100; i++)
        latency_histogram_record(histogram, i * step);
}

static bool holds(const char *text, const struct latency_histogram *histogram)
{
    struct latency_assertion assertion;
    struct error_text verdict;
    assert_true(latency_assertion_parse(text, &assertion, &verdict));
    return latency_assertion_holds(&assertion, histogram, &verdict);
}

static void one_run(void **state)
{
    struct latency_histogram histogram;
    struct latency_assertion assertion;
    struct error_text verdict;
    (void)state;
    fill(&histogram, 10);
    assert_true(holds("p50<=500ns", &histogram));
    assert_false(holds("p50<500ns", &histogram));
    assert_true(holds("p50>=500ns", &histogram));
    assert_false(holds("p50>500ns", &histogram));
    assert_true(holds("max<1.1us", &histogram));
    assert_true(holds("count>=100", &histogram));
    assert_false(holds("count>100", &histogram));
    assert_true(latency_assertion_parse("avg<0", &assertion, &verdict));
    assert_false(latency_assertion_holds(&assertion, &histogram, &verdict));
    assert_string_equal(verdict.text, "avg is 505ns in 100 records");
    latency_histogram_clear(&histogram);
    assert_false(holds("p50<500ns", &histogram));
    assert_false(holds("count>=0", &histogram));
    latency_histogram_free(&histogram);
}

static bool ratio_holds(const char *text, const struct latency_histogram *first,
                        const struct latency_histogram *second, const char *expected)
{
    struct latency_assertion assertion;
    struct error_text verdict;
    bool result;
    assert_true(latency_assertion_parse(text, &assertion, &verdict));
    result = latency_assertion_holds_ratio(&assertion, first, second, &verdict);
    if (expected != NULL)
        assert_string_equal(verdict.text, expected);
    return result;
}

static void two_runs(void **state)
{
    struct latency_histogram first;
    struct latency_histogram second;
    (void)state;
    fill(&first, 10);
    fill(&second, 11);
    assert_true(ratio_holds("max<=1.1x", &first, &second, NULL));
    assert_false(
        ratio_holds("max<1.1x", &first, &second, "max went from 1.00us to 1.10us (1.10x)"));
    assert_true(ratio_holds("max>1.09x", &first, &second, NULL));
    assert_true(ratio_holds("count<=1x", &first, &second, NULL));
    assert_false(ratio_holds("negative<=1x", &first, &second, "negative went from 0 to 0 (-)"));
    latency_histogram_clear(&first);
    assert_false(ratio_holds("max<9x", &first, &second, "the first run has no samples"));
    assert_false(ratio_holds("max<9x", &second, &first, "the second run has no samples"));
    latency_histogram_free(&first);
    latency_histogram_free(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(refuses),
        cmocka_unit_test(one_run),
        cmocka_unit_test(two_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
