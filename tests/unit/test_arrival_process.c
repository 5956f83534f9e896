#include "generate/arrival_process.h"
#include "generate/producer_merge.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* All figures are for these seeds: the tests are deterministic, their bounds those of statistics.
 */
enum { SEED = 42, SECOND = 1000000000 };

static const struct arrival_shape poisson = {.kind = ARRIVAL_POISSON};
static const struct arrival_shape uniform = {.kind = ARRIVAL_UNIFORM};
static const struct arrival_shape mmpp = {.kind = ARRIVAL_MMPP, .ratio = 3, .q12 = 1, .q21 = 1};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Largest distance between the samples' distribution and 1 - exp(-x/mean), times sqrt(n); 1.63 is
   passed by chance once in 100. */
static double kolmogorov_exponential(double *samples, size_t count, double mean)
{
    double worst = 0;
    qsort(samples, count, sizeof *samples, compare);
    for (size_t i = 0; i < count; i++) {
        double truth = 1 - exp(-samples[i] / mean);
        worst = fmax(worst, fmax(fabs(truth - (double)i / (double)count),
                                 fabs(truth - (double)(i + 1) / (double)count)));
    }
    return worst * sqrt((double)count);
}

static void test_poisson_gaps_are_exponential(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct arrival_process process;
    double *gaps = malloc(COUNT * sizeof *gaps);
    int64_t last = 0;
    arrival_process_init(&process, &poisson, 1000, SEED, 0, 1, 0);
    for (size_t i = 0; i < COUNT; i++) {
        int64_t time = arrival_process_next(&process);
        gaps[i] = (double)(time - last);
        assert_true(gaps[i] >= 0);
        last = time;
    }
    assert_true(kolmogorov_exponential(gaps, COUNT, 1e6) < 1.63);
    /* 100 s expected, standard deviation 0.316 s. */
    assert_true(fabs((double)last / 1e9 - 100) < 3 * 0.316);
    free(gaps);
}

static void test_uniform_is_exact(void **state)
{
    (void)state;
    struct arrival_process process;
    arrival_process_init(&process, &uniform, 3, SEED, 0, 1, 5);
    for (int64_t i = 0; i < 3000; i++) {
        int64_t expected = 5 + i * SECOND / 3;
        int64_t time = arrival_process_next(&process);
        assert_true(time >= expected - 1 && time <= expected + 1);
    }
    arrival_process_init(&process, &uniform, 3, SEED, 2, 3, 5);
    assert_true(llabs(arrival_process_next(&process) - (5 + 2 * INT64_C(333333333))) <= 1);
    assert_true(llabs(arrival_process_next(&process) - (5 + 5 * INT64_C(333333333) + 1)) <= 2);
}

static void test_fractional_rate(void **state)
{
    (void)state;
    struct arrival_process process;
    int64_t time = 0;
    arrival_process_init(&process, &poisson, 0.2, SEED, 0, 1, 0);
    for (int i = 0; i < 10000; i++)
        time = arrival_process_next(&process);
    assert_true(fabs((double)time / 1e9 - 50000) < 3 * 500);
}

/* Counts per second of a two-state process: mean, and the index of dispersion (variance over mean)
   1 + 2 pi1 pi2 (high-low)^2 / (mean q) * (1 - (1 - exp(-q t)) / (q t)), q = q12 + q21. */
static void test_mmpp_counts(void **state)
{
    (void)state;
    enum { SECONDS = 100000, RATE = 100 };
    struct arrival_process process;
    double *counts = calloc(SECONDS, sizeof *counts);
    double mean = 0, variance = 0;
    int64_t time;
    arrival_process_init(&process, &mmpp, RATE, SEED, 0, 1, 0);
    while ((time = arrival_process_next(&process)) < INT64_C(1000000000) * SECONDS)
        counts[time / SECOND]++;
    for (int i = 0; i < SECONDS; i++)
        mean += counts[i] / SECONDS;
    for (int i = 0; i < SECONDS; i++)
        variance += (counts[i] - mean) * (counts[i] - mean) / SECONDS;
    double dispersion = 1 + 2 * 0.25 * RATE * RATE / (RATE * 2.0) * (1 - (1 - exp(-2)) / 2);
    assert_true(fabs(mean - RATE) < 1);
    assert_true(fabs(variance / mean - dispersion) < 0.02 * dispersion);
    free(counts);
}

