#include "window/window_spec.h"

#include "time/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define DAY (86400 * NS_PER_SECOND)

static struct window_spec make(const char *window, const char *cumulate, int64_t offset)
{
    struct window_options options = {
        .window = window, .cumulate = cumulate, .session = -1, .offset = offset};
    struct window_spec spec;
    struct error_text error;
    assert_true(window_spec_make(&spec, &options, &error));
    return spec;
}

static void slices_divide_size_and_slide(void **state)
{
    (void)state;
    struct window_spec spec = make("10s/4s", NULL, 0);
    assert_int_equal(spec.slice, 2 * NS_PER_SECOND);
    assert_false(window_spec_tumbling(&spec));
    spec = make("10s", NULL, 0);
    assert_true(window_spec_tumbling(&spec));
    spec = make("10s/30s", NULL, 0);
    assert_true(window_spec_gaps(&spec));
}

/* Every window that holds a time, found by trying all near it. */
static void check_ends(const struct window_spec *spec, int64_t time)
{
    int64_t slice = window_slice(spec, time);
    int64_t first = INT64_MAX, last = INT64_MIN, found_first, found_last;
    int64_t period = spec->kind == WINDOW_CUMULATE ? spec->size : spec->slide;
    assert_true(slice <= time && time < slice + spec->slice);
    for (int64_t start = -40 * period + spec->offset; start <= time; start += period)
        for (int64_t end = spec->kind == WINDOW_CUMULATE ? start + spec->slide : start + spec->size;
             end <= start + spec->size; end += spec->slide) {
            if (end <= time)
                continue;
            first = end < first ? end : first;
            last = end > last ? end : last;
            assert_int_equal(window_start(spec, end), start);
        }
    assert_int_equal(window_first_end(spec, slice, &found_first), last != INT64_MIN);
    if (last == INT64_MIN)
        return;
    assert_true(window_last_end(spec, slice, &found_last));
    assert_int_equal(found_first, first);
    assert_int_equal(found_last, last);
}

static void finds_the_windows_of_a_time(void **state)
{
    (void)state;
    static const char *const sizes[] = {"10ns", "10ns/3ns", "10ns/4ns", "7ns/1ns", "3ns/10ns"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int64_t offset = -2; offset <= 2; offset++) {
            if (i == 3 && offset != 0)
                continue;
            struct window_spec spec = make(sizes[i], NULL, offset);
            for (int64_t time = -25; time <= 25; time++)
                check_ends(&spec, time);
        }
    struct window_spec growing = make(NULL, "12ns/3ns", 2);
    for (int64_t time = -25; time <= 25; time++)
        check_ends(&growing, time);
}

static void the_whole_input_ends_with_time(void **state)
{
    (void)state;
    struct window_spec spec = make(NULL, NULL, 0);
    int64_t end;
    assert_int_equal(spec.kind, WINDOW_WHOLE);
    assert_int_equal(window_slice(&spec, 12345), 0);
    assert_true(window_first_end(&spec, 0, &end));
    assert_int_equal(window_time(&spec, end), INT64_MAX);
    assert_int_equal(window_time(&spec, 0), INT64_MIN);
}

/* 2024 in central Europe, as a rule: the tests need no time zone database. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define SPRING (19813 * DAY) /* 2024-03-31T00:00Z: at 01:00Z clocks go from 02:00 to 03:00 */
#define AUTUMN (20023 * DAY) /* 2024-10-27T00:00Z: at 01:00Z from 03:00 to 02:00 */
#define HOUR (DAY / 24)

static void readings_never_fall(void **state)
{
    (void)state;
    struct error_text error;
    struct window_calendar *calendar = window_calendar_new(BERLIN, &error);
    assert_non_null(calendar);
    assert_int_equal(window_calendar_reading(calendar, SPRING + HOUR - 1), SPRING + 2 * HOUR - 1);
    assert_int_equal(window_calendar_reading(calendar, SPRING + HOUR), SPRING + 3 * HOUR);
    assert_int_equal(window_calendar_instant(calendar, SPRING + 2 * HOUR + 1), SPRING + HOUR);
    assert_int_equal(window_calendar_instant(calendar, SPRING + 3 * HOUR), SPRING + HOUR);
    for (int64_t time = AUTUMN; time < AUTUMN + HOUR; time += HOUR / 7)
        assert_int_equal(window_calendar_reading(calendar, time), AUTUMN + 2 * HOUR);
    assert_int_equal(window_calendar_reading(calendar, AUTUMN + HOUR + 5), AUTUMN + 2 * HOUR + 5);
    assert_int_equal(window_calendar_instant(calendar, AUTUMN + 2 * HOUR), AUTUMN);
    assert_int_equal(window_calendar_instant(calendar, AUTUMN + 2 * HOUR + 1), AUTUMN + HOUR + 1);
    window_calendar_free(calendar);
}

