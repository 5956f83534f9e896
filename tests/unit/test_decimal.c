#include "ndjson/decimal.h"
#include "ndjson/json_iterator.h"
#include "ndjson/json_key.h"
#include "ndjson/number_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct json_slice number(const char *text)
{
    return json_slice_at(text, text + strlen(text));
}

static struct decimal parse(const char *text)
{
    struct decimal decimal;
    assert_true(decimal_parse(number(text), &decimal));
    return decimal;
}

static void assert_written(struct decimal decimal, const char *expected)
{
    char text[DECIMAL_TEXT_SIZE + 1];
    text[decimal_format(text, decimal)] = 0;
    assert_string_equal(text, expected);
}

static void writes_what_it_reads(void **state)
{
    static const char *const rows[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"1.50", "1.5"},
        {"1e3", "1000"},
        {"1.000", "1"},
        {"0.000", "0"},
        {"-12.5E-1", "-1.25"},
        {"9007199254740993", "9007199254740993"},
        {"1700000000123456789", "1700000000123456789"},
        {"170141183460469231731687303715884105727", "170141183460469231731687303715884105727"},
        {"-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"},
        {"1000000000000000000000000000000000000000000", "1e42"},
        {"1e300", "1e300"},
        {"15e-50", "1.5e-49"},
        {"1e-7", "0.0000001"},
        {"12345678901234567890.123456789", "12345678901234567890.123456789"},
        {"0.1e1", "1"},
        {"-0.001", "-0.001"},
        {"123e-2", "1.23"},
        {"1e39", "1000000000000000000000000000000000000000"},
        {"-1e39", "-1e39"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_written(parse(rows[i][0]), rows[i][1]);
}

static void refuses_more_than_128_bits(void **state)
{
    struct decimal decimal;
    int64_t integer;
    (void)state;
    assert_false(decimal_parse(number("170141183460469231731687303715884105729"), &decimal));
    assert_false(decimal_parse(number("1.70141183460469231731687303715884105729"), &decimal));
    assert_false(decimal_parse(number("1e99999999999"), &decimal));
    assert_true(integer_parse(number("-9223372036854775808"), &integer));
    assert_true(integer == INT64_MIN);
    assert_false(integer_parse(number("9223372036854775808"), &integer));
    assert_false(integer_parse(number("1.0"), &integer));
    assert_true(integer_text_parse("-12", 3, &integer) && integer == -12);
    assert_false(integer_text_parse("", 0, &integer));
    assert_false(integer_text_parse("-", 1, &integer));
    assert_false(integer_text_parse("01", 2, &integer));
    assert_false(integer_text_parse("1 ", 2, &integer));
}

static void orders_exactly(void **state)
{
    static const char *const rising[] = {"-1e400",
                                         "-1e30",
                                         "-9007199254740993",
                                         "-9007199254740992",
                                         "-1.5",
                                         "-1.49999",
                                         "-1e-400",
                                         "0",
                                         "1e-400",
                                         "0.1",
                                         "0.10000000000000000000000000000000000000000001",
                                         "0.3",
                                         "1",
                                         "9007199254740992",
                                         "9007199254740992.5",
                                         "9007199254740993",
                                         "1700000000123456788",
                                         "1700000000123456789",
                                         "170141183460469231731687303715884105727",
                                         "170141183460469231731687303715884105728",
                                         "99999999999999999999999999999999999999999999999999",
                                         "1e50",
                                         "1e400"};
    struct decimal a, b;
    (void)state;
    for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++)
        for (size_t j = 0; j < sizeof rising / sizeof rising[0]; j++) {
            int expected = (i > j) - (i < j);
            int order = number_text_compare(number(rising[i]), number(rising[j]));
            assert_int_equal((order > 0) - (order < 0), expected);
            if (!decimal_parse(number(rising[i]), &a) || !decimal_parse(number(rising[j]), &b))
                continue;
            order = decimal_compare(a, b);
            assert_int_equal((order > 0) - (order < 0), expected);
        }
    assert_int_equal(number_text_compare(number("1"), number("1.0")), 0);
    assert_int_equal(number_text_compare(number("100"), number("1e2")), 0);
    assert_int_equal(number_text_compare(number("-0"), number("0.0e5")), 0);
    assert_int_equal(number_text_compare(number("0.012"), number("12e-3")), 0);
}

static void calculates(void **state)
{
    struct decimal out;
    (void)state;
    assert_true(decimal_add(parse("0.1"), parse("0.2"), &out));
    assert_int_equal(decimal_compare(out, parse("0.3")), 0);
    assert_true(decimal_subtract(parse("1700000000123456789"), parse("1"), &out));
    assert_written(out, "1700000000123456788");
    assert_true(decimal_multiply(parse("1.5"), parse("-2"), &out));
    assert_written(out, "-3");
    assert_true(decimal_add(parse("1e38"), parse("0.1"), &out) == false);
    assert_true(decimal_add(parse("1.00000000000000000000"), parse("1e30"), &out));
    assert_written(out, "1000000000000000000000000000001");
    assert_false(decimal_add(parse("170141183460469231731687303715884105727"), parse("1"), &out));
    assert_false(
        decimal_subtract(parse("1"), parse("-170141183460469231731687303715884105728"), &out));
    assert_false(
        decimal_multiply(parse("170141183460469231731687303715884105727"), parse("3"), &out));
    assert_true(decimal_multiply(parse("0"), parse("1e30"), &out) && out.coefficient == 0);
}

