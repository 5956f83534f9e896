#include "time/civil_date.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13, *random ^= *random >> 7, *random ^= *random << 17;
    return *random;
}

static void reads_rfc3339(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2024-05-01T10:00:00Z", INT64_C(1714557600000000000)},
        {"2024-05-01T12:00:00+02:00", INT64_C(1714557600000000000)},
        {"2024-05-01t12:00:00.123456789+02:00", INT64_C(1714557600123456789)},
        {"2024-05-01 05:30:00-04:30", INT64_C(1714557600000000000)},
        {"2024-05-01T10:00:00z", INT64_C(1714557600000000000)},
        {"2024-05-01T10:00:00-00:00", INT64_C(1714557600000000000)},
        {"2024-05-01T10:00:00.5Z", INT64_C(1714557600500000000)},
        {"1969-12-31T23:59:59.999999999Z", -1},
        {"1969-12-31T23:59:59Z", -1000000000},
        {"1970-01-01T00:00:00+23:59", -INT64_C(86340000000000)},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000000000)},
        {"1900-03-01T00:00:00Z", INT64_C(-2203891200000000000)},
        /* The leap second of 2016 is the first second of 2017, in every zone. */
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000000000)},
        {"2016-12-31T23:59:60.25Z", INT64_C(1483228800250000000)},
        {"2017-01-01T05:29:60+05:30", INT64_C(1483228800000000000)},
        {"2015-06-30T15:59:60-08:00", INT64_C(1435708800000000000)},
        {"1677-09-21T00:12:43.145224193Z", -INT64_MAX},
        {"2262-04-11T23:47:16.854775806Z", INT64_MAX - 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ns = 0;
        if (!timestamp_parse(rows[i].text, strlen(rows[i].text), false, &ns) || ns != rows[i].ns)
            fail_msg("%s: %lld", rows[i].text, (long long)ns);
    }
}

static void refuses_other_text(void **state)
{
    static const char *const rows[] = {"",
                                       "now",
                                       "2024-05-01",
                                       "2024-05-01T10:00:00",
                                       "2024-05-01T10:00Z",
                                       "2024-5-01T10:00:00Z",
                                       "2024-05-01T10:00:00.Z",
                                       "2024-05-01T10:00:00.1234567890Z",
                                       "2024-05-01T10:00:00,5Z",
                                       "2024-02-30T00:00:00Z",
                                       "2023-02-29T00:00:00Z",
                                       "1900-02-29T00:00:00Z",
                                       "2024-00-01T00:00:00Z",
                                       "2024-13-01T00:00:00Z",
                                       "2024-01-00T00:00:00Z",
                                       "2024-04-31T00:00:00Z",
                                       "2024-05-01T24:00:00Z",
                                       "2024-05-01T23:60:00Z",
                                       "2024-05-01T23:59:61Z",
                                       "2024-05-01T10:00:00+2:00",
                                       "2024-05-01T10:00:00+0200",
                                       "2024-05-01T10:00:00+24:00",
                                       "2024-05-01T10:00:00+02:60",
                                       "2024-05-01T10:00:00 Z",
                                       "2024-05-01T10:00:00ZZ",
                                       "2024-05-01T10:00:00Z ",
                                       " 2024-05-01T10:00:00Z",
                                       "2024/05/01T10:00:00Z",
                                       "2024-05-01_10:00:00Z",
                                       "+2024-05-01T10:00:00Z",
                                       "2024-05-01T10:00:0aZ",
                                       "2024-05-01T10:00:60Z",
                                       "2024-05-01T23:59:60Z",
                                       "2016-12-31T23:59:60+01:00",
                                       "1677-09-21T00:12:43.145224192Z",
                                       "1677-09-21T00:12:43Z",
                                       "2262-04-11T23:47:16.854775807Z",
                                       "2262-04-11T23:47:17Z",
                                       "0000-01-01T00:00:00Z",
                                       "9999-12-31T23:59:59Z",
                                       "1714557600"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ns;
        if (timestamp_parse(rows[i], strlen(rows[i]), false, &ns))
            fail_msg("'%s' was taken", rows[i]);
    }
}

static void reads_local_times_where_utc_is_told(void **state)
{
    int64_t ns;
    (void)state;
    assert_true(timestamp_parse("2024-05-01 10:00:00.5", 21, true, &ns));
    assert_int_equal(ns, INT64_C(1714557600500000000));
    assert_true(timestamp_parse("2024-05-01T12:00:00+02:00", 25, true, &ns));
    assert_int_equal(ns, INT64_C(1714557600000000000));
    assert_false(timestamp_parse("2024-05-01 10:00", 16, true, &ns));
    assert_false(timestamp_parse("2024-05-01T10:00:00+", 20, true, &ns));
}

