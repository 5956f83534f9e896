#include "generate/exact_math.h"
#include "generate/random_source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Distance in units of the last place of the long double truth. */
static double ulps(double got, long double truth)
{
    double rounded = (double)truth;
    double unit = nextafter(fabs(rounded), INFINITY) - fabs(rounded);
    return (double)(fabsl((long double)got - truth) / (long double)unit);
}

static void test_log(void **state)
{
    (void)state;
    struct random_source random = {99};
    double worst = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        double x = random_fraction(random_at(&random, i));
        x = i % 3 == 0 ? x : i % 3 == 1 ? 1 + x * 0x1p-20 : ldexp(x, (int)(i % 2000) - 1000);
        worst = fmax(worst, ulps(exact_log(x), logl((long double)x)));
    }
    assert_true(worst < 2);
    assert_true(exact_log(1.0) == 0.0);
    assert_true(exact_log(0x1p-53) == (double)logl(0x1p-53L));
}

static void test_exp(void **state)
{
    (void)state;
    struct random_source random = {98};
    double worst = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        double x = (random_fraction(random_at(&random, i)) - 0.5) * (i % 2 ? 2 : 1400);
        worst = fmax(worst, ulps(exact_exp(x), expl((long double)x)));
    }
    assert_true(worst < 2);
    assert_true(exact_exp(0.0) == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_exp),
    };
    return cmocka_run_group_tests_name("exact_math", tests, NULL, NULL);
}
