#include "time/time_range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define MINUTE INT64_C(60000000000)

static void reads_ranges(void **state)
{
    static const struct {
        const char *text;
        int64_t lower, upper;
    } rows[] = {
        {"0..5m", 0, 5 * MINUTE},
        {"-1m..5m", -MINUTE, 5 * MINUTE},
        {"0..<5m", 0, 5 * MINUTE - 1},
        {"0<..5m", 1, 5 * MINUTE},
        {"-1m<..<10s", -MINUTE + 1, MINUTE / 6 - 1},
        {"..5m", INT64_MIN, 5 * MINUTE},
        {"..<5m", INT64_MIN, 5 * MINUTE - 1},
        {"0..", 0, INT64_MAX},
        {"0<..", 1, INT64_MAX},
        {"-5m..-1m", -5 * MINUTE, -MINUTE},
        {"all", INT64_MIN, INT64_MAX},
        {"1.5s..2.5s", MINUTE / 40, MINUTE / 24},
        {"5m..0", 5 * MINUTE, 0},
        {"0<..<0", 1, -1},
        {"0", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct time_range range = {0, 0, false};
        if (!time_range_parse(rows[i].text, BARE_SYMMETRIC, &range, NULL) || !range.given ||
            range.lower != rows[i].lower || range.upper != rows[i].upper)
            fail_msg("%s: %lld..%lld", rows[i].text, (long long)range.lower,
                     (long long)range.upper);
    }
}

static void bare_durations_read_as_the_tool_says(void **state)
{
    struct time_range range;
    (void)state;
    assert_true(time_range_store_symmetric(&range, "5m", NULL));
    assert_int_equal(range.lower, -5 * MINUTE);
    assert_int_equal(range.upper, 5 * MINUTE);
    assert_true(time_range_store_forward(&range, "5m", NULL));
    assert_int_equal(range.lower, 0);
    assert_int_equal(range.upper, 5 * MINUTE);
}

static void refuses_what_is_none(void **state)
{
    static const char *const rows[] = {
        "",
        "..",
        "...",
        "<..<",
        "<..5m",
        "0..>5m",
        "-5m",
        "5",
        "0..5",
        "0...5s",
        "5s...6s",
        "a..b",
        "0..5m..6m",
        "0<<..5m",
        "0..<<5m",
        "all..5m",
        " 0..5m",
        "0 ..5m",
        "<5m",
        "5m<",
        "0..-",
        "9223372036854775807ns..",
        "-9223372036854775807ns..",
        "..<-9223372036854775807ns",
        "ALL",
        "0..000000000000000000000000000000000000000000000000000000000000000000000000000001s"};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct time_range range = {7, 8, false};
        struct error_text error = {""};
        if (time_range_parse(rows[i], BARE_SYMMETRIC, &range, &error))
            fail_msg("'%s' was taken", rows[i]);
        assert_true(strlen(error.text) > 0);
        assert_true(range.lower == 7 && range.upper == 8 && !range.given);
    }
}

static void says_what_is_wrong(void **state)
{
    struct time_range range;
    struct error_text error;
    (void)state;
    assert_false(time_range_parse("0..5", BARE_FORWARD, &range, &error));
    assert_string_equal(error.text, "'5' lacks its unit (5ms, 5s, 5m, 5h)");
    assert_false(time_range_parse("-5m", BARE_FORWARD, &range, &error));
    assert_string_equal(error.text, "'-5m' is negative: write -5m..0 or 0..5m");
    assert_false(time_range_parse("sometimes", BARE_FORWARD, &range, &error));
    assert_string_equal(error.text, "'sometimes' is not a range (5m, 0..5m, -1m..5m, 0..<5m, "
                                    "0<..5m, 0.., all)");
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(reads_ranges),
        cmocka_unit_test(bare_durations_read_as_the_tool_says),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(says_what_is_wrong),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
