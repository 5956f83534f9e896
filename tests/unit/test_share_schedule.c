#include "generate/share_list.h"
#include "generate/share_schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const uint64_t sets[][4] = {
    {300000000, 0, 0, 0},
    {10000000, 50000000, 1000000, 0},
    {10000000, 50000000, 1000000, 20000000},
    {500000000, 10000000, 3000000, 1},
    {250000000, 250000000, 250000000, 249999999},
    {333333333, 333333333, 333333334, 0},
    {900000000, 90000000, 10000000, 0},
    {1000000000, 0, 0, 0},
    {700000000, 100000000, 100000000, 50000000},
    {123456789, 12345678, 1234567, 123456},
};

static uint64_t distance(uint64_t count, uint64_t share, uint64_t places)
{
    uint64_t truth = share * places, got = count * SHARE_WHOLE;
    return truth > got ? truth - got : got - truth;
}

static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            const struct random_source random = {seed * 977};
            struct share_schedule schedule;
            uint64_t counts[4] = {0};
            share_schedule_init(&schedule, sets[i], 4, 0, &random);
            for (uint64_t place = 1; place <= 20000; place++) {
                int kind = share_schedule_next(&schedule);
                if (kind != SHARE_PLAIN)
                    counts[kind]++;
                for (int k = 0; k < 4; k++)
                    assert_true(distance(counts[k], sets[i][k], place) <= SHARE_WHOLE);
            }
        }
}

static void test_limit_is_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        for (uint64_t places = 1; places < 1200; places += 7) {
            const struct random_source random = {places};
            struct share_schedule schedule;
            uint64_t counts[4] = {0}, totals[4], sum = 0;
            for (int k = 0; k < 4; k++)
                sum += totals[k] = share_round(sets[i][k], places);
            share_schedule_init(&schedule, sets[i], 4, 0, &random);
            share_schedule_limit(&schedule, places, totals);
            for (uint64_t place = 0; place < places; place++) {
                int kind = share_schedule_next(&schedule);
                if (kind != SHARE_PLAIN)
                    counts[kind]++;
            }
            /* Where hardly a place is free, the last places may not do for all; the first goes
             * first. */
            assert_int_equal(counts[0], totals[0]);
            for (int k = 0; 10 * sum <= 9 * places && k < 4; k++)
                assert_int_equal(counts[k], totals[k]);
        }
}

static void test_nothing_before_first(void **state)
{
    (void)state;
    const uint64_t shares[] = {400000000, 300000000};
    for (uint64_t seed = 0; seed < 100; seed++) {
        const struct random_source random = {seed};
        struct share_schedule schedule;
        share_schedule_init(&schedule, shares, 2, 1, &random);
        assert_int_equal(share_schedule_next(&schedule), SHARE_PLAIN);
    }
}

/* A kind of share 1/1000 falls on each place of its window about equally often. */
static void test_wide_windows_are_random(void **state)
{
    (void)state;
    const uint64_t shares[] = {1000000};
    unsigned quarters[4] = {0};
    for (uint64_t seed = 0; seed < 400; seed++) {
        const struct random_source random = {seed * 31 + 5};
        struct share_schedule schedule;
        share_schedule_init(&schedule, shares, 1, 0, &random);
        for (int place = 0; place < 1000; place++)
            if (share_schedule_next(&schedule) != SHARE_PLAIN)
                quarters[place / 250]++;
    }
    for (int i = 0; i < 4; i++)
        assert_in_range(quarters[i], 70, 130);
}

static void test_list(void **state)
{
    (void)state;
    struct share_list list = {0};
    struct error_text error;
    assert_true(share_store(&list, "late=.01,duplicate=0.05", &error));
    assert_true(share_store(&list, "late=1", &error));
    assert_int_equal(share_list_find(&list, "late", 7), SHARE_WHOLE);
    assert_int_equal(share_list_find(&list, "duplicate", 7), 50000000);
    assert_int_equal(share_list_find(&list, "dup", 7), 7);
    const char *const refused[] = {
        "",         "late",    "=.1",       "late=",    "late=2",   "late=.",
        "late=1.1", "late=-1", "late=1e-3", "late=.1,", "late=.1x", "late=0.1234567891",
        "a,b=.1"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(share_store(&list, refused[i], &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_limit_is_exact),
        cmocka_unit_test(test_nothing_before_first),
        cmocka_unit_test(test_wide_windows_are_random),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests_name("share_schedule", tests, NULL, NULL);
}
