#include "generate/digits.h"
#include "generate/random_source.h"
#include "generate/time_text.h"
#include "generate/uuid_text.h"
#include "generate/window_text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void check_time(struct time_text *text, int64_t time)
{
    char expected[32], got[32];
    snprintf(expected, sizeof expected, "%" PRId64, time);
    *time_text_put_ns(text, got, time) = '\0';
    assert_string_equal(got, expected);
    snprintf(expected, sizeof expected, "%" PRId64, time / 1000000 - (time % 1000000 < 0));
    *time_text_put_ms(text, got, time) = '\0';
    assert_string_equal(got, expected);
}

static void test_times(void **state)
{
    (void)state;
    const int64_t edges[] = {0,
                             1,
                             -1,
                             999999,
                             -999999,
                             -1000000,
                             -1000001,
                             999999999999999999,
                             1000000000000000000,
                             1700000000123456789,
                             1700000000999999999,
                             1700000001000000000,
                             INT64_MAX,
                             INT64_MIN + 1,
                             1,
                             1700000001000000007};
    const struct random_source random = {5};
    struct time_text text;
    time_text_init(&text);
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        check_time(&text, edges[i]);
    for (uint64_t i = 0; i < 20000; i++)
        check_time(&text, (int64_t)(random_at(&random, i) >> (i % 8)));
}

static void test_uuid(void **state)
{
    (void)state;
    char text[UUID_LENGTH + 1];
    *uuid_text_put(text, UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210)) = '\0';
    assert_string_equal(text, "01234567-89ab-4def-bedc-ba9876543210");
    *uuid_text_put(text, 0, 0) = '\0';
    assert_string_equal(text, "00000000-0000-4000-8000-000000000000");
}

static void test_digits(void **state)
{
    (void)state;
    char text[DIGITS_SIZE + 2];
    *digits_put(text, UINT64_MAX) = '\0';
    assert_string_equal(text, "18446744073709551615");
    *digits_put_signed(text, INT64_MIN) = '\0';
    assert_string_equal(text, "-9223372036854775808");
    *digits_put(text, 0) = '\0';
    assert_string_equal(text, "0");
}

static void test_windows(void **state)
{
    (void)state;
    struct window_text window;
    const struct {
        int64_t time;
        const char *text;
    } cases[] = {{50, "<0>"},           {9999999999, "<0>"},     {49, "<-1>"},
                 {-9999999950, "<-1>"}, {-9999999951, "<-2>"},   {10000000049, "<0>"},
                 {10000000050, "<1>"},  {1000000000050, "<100>"}};
    window_text_init(&window, 50, "<", ">");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        window_text_enter(&window, cases[i].time);
        window.text[window.length] = '\0';
        assert_string_equal(window.text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_windows),
    };
    return cmocka_run_group_tests_name("time_text", tests, NULL, NULL);
}
