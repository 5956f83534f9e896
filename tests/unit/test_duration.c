#include "time/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

static void reads_durations(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } rows[] = {
        {"0", 0},
        {"0s", 0},
        {"1ns", 1},
        {"250us", 250000},
        {"500ms", SECOND / 2},
        {"10s", 10 * SECOND},
        {"2m", 120 * SECOND},
        {"1h30m", 5400 * SECOND},
        {"7d", 7 * 86400 * SECOND},
        {"1.5s", 3 * SECOND / 2},
        {"1m0.5s", 121 * SECOND / 2},
        {"0.000000001s", 1},
        {"1.000s", SECOND},
        {"1.00000000000000s", SECOND},
        {"0.0000000010s", 1},
        {"0.5d", 12 * 3600 * SECOND},
        {"0.01m", 600000000},
        {"1d2h3m4s5ms6us7ns", INT64_C(93784005006007)},
        {"90m", 5400 * SECOND},
        {"106751d23h47m16s854ms775us807ns", INT64_MAX},
        {"9223372036854775807ns", INT64_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int64_t ns = -1;
        if (!duration_parse(rows[i].text, &ns, NULL) || ns != rows[i].ns)
            fail_msg("%s: %lld", rows[i].text, (long long)ns);
    }
}

static void refuses_what_is_none(void **state)
{
    static const char *const rows[] = {"",
                                       "5",
                                       "1.5",
                                       "-",
                                       "-5s",
                                       "+5s",
                                       "5x",
                                       "s",
                                       ".5s",
                                       "5.s",
                                       "5S",
                                       "5 s",
                                       " 5s",
                                       "5s ",
                                       "1s1s",
                                       "1m1h",
                                       "5s1m",
                                       "1.5h30m",
                                       "0.5ns",
                                       "1.0000000001s",
                                       "1e3s",
                                       "5sec",
                                       "00",
                                       "0.0",
                                       "9223372036854775808ns",
                                       "106752d",
                                       "99999999999999999999s",
                                       "0.00000000001d1s",
                                       "5m..10m",
                                       "1s-",
                                       "--1s",
                                       "1,5s",
                                       "1h 30m",
                                       "0x5s",
                                       "infinity"};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct error_text error = {""};
        int64_t ns;
        if (duration_parse(rows[i], &ns, &error) || duration_parse(rows[i], &ns, NULL))
            fail_msg("'%s' was taken", rows[i]);
        assert_true(strlen(error.text) > 0);
    }
}

static void says_what_is_wrong(void **state)
{
    struct error_text error;
    int64_t ns;
    (void)state;
    assert_false(duration_parse("5", &ns, &error));
    assert_string_equal(error.text, "'5' lacks its unit (5ms, 5s, 5m, 5h)");
    assert_false(duration_parse("-5s", &ns, &error));
    assert_string_equal(error.text, "'-5s' is negative");
    assert_false(duration_parse("5x", &ns, &error));
    assert_string_equal(error.text,
                        "'5x' is not a duration (500ms, 10s, 2m, 1h30m; at most 106751d)");
}

static void reads_signs_where_asked(void **state)
{
    int64_t ns;
    (void)state;
    assert_true(duration_parse_signed("-1h30m", &ns, NULL));
    assert_int_equal(ns, -5400 * SECOND);
    assert_true(duration_parse_signed("-0", &ns, NULL));
    assert_int_equal(ns, 0);
    assert_true(duration_parse_signed("-9223372036854775807ns", &ns, NULL));
    assert_int_equal(ns, -INT64_MAX);
    assert_false(duration_parse_signed("-9223372036854775808ns", &ns, NULL));
    assert_false(duration_parse_signed("--1s", &ns, NULL));
}

static void formats_as_people_write(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1ns"},
        {-1, "-1ns"},
        {999, "999ns"},
        {1500, "1.5us"},
        {1000000, "1ms"},
        {999999999, "999.999999ms"},
        {SECOND, "1s"},
        {7200000000, "7.2s"},
        {60 * SECOND, "1m"},
        {67200000000, "1m7.2s"},
        {60 * SECOND + 1, "1m0.000000001s"},
        {5400 * SECOND, "1h30m"},
        {3600 * SECOND + SECOND / 2, "1h0.5s"},
        {-5400 * SECOND, "-1h30m"},
        {7 * 86400 * SECOND, "7d"},
        {36 * 3600 * SECOND, "1d12h"},
        {INT64_MAX, "106751d23h47m16.854775807s"},
        {INT64_MIN, "-106751d23h47m16.854775808s"},
    };
    char text[DURATION_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(duration_format(rows[i].ns, text), rows[i].text);
}

static void reads_back_what_it_formats(void **state)
{
    uint64_t random = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[DURATION_TEXT_SIZE];
        int64_t ns, read;
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        ns = (int64_t)(random >> (i % 64));
        if (ns == INT64_MIN)
            continue;
        assert_true(duration_parse_signed(duration_format(ns, text), &read, NULL));
        assert_int_equal(read, ns);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(reads_durations),         cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(says_what_is_wrong),      cmocka_unit_test(reads_signs_where_asked),
        cmocka_unit_test(formats_as_people_write), cmocka_unit_test(reads_back_what_it_formats),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
