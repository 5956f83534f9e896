#include "latency/latency_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void latencies(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1ns"},
        {999, "999ns"},
        {1000, "1.00us"},
        {1004, "1.00us"},
        {1005, "1.01us"},
        {9995, "10.0us"},
        {99949, "99.9us"},
        {99950, "100us"},
        {999499, "999us"},
        {999500, "1.00ms"},
        {1234567, "1.23ms"},
        {999999999, "1.00s"},
        {61200000000, "61.2s"},
        {999400000000, "999s"},
        {999500000000, "16.7m"},
        {7100000000000, "118m"},
        {7199000000000, "2.00h"},
        {7200000000000, "2.00h"},
        {86400000000000, "24.0h"},
        {259200000000000, "3.00d"},
        {-3200000, "-3.20ms"},
        {INT64_MAX, "106752d"},
        {INT64_MIN, "-106752d"},
    };
    char text[LATENCY_NUMBER_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(latency_number_format(rows[i].ns, "us", text), rows[i].text);
    assert_string_equal(latency_number_short(50000, "us", text), "50us");
    assert_string_equal(latency_number_short(2500000, "us", text), "2.5ms");
    assert_string_equal(latency_number_short(100000000, "us", text), "100ms");
    assert_string_equal(latency_number_format(-12300, "\u00b5s", text), "-12.3\u00b5s");
}

static void milliseconds(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {123450000, "123.45"},  {123456000, "123.456"},
        {123456499, "123.456"}, {123456500, "123.457"},
        {5000000, "5.00"},      {46000, "0.046"},
        {499, "0.00"},          {-499, "0.00"},
        {-1500000, "-1.50"},    {0, "0.00"},
        {999999, "1.00"},       {INT64_MIN, "-9223372036854.776"},
    };
    char text[LATENCY_NUMBER_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(latency_number_milliseconds(rows[i].ns, text), rows[i].text);
}

static void counts_and_ratios(void **state)
{
    char text[LATENCY_NUMBER_SIZE];
    (void)state;
    assert_string_equal(latency_number_count(0, text), "0");
    assert_string_equal(latency_number_count(999, text), "999");
    assert_string_equal(latency_number_count(1000, text), "1,000");
    assert_string_equal(latency_number_count(1234567, text), "1,234,567");
    assert_string_equal(latency_number_count(UINT64_MAX, text), "18,446,744,073,709,551,615");
    assert_string_equal(latency_number_ratio(107, 100, text), "1.07x");
    assert_string_equal(latency_number_ratio(1, 4, text), "0.25x");
    assert_string_equal(latency_number_ratio(9996, 1000, text), "10.0x");
    assert_string_equal(latency_number_ratio(123, 10, text), "12.3x");
    assert_string_equal(latency_number_ratio(20834, 10, text), "2083x");
    assert_string_equal(latency_number_ratio(5, 0, text), "-");
    assert_string_equal(latency_number_ratio(-5, 5, text), "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latencies),
        cmocka_unit_test(milliseconds),
        cmocka_unit_test(counts_and_ratios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
