#include "generate/random_source.h"
#include "generate/zipf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Chi-square against 1/rank^skew; 99 degrees of freedom, 149 is passed by chance once in 1000. */
static void check_skew(double skew)
{
    enum { COUNT = 100, DRAWS = 200000 };
    const struct random_source random = {12345};
    struct zipf zipf;
    double counts[COUNT] = {0}, sum = 0, chi = 0;
    zipf_init(&zipf, COUNT, skew);
    for (uint64_t i = 0; i < DRAWS; i++)
        counts[zipf_rank(&zipf, random_at(&random, i))]++;
    for (int i = 0; i < COUNT; i++)
        sum += pow(i + 1, -skew);
    for (int i = 0; i < COUNT; i++) {
        double expected = DRAWS * pow(i + 1, -skew) / sum;
        chi += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    assert_true(chi < 149);
    zipf_free(&zipf);
}

static void test_skews(void **state)
{
    (void)state;
    check_skew(0);
    check_skew(0.5);
    check_skew(1);
    check_skew(1.5);
}

static void test_edges(void **state)
{
    (void)state;
    struct zipf zipf;
    zipf_init(&zipf, 1, 2);
    assert_int_equal(zipf_rank(&zipf, UINT64_MAX), 0);
    zipf_free(&zipf);
    zipf_init(&zipf, 3, 10);
    assert_int_equal(zipf_rank(&zipf, 0), 0);
    assert_in_range(zipf_rank(&zipf, UINT64_MAX), 0, 2);
    zipf_free(&zipf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_skews),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests_name("zipf", tests, NULL, NULL);
}