/* Ratio 5, q12 0.5, q21 2: rates, time and dwell times of each state. */
static void test_mmpp_states(void **state)
{
    (void)state;
    enum { DWELLS = 20000 };
    const struct arrival_shape shape = {.kind = ARRIVAL_MMPP, .ratio = 5, .q12 = 0.5, .q21 = 2};
    struct arrival_process process;
    double arrivals[2] = {0}, times[2] = {0}, *dwells[2];
    size_t seen[2] = {0};
    dwells[0] = malloc(DWELLS * sizeof **dwells);
    dwells[1] = malloc(DWELLS * sizeof **dwells);
    arrival_process_init(&process, &shape, 1000, SEED, 0, 1, 0);
    while (process.dwells < DWELLS) {
        /* The time left in the state is told before the step and after it. */
        struct arrival_process before = process;
        int64_t time = arrival_process_next(&process);
        arrivals[process.state]++;
        if (process.dwells == before.dwells) {
            times[process.state] += (double)(time - before.time);
        } else if (process.dwells == before.dwells + 1) {
            times[before.state] += before.remaining;
            times[process.state] += (double)(time - before.time) - before.remaining;
            dwells[process.state][seen[process.state]++] = process.remaining +
                                                           (double)(time - before.time) -
                                                           before.remaining;
        }
    }
    assert_true(kolmogorov_exponential(dwells[0], seen[0], 2e9) < 1.63);
    assert_true(kolmogorov_exponential(dwells[1], seen[1], 0.5e9) < 1.63);
    double low = 1000 / (0.8 + 0.2 * 5);
    assert_true(fabs(arrivals[0] / times[0] * 1e9 - low) < 0.01 * low);
    assert_true(fabs(arrivals[1] / times[1] * 1e9 - 5 * low) < 0.01 * 5 * low);
    free(dwells[0]);
    free(dwells[1]);
}

static void test_mmpp_starts_stationary(void **state)
{
    (void)state;
    const struct arrival_shape shape = {.kind = ARRIVAL_MMPP, .ratio = 3, .q12 = 1, .q21 = 3};
    struct arrival_process process;
    int high = 0;
    for (uint64_t producer = 0; producer < 4000; producer++) {
        arrival_process_init(&process, &shape, 1000, SEED, producer, 4000, 0);
        high += (int)process.state;
    }
    assert_true(abs(high - 1000) < 3 * 28);
}

static void test_merge_is_in_order_and_complete(void **state)
{
    (void)state;
    struct producer_merge merge;
    struct arrival_process alone;
    unsigned counts[5] = {0};
    int64_t last = INT64_MIN;
    producer_merge_init(&merge, &mmpp, 1000, SEED, 5, 0);
    arrival_process_init(&alone, &mmpp, 1000, SEED, 3, 5, 0);
    for (int i = 0; i < 20000; i++) {
        int64_t time = producer_merge_time(&merge);
        uint32_t producer = producer_merge_producer(&merge);
        assert_true(time >= last);
        if (producer == 3)
            assert_int_equal(time, arrival_process_next(&alone));
        counts[producer]++;
        last = time;
        producer_merge_advance(&merge);
    }
    for (int i = 0; i < 5; i++)
        assert_in_range(counts[i], 3000, 5000);
    producer_merge_free(&merge);
}

static void test_options(void **state)
{
    (void)state;
    const char *const refused[] = {"", "0", "-1", "x", "1e10", "nan", "1 ", "inf", "+1"};
    struct error_text error;
    struct arrival_shape shape = mmpp;
    double rate = 7;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(rate_store(&rate, refused[i], &error));
    assert_true(rate == 7);
    assert_true(rate_store(&rate, ".25", &error) && rate == 0.25);
    assert_false(arrival_store_mmpp(&shape, "3,1", &error));
    assert_false(arrival_store_mmpp(&shape, "3,1,0", &error));
    assert_false(arrival_store_mmpp(&shape, "3,1,1,1", &error));
    assert_true(arrival_store_mmpp(&shape, "4,.5,2", &error));
    assert_true(shape.ratio == 4 && shape.q12 == 0.5 && shape.q21 == 2);
    assert_false(arrival_store_poisson(&shape, NULL, &error));
    assert_string_equal(error.text, "only one of --uniform, --poisson and --mmpp");
}

static void test_end_of_time(void **state)
{
    (void)state;
    struct arrival_process process;
    arrival_process_init(&process, &uniform, 1e-9, SEED, 0, 1, 0);
    for (int i = 0; i < 20; i++)
        arrival_process_next(&process);
    assert_true(process.time == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poisson_gaps_are_exponential),
        cmocka_unit_test(test_uniform_is_exact),
        cmocka_unit_test(test_fractional_rate),
        cmocka_unit_test(test_mmpp_counts),
        cmocka_unit_test(test_mmpp_states),
        cmocka_unit_test(test_mmpp_starts_stationary),
        cmocka_unit_test(test_merge_is_in_order_and_complete),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_end_of_time),
    };
    return cmocka_run_group_tests_name("arrival_process", tests, NULL, NULL);
}
