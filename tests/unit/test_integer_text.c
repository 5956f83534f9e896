#include "ndjson/integer_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void check(int64_t number)
{
    char expected[32], found[32];
    snprintf(expected, sizeof expected, "%lld", (long long)number);
    found[integer_write(number, found)] = '\0';
    assert_string_equal(found, expected);
}

static void numbers_are_written_in_full(void **state)
{
    static const int64_t numbers[] = {0, 1714521600000000000, INT64_MAX, INT64_MIN};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        check(numbers[i]);
}

static void numbers_of_every_length_are_written_in_full(void **state)
{
    int64_t power = 1;
    (void)state;
    for (int digits = 1; digits <= 19; digits++) {
        for (int64_t step = -2; step <= 2; step++) {
            check(power + step);
            check(-power + step);
        }
        check(power * 7 / 3);
        power = digits < 19 ? power * 10 : power;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_in_full),
        cmocka_unit_test(numbers_of_every_length_are_written_in_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