static void divides_where_exact(void **state)
{
    static const char *const rows[][3] = {
        {"10", "4", "2.5"},
        {"6", "3", "2"},
        {"-1", "8", "-0.125"},
        {"1", "-1", "-1"},
        {"0", "-1", "0"},
        {"0", "7", "0"},
        {"1.5", "0.5", "3"},
        {"1", "1e3", "0.001"},
        {"1e3", "0.00002", "50000000"},
        {"21", "0.7", "30"},
        {"9", "75", "0.12"},
        {"1700000000123456789", "1000", "1700000000123456.789"},
        {"7", "640", "0.0109375"},
        {"-170141183460469231731687303715884105728", "2", NULL},
        {"1", "3", NULL},
        {"2", "7", NULL},
        {"10", "30", NULL},
    };
    struct decimal out;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool exact = decimal_divide_exact(parse(rows[i][0]), parse(rows[i][1]), &out);
        assert_int_equal(exact, rows[i][2] != NULL);
        if (exact)
            assert_written(out, rows[i][2]);
    }
}

/* (a / b) * b == a for random decimals whose quotient is exact; a and b keep their order under
   scaling. */
static void quotients_multiply_back(void **state)
{
    struct decimal a, b, quotient, back;
    size_t exact = 0;
    (void)state;
    srandom(7);
    for (int i = 0; i < 200000; i++) {
        a = (struct decimal){random() - RAND_MAX / 2, (int32_t)(random() % 9) - 4};
        b = (struct decimal){random() % 2000 - 1000, (int32_t)(random() % 9) - 4};
        if (b.coefficient == 0 || !decimal_divide_exact(a, b, &quotient))
            continue;
        exact++;
        assert_true(decimal_multiply(quotient, b, &back));
        assert_int_equal(decimal_compare(a, back), 0);
    }
    assert_true(exact > 5000);
}

static void goes_to_and_from_doubles(void **state)
{
    static const double rows[] = {0,       1,
                                  -1,      0.1,
                                  1.0 / 3, 1e300,
                                  5e-324,  DBL_MAX,
                                  1e15,    123456789.125,
                                  -2.5e-9, 1e22,
                                  DBL_MIN, 9007199254740992.0};
    char text[DECIMAL_TEXT_SIZE + 1];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        text[double_format(text, rows[i])] = 0;
        assert_true(strtod(text, NULL) == rows[i]);
        assert_true(decimal_text_to_double(number(text)) == rows[i]);
        assert_true(decimal_to_double(parse(text)) == rows[i]);
    }
    text[double_format(text, 0.1)] = 0;
    assert_string_equal(text, "0.1");
    text[double_format(text, 3.0)] = 0;
    assert_string_equal(text, "3");
    text[double_format(text, (double)NAN)] = 0;
    assert_string_equal(text, "null");
    assert_true(decimal_text_to_double(number("1e999")) == DBL_MAX);
    assert_true(decimal_text_to_double(number("-1e999")) == -DBL_MAX);
    assert_true(decimal_to_double(parse("123456789012345678901234567890")) ==
                123456789012345678901234567890.0);
}

static void random_doubles_round_trip(void **state)
{
    char text[DECIMAL_TEXT_SIZE + 1];
    (void)state;
    srandom(11);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random();
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        text[double_format(text, value)] = 0;
        if (strtod(text, NULL) != value)
            fail_msg("%.17g is written %s", value, text);
    }
}

static void narrows_to_integers(void **state)
{
    int64_t integer;
    (void)state;
    assert_true(decimal_to_integer(parse("1.50e1"), &integer) && integer == 15);
    assert_true(decimal_to_integer(parse("-9223372036854775808.0"), &integer));
    assert_true(integer == INT64_MIN);
    assert_false(decimal_to_integer(parse("1.5"), &integer));
    assert_false(decimal_to_integer(parse("9223372036854775808"), &integer));
    assert_false(decimal_to_integer(parse("1e400"), &integer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_it_reads),     cmocka_unit_test(refuses_more_than_128_bits),
        cmocka_unit_test(orders_exactly),           cmocka_unit_test(calculates),
        cmocka_unit_test(divides_where_exact),      cmocka_unit_test(quotients_multiply_back),
        cmocka_unit_test(goes_to_and_from_doubles), cmocka_unit_test(random_doubles_round_trip),
        cmocka_unit_test(narrows_to_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