static void reads_only_its_bytes(void **state)
{
    const char text[] = "2024-05-01T10:00:00Z";
    (void)state;
    for (size_t length = 0; length < sizeof(text) - 1; length++) {
        int64_t ns;
        assert_int_equal(timestamp_parse(text, length, false, &ns), false);
        assert_int_equal(timestamp_parse(text, length, true, &ns), length == 19);
    }
}

static void reads_numbers_exactly(void **state)
{
    static const struct {
        const char *text;
        enum time_unit unit;
        int64_t ns;
    } rows[] = {
        {"0", TIME_UNIT_S, 0},
        {"-0", TIME_UNIT_S, 0},
        {"1", TIME_UNIT_NS, 1},
        {"1", TIME_UNIT_US, 1000},
        {"1", TIME_UNIT_MS, 1000000},
        {"1", TIME_UNIT_S, 1000000000},
        {"12345678", TIME_UNIT_NS, 12345678},
        {"123456789", TIME_UNIT_NS, 123456789},
        {"1700000000123456789", TIME_UNIT_NS, INT64_C(1700000000123456789)},
        {"1714521600123", TIME_UNIT_MS, INT64_C(1714521600123000000)},
        {"-1", TIME_UNIT_S, -1000000000},
        {"-1700000000123456789", TIME_UNIT_NS, INT64_C(-1700000000123456789)},
        {"1714521600.25", TIME_UNIT_S, INT64_C(1714521600250000000)},
        {"1714521600.123456789", TIME_UNIT_S, INT64_C(1714521600123456789)},
        {"1714521600.1234567890000000000000000000000", TIME_UNIT_S, INT64_C(1714521600123456789)},
        {"-0.5", TIME_UNIT_S, -500000000},
        {"0.000000001", TIME_UNIT_S, 1},
        {"1.5", TIME_UNIT_US, 1500},
        {"1.0", TIME_UNIT_NS, 1},
        {"1714521600.123456", TIME_UNIT_MS, INT64_C(1714521600123456)},
        {"1e3", TIME_UNIT_NS, 1000},
        {"1.7145216e9", TIME_UNIT_S, INT64_C(1714521600000000000)},
        {"1.7145216E+09", TIME_UNIT_S, INT64_C(1714521600000000000)},
        {"1714521600000000000e-9", TIME_UNIT_S, INT64_C(1714521600000000000)},
        {"5e-9", TIME_UNIT_S, 5},
        {"0e999999999", TIME_UNIT_S, 0},
        {"0.00e-5", TIME_UNIT_NS, 0},
        {"00000000000000000000000042", TIME_UNIT_NS, 42},
        {"9223372036854775806", TIME_UNIT_NS, INT64_MAX - 1},
        {"-9223372036854775806", TIME_UNIT_NS, -INT64_MAX + 1},
        {"9223372036.854775806", TIME_UNIT_S, INT64_MAX - 1},
        {"9223372036", TIME_UNIT_S, INT64_C(9223372036000000000)},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ns = 0;
        if (!timestamp_parse_number(rows[i].text, strlen(rows[i].text), rows[i].unit, &ns) ||
            ns != rows[i].ns)
            fail_msg("%s: %lld", rows[i].text, (long long)ns);
    }
}

static void refuses_other_numbers(void **state)
{
    static const struct {
        const char *text;
        enum time_unit unit;
    } rows[] = {
        {"", TIME_UNIT_S},
        {"-", TIME_UNIT_S},
        {"+1", TIME_UNIT_S},
        {"--1", TIME_UNIT_S},
        {".5", TIME_UNIT_S},
        {"5.", TIME_UNIT_S},
        {"5.e1", TIME_UNIT_S},
        {"1e", TIME_UNIT_S},
        {"1e+", TIME_UNIT_S},
        {"1e1.5", TIME_UNIT_S},
        {"1 ", TIME_UNIT_S},
        {" 1", TIME_UNIT_S},
        {"1_000", TIME_UNIT_S},
        {"0x10", TIME_UNIT_S},
        {"12a45678", TIME_UNIT_NS},
        {"1234567/", TIME_UNIT_NS},
        {"1234567:", TIME_UNIT_NS},
        {"12345\xb1"
         "78",
         TIME_UNIT_NS},
        {"1.5", TIME_UNIT_NS},
        {"0.0000000001", TIME_UNIT_S},
        {"1e-1", TIME_UNIT_NS},
        {"9223372036854775807", TIME_UNIT_NS},
        {"-9223372036854775807", TIME_UNIT_NS},
        {"-9223372036854775808", TIME_UNIT_NS},
        {"9223372037", TIME_UNIT_S},
        {"18446744073709551617", TIME_UNIT_NS},
        {"99999999999999999999", TIME_UNIT_NS},
        {"1e19", TIME_UNIT_NS},
        {"1e10", TIME_UNIT_S},
        {"1e99999999999999999999", TIME_UNIT_S},
        {"1", TIME_UNIT_UTC},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ns;
        if (timestamp_parse_number(rows[i].text, strlen(rows[i].text), rows[i].unit, &ns))
            fail_msg("'%s' was taken as %lld", rows[i].text, (long long)ns);
    }
}