static void days_follow_the_clocks(void **state)
{
    (void)state;
    struct error_text error;
    struct window_calendar *calendar = window_calendar_new(BERLIN, &error);
    assert_non_null(calendar);
    assert_int_equal(window_calendar_instant(calendar, SPRING), SPRING - HOUR);
    assert_int_equal(window_calendar_instant(calendar, SPRING + DAY), SPRING + 22 * HOUR);
    assert_int_equal(window_calendar_instant(calendar, AUTUMN), AUTUMN - 2 * HOUR);
    assert_int_equal(window_calendar_instant(calendar, AUTUMN + DAY), AUTUMN + 23 * HOUR);
    for (int64_t day = SPRING - 2 * DAY; day < AUTUMN + 2 * DAY; day += DAY) {
        int64_t start = window_calendar_instant(calendar, day);
        assert_int_equal(window_calendar_reading(calendar, start), day);
        assert_int_equal(window_calendar_reading(calendar, start - 1), day - 1);
    }
    window_calendar_free(calendar);
}

/* Clocks go from 24:00 back to 23:00: the day before has 25 hours and stays one piece. */
static void midnight_may_come_twice(void **state)
{
    (void)state;
    struct error_text error;
    struct window_calendar *calendar = window_calendar_new("AAA0BBB,M3.2.0/0,M11.1.0/0", &error);
    assert_non_null(calendar);
    int64_t day = 20029 * DAY; /* 2024-11-02, a Saturday; clocks change at its end */
    int64_t start = window_calendar_instant(calendar, day);
    int64_t next = window_calendar_instant(calendar, day + DAY);
    assert_int_equal(next - start, 25 * HOUR);
    assert_int_equal(window_calendar_reading(calendar, next - 1), day + DAY - 1);
    assert_int_equal(window_calendar_reading(calendar, next - HOUR - 1), day + 23 * HOUR);
    assert_int_equal(window_calendar_reading(calendar, next), day + DAY);
    window_calendar_free(calendar);
}

static struct window_spec make_zoned(const char *window, const char *cumulate, const char *zone)
{
    struct window_options options = {
        .window = window, .cumulate = cumulate, .session = -1, .zone = zone};
    struct window_spec spec;
    struct error_text error;
    assert_true(window_spec_make(&spec, &options, &error));
    return spec;
}

/* A clock that is set by whole hours leaves windows that begin every hour alone. */
static void short_windows_keep_their_length(void **state)
{
    (void)state;
    struct window_spec spec = make_zoned("1h", NULL, "XST-5:30");
    assert_null(spec.calendar);
    assert_int_equal(window_slice(&spec, HOUR), HOUR / 2);
    spec = make_zoned("6h/15m", NULL, BERLIN);
    assert_null(spec.calendar);
    spec = make_zoned("6h", NULL, BERLIN);
    assert_non_null(spec.calendar);
    assert_int_equal(window_time(&spec, window_slice(&spec, AUTUMN)), AUTUMN - 2 * HOUR);
    assert_int_equal(window_time(&spec, window_slice(&spec, AUTUMN) + spec.slide),
                     AUTUMN + 5 * HOUR);
    window_spec_free(&spec);
    spec = make_zoned("1d/1h", NULL, BERLIN);
    assert_non_null(spec.calendar);
    window_spec_free(&spec);
}

/* 02:00 and 03:00 are one moment, so the day up to them is one window. */
static void a_skipped_hour_ends_no_window(void **state)
{
    (void)state;
    struct window_spec spec = make_zoned(NULL, "1d/1h", BERLIN);
    int64_t end, ends = 1;
    assert_true(window_first_end(&spec, window_slice(&spec, SPRING - HOUR), &end));
    for (; window_time(&spec, end) < SPRING + 22 * HOUR; end = window_next_end(&spec, end))
        ends++;
    assert_int_equal(ends, 23);
    assert_true(window_first_end(&spec, window_slice(&spec, SPRING), &end));
    assert_int_equal(window_time(&spec, end), SPRING + HOUR);
    assert_int_equal(window_time(&spec, window_next_end(&spec, end)), SPRING + 2 * HOUR);
    window_spec_free(&spec);
}

static void refuses_zones_that_are_not_there(void **state)
{
    (void)state;
    static const char *const zones[] = {
        "",  "Nowhere/Land", "/etc/passwd", "../zoneinfo/UTC", "+05:30",
        "1", "AB1",          "America",     "zone.tab",        "europe/berlin"};
    struct error_text error;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        assert_null(window_calendar_new(zones[i], &error));
    assert_null(strstr(error.text, "(null)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_divide_size_and_slide),
        cmocka_unit_test(finds_the_windows_of_a_time),
        cmocka_unit_test(the_whole_input_ends_with_time),
        cmocka_unit_test(readings_never_fall),
        cmocka_unit_test(days_follow_the_clocks),
        cmocka_unit_test(midnight_may_come_twice),
        cmocka_unit_test(short_windows_keep_their_length),
        cmocka_unit_test(a_skipped_hour_ends_no_window),
        cmocka_unit_test(refuses_zones_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
