#include "time/timestamp_style.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static void writes_like(void **state)
{
    static const int64_t noon = INT64_C(1714564800000000000); /* 2024-05-01T12:00:00Z */
    static const struct {
        int64_t ns;
        const char *like;
        enum time_unit unit;
        const char *text;
    } rows[] = {
        {noon, "2020-01-01T00:00:00Z", TIME_UNIT_UTC, "2024-05-01T12:00:00Z"},
        {noon, "2020-01-01t00:00:00z", TIME_UNIT_UTC, "2024-05-01t12:00:00z"},
        {noon, "2020-01-01 00:00:00", TIME_UNIT_UTC, "2024-05-01 12:00:00"},
        {noon, "2020-01-01T00:00:00.000Z", TIME_UNIT_UTC, "2024-05-01T12:00:00.000Z"},
        {noon, "2020-01-01T00:00:00.5+02:00", TIME_UNIT_UTC, "2024-05-01T14:00:00.0+02:00"},
        {noon, "2020-01-01T00:00:00-09:30", TIME_UNIT_UTC, "2024-05-01T02:30:00-09:30"},
        {noon, "2020-01-01T00:00:00.123456789", TIME_UNIT_UTC, "2024-05-01T12:00:00.000000000"},
        {noon + 5000000, "2020-01-01T00:00:00.1Z", TIME_UNIT_UTC, "2024-05-01T12:00:00.005Z"},
        {noon + 1, "2020-01-01T00:00:00Z", TIME_UNIT_UTC, "2024-05-01T12:00:00.000000001Z"},
        {-1, "2020-01-01T00:00:00Z", TIME_UNIT_UTC, "1969-12-31T23:59:59.999999999Z"},
        {-500000000, "2020-01-01T00:00:00.0+01:00", TIME_UNIT_UTC, "1970-01-01T00:59:59.5+01:00"},
        {noon, "1", TIME_UNIT_NS, "1714564800000000000"},
        {noon, "1", TIME_UNIT_US, "1714564800000000"},
        {noon, "1", TIME_UNIT_MS, "1714564800000"},
        {noon, "1", TIME_UNIT_S, "1714564800"},
        {noon, "1.5", TIME_UNIT_S, "1714564800.0"},
        {noon, "1.500", TIME_UNIT_S, "1714564800.000"},
        {noon, "1.5e9", TIME_UNIT_S, "1714564800"},
        {noon, "15e-1", TIME_UNIT_S, "1714564800.0"},
        {noon + 250000000, "1", TIME_UNIT_S, "1714564800.25"},
        {noon + 1, "1.5", TIME_UNIT_MS, "1714564800000.000001"},
        {-500000000, "1", TIME_UNIT_S, "-0.5"},
        {-1500000000, "1.00", TIME_UNIT_S, "-1.50"},
        {-1, "1", TIME_UNIT_NS, "-1"},
        {0, "-1", TIME_UNIT_MS, "0"},
        {INT64_MIN, "1", TIME_UNIT_NS, "-9223372036854775808"},
        {INT64_MIN, "1", TIME_UNIT_S, "-9223372036.854775808"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[TIMESTAMP_STYLE_SIZE + 1];
        text[timestamp_format_like(rows[i].ns, rows[i].like, strlen(rows[i].like), rows[i].unit,
                                   text)] = '\0';
        assert_string_equal(text, rows[i].text);
    }
}

static void tells_the_smallest_step(void **state)
{
    static const struct {
        const char *text;
        enum time_unit unit;
        int64_t ns;
    } rows[] = {
        {"2020-01-01T00:00:00Z", TIME_UNIT_UTC, 1000000000},
        {"2020-01-01T00:00:00.0+02:00", TIME_UNIT_UTC, 100000000},
        {"2020-01-01T00:00:00.123", TIME_UNIT_UTC, 1000000},
        {"2020-01-01T00:00:00.123456789Z", TIME_UNIT_UTC, 1},
        {"17", TIME_UNIT_NS, 1},
        {"17", TIME_UNIT_US, 1000},
        {"17", TIME_UNIT_MS, 1000000},
        {"17", TIME_UNIT_S, 1000000000},
        {"17.25", TIME_UNIT_S, 10000000},
        {"17.0000000000000", TIME_UNIT_S, 1},
        {"1.725e3", TIME_UNIT_S, 1000000000},
        {"1.7255E+3", TIME_UNIT_S, 100000000},
        {"17e-3", TIME_UNIT_S, 1000000},
        {"17.0", TIME_UNIT_NS, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(timestamp_resolution(rows[i].text, strlen(rows[i].text), rows[i].unit),
                         rows[i].ns);
}

static void reads_back_what_it_writes(void **state)
{
    static const char *const zones[] = {"Z", "+05:45", "-11:30", ""};
    uint64_t random = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char like[48] = "2020-01-01T00:00:00.123456789", text[TIMESTAMP_STYLE_SIZE];
        int64_t read;
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        /* Two days inside the range: the zone must not leave it. */
        int64_t ns = (int64_t)random / 100 * 99;
        int digits = (int)((random >> 8) % 10);
        strcpy(like + 19 + (digits ? digits + 1 : 0), zones[(random >> 16) % 4]);
        size_t length = timestamp_format_like(ns, like, strlen(like), TIME_UNIT_UTC, text);
        if (!timestamp_parse(text, length, true, &read) || read != ns)
            fail_msg("%lld like %s: %.*s", (long long)ns, like, (int)length, text);

        enum time_unit unit = (enum time_unit)((random >> 24) % 4);
        length = timestamp_format_like(ns, "1.25", (size_t)(1 + 3 * (i % 2)), unit, text);
        assert_true(timestamp_parse_number(text, length, unit, &read));
        assert_int_equal(read, ns);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(writes_like),
        cmocka_unit_test(tells_the_smallest_step),
        cmocka_unit_test(reads_back_what_it_writes),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