static void numbers_agree_with_printf(void **state)
{
    uint64_t random = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[64];
        int64_t read;
        int64_t ns = (int64_t)(next_random(&random) >> (1 + i % 62)) * (i % 3 ? 1 : -1);
        int length = snprintf(text, sizeof(text), "%lld", (long long)ns);
        assert_true(timestamp_parse_number(text, (size_t)length, TIME_UNIT_NS, &read));
        assert_int_equal(read, ns);

        uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
        length = snprintf(text, sizeof(text), "%s%llu.%09llu", ns < 0 ? "-" : "",
                          (unsigned long long)(magnitude / 1000000000),
                          (unsigned long long)(magnitude % 1000000000));
        assert_true(timestamp_parse_number(text, (size_t)length, TIME_UNIT_S, &read));
        assert_int_equal(read, ns);
    }
}

static void formats_utc(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {INT64_C(1714557600000000000), "2024-05-01T10:00:00Z"},
        {INT64_C(1714557600500000000), "2024-05-01T10:00:00.500Z"},
        {INT64_C(1714557600000001000), "2024-05-01T10:00:00.000001Z"},
        {INT64_C(1714557600000000001), "2024-05-01T10:00:00.000000001Z"},
        {-1, "1969-12-31T23:59:59.999999999Z"},
        {-1000000000, "1969-12-31T23:59:59Z"},
        {INT64_C(951782400000000000), "2000-02-29T00:00:00Z"},
        {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
        {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[TIMESTAMP_TEXT_SIZE + 1];
        text[timestamp_format(rows[i].ns, text)] = '\0';
        assert_string_equal(text, rows[i].text);
    }
}

static void formats_json(void **state)
{
    static const struct {
        int64_t ns;
        enum time_format format;
        const char *text;
    } rows[] = {
        {1500000000, TIME_FORMAT_RFC3339, "\"1970-01-01T00:00:01.500Z\""},
        {1500000000, TIME_FORMAT_NS, "1500000000"},
        {1500000000, TIME_FORMAT_US, "1500000"},
        {1500000000, TIME_FORMAT_MS, "1500"},
        {1500000000, TIME_FORMAT_S, "1"},
        {-1, TIME_FORMAT_NS, "-1"},
        {-1, TIME_FORMAT_US, "-1"},
        {-1500000000, TIME_FORMAT_S, "-2"},
        {-2000000000, TIME_FORMAT_S, "-2"},
        {INT64_MIN, TIME_FORMAT_NS, "-9223372036854775808"},
        {INT64_MIN, TIME_FORMAT_RFC3339, "\"1677-09-21T00:12:43.145224192Z\""},
        {INT64_MAX, TIME_FORMAT_NS, "9223372036854775807"},
        {0, TIME_FORMAT_S, "0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[TIMESTAMP_TEXT_SIZE + 1];
        text[timestamp_format_json(rows[i].ns, rows[i].format, text)] = '\0';
        assert_string_equal(text, rows[i].text);
    }
}

static void reads_back_what_it_formats(void **state)
{
    uint64_t random = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[TIMESTAMP_TEXT_SIZE];
        int64_t ns = (int64_t)next_random(&random), read;
        if (i % 3)
            ns -= ns % (i % 3 == 1 ? NS_PER_SECOND : NS_PER_MS);
        assert_true(timestamp_parse(text, timestamp_format(ns, text), false, &read));
        assert_int_equal(read, ns);
    }
}

/* Every day of eight centuries, counted up by hand and held against the C library. */
static void dates_agree_with_the_calendar(void **state)
{
    int64_t day = civil_date_to_days((struct civil_date){1600, 1, 1});
    (void)state;
    assert_int_equal(day, -135140);
    for (int year = 1600; year < 2400; year++)
        for (int month = 1; month <= 12; month++)
            for (int d = 1; d <= civil_date_days_of_month(year, month); d++, day++) {
                struct civil_date date = civil_date_from_days(day);
                if (date.year != year || date.month != month || date.day != d ||
                    civil_date_to_days(date) != day)
                    fail_msg("day %lld is %d-%d-%d", (long long)day, year, month, d);
            }
    struct tm end;
    time_t seconds = (time_t)day * 86400;
    assert_non_null(gmtime_r(&seconds, &end));
    assert_int_equal(end.tm_year, 2400 - 1900);
    assert_int_equal(end.tm_yday, 0);
}

static void reads_units(void **state)
{
    enum time_unit unit;
    (void)state;
    assert_true(time_unit_parse("utc", 3, &unit) && unit == TIME_UNIT_UTC);
    assert_true(time_unit_parse("ms.", 2, &unit) && unit == TIME_UNIT_MS);
    assert_false(time_unit_parse("m", 1, &unit));
    assert_true(time_unit_of_name("event_time_ns", 13, &unit) && unit == TIME_UNIT_NS);
    assert_true(time_unit_of_name("ts_us", 5, &unit) && unit == TIME_UNIT_US);
    assert_true(time_unit_of_name("ts_ms", 5, &unit) && unit == TIME_UNIT_MS);
    assert_true(time_unit_of_name("sent_s", 6, &unit) && unit == TIME_UNIT_S);
    assert_false(time_unit_of_name("ts", 2, &unit));
    assert_false(time_unit_of_name("ts_utc", 6, &unit));
    assert_false(time_unit_of_name("_ms", 3, &unit));
    assert_false(time_unit_of_name("items", 5, &unit));
    assert_false(time_unit_of_name("ts_ms_", 6, &unit));
    assert_false(time_unit_of_name("", 0, &unit));
}

static void stores_option_values(void **state)
{
    struct error_text error;
    enum time_format format;
    int64_t ns;
    (void)state;
    assert_true(timestamp_store(&ns, "2024-05-01", &error));
    assert_int_equal(ns, INT64_C(1714521600000000000));
    assert_true(timestamp_store(&ns, "2024-05-01T12:00:00+02:00", &error));
    assert_int_equal(ns, INT64_C(1714557600000000000));
    int64_t before = clock_wall();
    assert_true(timestamp_store(&ns, "now", &error));
    assert_true(ns >= before && ns <= clock_wall());
    assert_false(timestamp_store(&ns, "2024-05-01T12:00:00", &error));
    assert_string_equal(error.text, "'2024-05-01T12:00:00' is not a time "
                                    "(2024-05-01T12:00:00Z, 2024-05-01, now)");
    assert_false(timestamp_store(&ns, "3000-01-01", &error));
    assert_true(time_format_store(&format, "us", &error));
    assert_int_equal(format, TIME_FORMAT_US);
    assert_false(time_format_store(&format, "utc", &error));
}

static void arithmetic_saturates(void **state)
{
    (void)state;
    assert_int_equal(time_add(1, 2), 3);
    assert_int_equal(time_add(INT64_MAX - 1, 5), INT64_MAX);
    assert_int_equal(time_add(INT64_MIN + 1, -5), INT64_MIN);
    assert_int_equal(time_add(INT64_MIN, 5), INT64_MIN);
    assert_int_equal(time_add(INT64_MAX, -5), INT64_MAX);
    assert_int_equal(time_subtract(3, 2), 1);
    assert_int_equal(time_subtract(INT64_MIN + 1, 5), INT64_MIN);
    assert_int_equal(time_subtract(INT64_MAX - 1, -5), INT64_MAX);
    assert_int_equal(time_subtract(INT64_MAX, 5), INT64_MAX);
    assert_int_equal(time_subtract(0, INT64_MIN), INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(reads_rfc3339),
        cmocka_unit_test(refuses_other_text),
        cmocka_unit_test(reads_local_times_where_utc_is_told),
        cmocka_unit_test(reads_only_its_bytes),
        cmocka_unit_test(reads_numbers_exactly),
        cmocka_unit_test(refuses_other_numbers),
        cmocka_unit_test(numbers_agree_with_printf),
        cmocka_unit_test(formats_utc),
        cmocka_unit_test(formats_json),
        cmocka_unit_test(reads_back_what_it_formats),
        cmocka_unit_test(dates_agree_with_the_calendar),
        cmocka_unit_test(reads_units),
        cmocka_unit_test(stores_option_values),
        cmocka_unit_test(arithmetic_saturates),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
