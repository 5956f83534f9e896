#include "time/civil_date.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
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

/* A second, slow reader of RFC 3339: by characters, with the C library's calendar. */
struct oracle {
    const char *at;
    const char *end;
    bool fine;
};

static int64_t oracle_number(struct oracle *oracle, int digits, int64_t least, int64_t most)
{
    int64_t number = 0;
    for (int i = 0; i < digits; i++) {
        char c = oracle->at < oracle->end ? *oracle->at++ : 'x';
        oracle->fine = oracle->fine && c >= '0' && c <= '9';
        number = number * 10 + (c - '0');
    }
    oracle->fine = oracle->fine && number >= least && number <= most;
    return number;
}

static char oracle_one_of(struct oracle *oracle, const char *characters)
{
    char c = oracle->at < oracle->end ? *oracle->at++ : '\0';
    oracle->fine = oracle->fine && c != '\0' && strchr(characters, c) != NULL;
    return c;
}

static int64_t oracle_fraction(struct oracle *oracle)
{
    int64_t ns = 0;
    int digits = 0;
    if (oracle->at == oracle->end || *oracle->at != '.')
        return 0;
    for (oracle->at++; oracle->at < oracle->end && strchr("0123456789", *oracle->at) && *oracle->at;
         oracle->at++, digits++)
        ns = digits < 9 ? ns * 10 + (*oracle->at - '0') : ns;
    oracle->fine = oracle->fine && digits >= 1 && digits <= 9;
    for (; digits < 9; digits++)
        ns *= 10;
    return ns;
}

static int64_t oracle_offset(struct oracle *oracle, bool optional)
{
    if (oracle->at == oracle->end && optional)
        return 0;
    char sign = oracle_one_of(oracle, "Zz+-");
    if (sign == 'Z' || sign == 'z')
        return 0;
    int64_t seconds = oracle_number(oracle, 2, 0, 23) * 3600;
    oracle_one_of(oracle, ":");
    seconds += oracle_number(oracle, 2, 0, 59) * 60;
    return sign == '-' ? -seconds : seconds;
}

__extension__ typedef __int128 wide;

static bool oracle_read(const char *text, size_t length, bool optional, int64_t *ns)
{
    struct oracle oracle = {text, text + length, true};
    struct tm date = {0}, again;
    date.tm_year = (int)oracle_number(&oracle, 4, 0, 9999) - 1900;
    oracle_one_of(&oracle, "-");
    date.tm_mon = (int)oracle_number(&oracle, 2, 1, 12) - 1;
    oracle_one_of(&oracle, "-");
    date.tm_mday = (int)oracle_number(&oracle, 2, 1, 31);
    oracle_one_of(&oracle, "Tt ");
    int64_t seconds = oracle_number(&oracle, 2, 0, 23) * 3600;
    oracle_one_of(&oracle, ":");
    seconds += oracle_number(&oracle, 2, 0, 59) * 60;
    oracle_one_of(&oracle, ":");
    int64_t second = oracle_number(&oracle, 2, 0, 60);
    int64_t fraction = oracle_fraction(&oracle);
    int64_t offset = oracle_offset(&oracle, optional);
    if (!oracle.fine || oracle.at != oracle.end)
        return false;
    again = date;
    time_t day = timegm(&again);
    if (again.tm_mday != date.tm_mday)
        return false;
    time_t moment = (time_t)(day + seconds + second - offset);
    gmtime_r(&moment, &again);
    if (second == 60 && (again.tm_mday != 1 || again.tm_hour + again.tm_min + again.tm_sec != 0))
        return false;
    wide exact = (wide)moment * 1000000000 + fraction;
    *ns = (int64_t)exact;
    return exact > INT64_MIN && exact < INT64_MAX;
}

static void check_against_oracle(const char *text, size_t length)
{
    for (int optional = 0; optional < 2; optional++) {
        char *copy = malloc(length ? length : 1); /* its last byte is the last that may be read */
        int64_t expected = 0, ns = 0;
        memcpy(copy, text, length);
        bool valid = oracle_read(copy, length, optional, &expected);
        if (timestamp_parse(copy, length, optional, &ns) != valid || (valid && ns != expected))
            fail_msg("'%.*s': %lld instead of %lld (%d)", (int)length, text, (long long)ns,
                     (long long)expected, valid);
        free(copy);
    }
}

static int below(uint64_t *random, int limit)
{
    return (int)(next_random(random) % (uint64_t)limit);
}

/* Now and then something is a little beyond what is valid. */
static size_t random_text(uint64_t *random, char text[64])
{
    static const char *const zones[] = {"Z",      "z",      "",       "+02:00", "-09:30", "+00:00",
                                        "+23:59", "-23:59", "+24:00", "+05:60", "+0530",  "Z "};
    int year = below(random, 4) ? 1676 + below(random, 588) : below(random, 10000);
    bool odd = below(random, 16) == 0, leap = below(random, 32) == 0;
    int length = sprintf(text, "%04d-%02d-%02d%c%02d:%02d:%02d", year,
                         odd ? below(random, 14) : 1 + below(random, 12),
                         odd ? below(random, 33) : 1 + below(random, 31), "Tt TT"[below(random, 5)],
                         leap ? 23 : below(random, odd ? 26 : 24),
                         leap ? 59 : below(random, odd ? 62 : 60),
                         leap ? 60 : below(random, odd ? 63 : 60));
    int digits = below(random, 14);
    if (digits < 13)
        text[length++] = '.';
    for (int i = 0; i < digits && digits < 13; i++)
        text[length++] = (char)('0' + below(random, 10));
    return (size_t)(length + sprintf(text + length, "%s", zones[below(random, 12)]));
}

static void agrees_with_a_slow_reader(void **state)
{
    uint64_t random = UINT64_C(0x2545f4914f6cdd1d);
    (void)state;
    for (int i = 0; i < 400000; i++) {
        char text[64];
        size_t length = random_text(&random, text);
        check_against_oracle(text, length);
        /* One byte of it is another, or it ends early. */
        text[below(&random, (int)length)] = (char)(below(&random, 2) ? below(&random, 256)
                                                                     : '*' + below(&random, 24));
        check_against_oracle(text, length);
        check_against_oracle(text, (size_t)below(&random, (int)length + 1));
    }
}

/* Every place, every byte: what stands next to the digits in ASCII, and beyond it. */
static void agrees_on_every_byte(void **state)
{
    static const char *const texts[] = {"2024-02-29T23:59:59.123456789+05:30",
                                        "2024-12-31 23:59:59.5Z", "1969-06-30t00:00:00.12345678",
                                        "2016-12-31T23:59:60Z", "2023-02-28T12:34:56.0000000z"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t length = strlen(texts[i]);
        for (size_t place = 0; place < length; place++)
            for (int byte = 0; byte < 256; byte++) {
                char text[64];
                memcpy(text, texts[i], length);
                text[place] = (char)byte;
                check_against_oracle(text, length);
            }
    }
}

/* Every day there is a time for, at a second of its own. */
static void agrees_on_every_day(void **state)
{
    (void)state;
    for (int year = 1677; year <= 2262; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= 31; day++) {
                char text[64];
                int second = (int)((year * 372L + month * 31 + day) * 7919 % 86400);
                int length = sprintf(text, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
                                     second / 3600, second / 60 % 60, second % 60);
                check_against_oracle(text, (size_t)length);
            }
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
        cmocka_unit_test(agrees_with_a_slow_reader),
        cmocka_unit_test(agrees_on_every_byte),
        cmocka_unit_test(agrees_on_every_day),
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
