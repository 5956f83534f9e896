#include "generate/random_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The published outputs of splitmix64 from state 1234567. */
static void test_known_answers(void **state)
{
    (void)state;
    const struct random_source source = {1234567};
    const uint64_t expected[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                 UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                 UINT64_C(16408922859458223821)};
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(random_at(&source, i), expected[i]);
}

static void test_purposes_and_producers_are_apart(void **state)
{
    (void)state;
    struct random_source sources[32];
    for (uint64_t i = 0; i < 32; i++)
        random_source_init(&sources[i], 42 + i / 16, (enum random_purpose)(i / 4 % 4), i % 4);
    for (int i = 0; i < 32; i++)
        for (int j = 0; j < i; j++)
            assert_true(sources[i].origin != sources[j].origin);
}

static void test_bounds(void **state)
{
    (void)state;
    assert_int_equal(random_below(0, 7), 0);
    assert_int_equal(random_below(UINT64_MAX, 7), 6);
    assert_int_equal(random_below(UINT64_MAX, UINT64_MAX), UINT64_MAX - 1);
    assert_true(random_fraction(UINT64_MAX) == 1.0);
    assert_true(random_fraction(0) == 0x1p-53);
    uint64_t seed;
    assert_true(random_seed_draw(&seed));
    assert_true(seed < UINT64_C(1) << 48);
}

/* Chi-square of 64 cells, 63 degrees of freedom: 103 is passed by chance once in 1000. */
static void test_even_spread(void **state)
{
    (void)state;
    struct random_source source;
    unsigned cells[64] = {0};
    double chi = 0;
    random_source_init(&source, 7, RANDOM_PAYLOAD, 0);
    for (uint64_t i = 0; i < 64000; i++)
        cells[random_below(random_at(&source, i), 64)]++;
    for (int i = 0; i < 64; i++)
        chi += (cells[i] - 1000.0) * (cells[i] - 1000.0) / 1000.0;
    assert_true(chi < 103.4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_purposes_and_producers_are_apart),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_even_spread),
    };
    return cmocka_run_group_tests_name("random_source", tests, NULL, NULL);
}
