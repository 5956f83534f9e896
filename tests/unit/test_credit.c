#include "attribution/credit_model.h"
#include "attribution/credit_split.h"
#include "attribution/credit_value.h"
#include "attribution/half_life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DAY UINT64_C(86400000000000)

/* floor(2^62 * 2^(-1/2)), floor(2^62 * 2^(-1/7)), to 60 digits. */
static void halves_exactly(void **state)
{
    static const struct {
        uint64_t age, half_life, weight;
    } cases[] = {
        {0, 1, UINT64_C(1) << 62},
        {1, 1, UINT64_C(1) << 61},
        {61 * 7 * DAY, 7 * DAY, 2},
        {62 * 7 * DAY, 7 * DAY, 0},
        {UINT64_MAX, 1, 0},
        {1, 2, UINT64_C(3260954456333195553)},
        {DAY, 7 * DAY, UINT64_C(4176913159044679997)},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t weight = half_life_weight(cases[i].age, cases[i].half_life);
        uint64_t error = weight > cases[i].weight ? weight - cases[i].weight
                                                  : cases[i].weight - weight;
        assert_true(error <= 32);
    }
}

static void splits_by_the_largest_remainder(void **state)
{
    struct credit_share thirds[] = {{1, 0}, {1, 0}, {1, 0}};
    struct credit_share mixed[] = {{4, 0}, {2, 0}, {4, 0}};
    struct credit_share large[] = {{UINT64_C(1) << 62, 0}, {1, 0}};
    (void)state;
    credit_split(thirds, 3, 100);
    assert_int_equal(thirds[0].units, 34);
    assert_int_equal(thirds[1].units, 33);
    assert_int_equal(thirds[2].units, 33);
    credit_split(mixed, 3, 11);
    assert_int_equal(mixed[0].units, 5);
    assert_int_equal(mixed[1].units, 2);
    assert_int_equal(mixed[2].units, 4);
    credit_split(large, 2, INT64_MAX);
    assert_int_equal(large[0].units + large[1].units, INT64_MAX);
    assert_int_equal(large[1].units, 2);
}

static struct json_slice number(const char *text)
{
    return (struct json_slice){text, (uint32_t)strlen(text), JSON_NUMBER, 0};
}

static void counts_values_in_units(void **state)
{
    static const struct {
        const char *text;
        unsigned digits;
        uint64_t units;
        int exponent;
        bool negative;
    } cases[] = {
        {"1", 6, 1000000, -6, false},     {"0.10", 2, 10, -2, false},
        {"0.12345", 2, 12345, -5, false}, {"-1e2", 0, 100, 0, true},
        {"0", 6, 0, -6, false},           {"9223372036854775807", 0, INT64_MAX, 0, false},
    };
    struct credit_value value;
    struct error_text error;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(credit_value_read(number(cases[i].text), cases[i].digits, &value, &error));
        assert_int_equal(value.units, cases[i].units);
        assert_int_equal(value.exponent, cases[i].exponent);
        assert_int_equal(value.negative, cases[i].negative);
    }
    assert_false(credit_value_read(number("9223372036854775808"), 0, &value, &error));
    assert_false(credit_value_read(number("1e13"), 6, &value, &error));
    assert_false(
        credit_value_read((struct json_slice){"null", 4, JSON_NULL, 0}, 6, &value, &error));
}

static void parses_models(void **state)
{
    static const char *const wrong[] = {"",
                                        "Last",
                                        "last:",
                                        "position",
                                        "position:1",
                                        "position:1,1,",
                                        "time-decay:",
                                        "weights:",
                                        "weights:2",
                                        "weights:.",
                                        "weights:0.0000000001"};
    struct credit_model model;
    struct error_text error;
    (void)state;
    assert_true(credit_model_store(&model, "position:.4,0.2,.4", &error));
    assert_int_equal(model.weights[0], 400000000);
    assert_int_equal(model.weights[1], 200000000);
    assert_true(credit_model_store(&model, "time-decay:7d", &error));
    assert_int_equal(model.half_life, 7 * DAY);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(credit_model_store(&model, wrong[i], &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_exactly),
        cmocka_unit_test(splits_by_the_largest_remainder),
        cmocka_unit_test(counts_values_in_units),
        cmocka_unit_test(parses_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
