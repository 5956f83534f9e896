#include "window/distinct_estimate.h"
#include "window/exact_sum.h"
#include "window/greatest_values.h"
#include "window/kept_value.h"
#include "window/log_histogram.h"
#include "window/time_list.h"
#include "window/value_set.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct json_slice slice(const char *text)
{
    struct json_slice value = {text, (uint32_t)strlen(text), JSON_NUMBER, JSON_FLAG_INTEGER};
    if (text[0] == '"')
        value.kind = JSON_STRING;
    if (strpbrk(text, ".e") != NULL || value.kind == JSON_STRING)
        value.flags = 0;
    return value;
}

static struct value number(const char *text)
{
    struct value value = value_from_slice(slice(text));
    struct decimal decimal;
    return value_decimal_of(&value, &decimal) ? value_decimal(decimal) : value;
}

static void assert_text(struct value value, const char *expected)
{
    struct text_buffer out = {0};
    value_write(&out, &value);
    text_buffer_add_byte(&out, '\0');
    assert_string_equal(out.bytes, expected);
    text_buffer_free(&out);
}

static void add(struct exact_sum *sum, const char *text)
{
    struct value value = number(text);
    exact_sum_add(sum, &value);
}

static void sums_are_exact(void **state)
{
    (void)state;
    struct exact_sum sum = {0};
    assert_text(exact_sum_total(&sum), "null");
    assert_text(exact_sum_mean(&sum), "null");
    add(&sum, "9223372036854775807");
    add(&sum, "9223372036854775807");
    assert_text(exact_sum_total(&sum), "18446744073709551614");
    add(&sum, "0.1");
    add(&sum, "0.20");
    assert_text(exact_sum_total(&sum), "18446744073709551614.3");
    add(&sum, "-18446744073709551614");
    assert_text(exact_sum_total(&sum), "0.3");
    assert_text(exact_sum_mean(&sum), "0.06");
}

static void sums_merge(void **state)
{
    (void)state;
    struct exact_sum left = {0}, right = {0}, none = {0};
    add(&left, "1.5");
    add(&right, "2");
    add(&right, "9007199254740993");
    exact_sum_merge(&left, &right);
    exact_sum_merge(&left, &none);
    assert_text(exact_sum_total(&left), "9007199254740996.5");
    assert_int_equal(left.count, 3);
}

static void sums_beyond_128_bits_are_rounded(void **state)
{
    (void)state;
    struct exact_sum sum = {0}, other = {0};
    add(&sum, "1e300");
    add(&sum, "1");
    assert_true(sum.rounded);
    add(&other, "1e300");
    exact_sum_merge(&sum, &other);
    double total;
    struct value value = exact_sum_total(&sum);
    assert_true(value_double_of(&value, &total));
    assert_true(total == 2e300);
}

static void keeps_values_as_they_came(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "12", "-0", "1.50", "\"a\"", "9223372036854775807", "9223372036854775808", "1e3"};
    struct kept_value kept = {0}, copy = {0};
    struct scratch scratch = {0};
    assert_memory_equal(kept_value_slice(&kept, &scratch).text, "null", 4);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        kept_value_set(&kept, slice(texts[i]));
        kept_value_copy(&copy, &kept);
        struct json_slice text = kept_value_slice(&copy, &scratch);
        assert_int_equal(text.length, strlen(texts[i]));
        assert_memory_equal(text.text, texts[i], text.length);
        assert_int_equal(kept_value_compare(&kept, &copy), 0);
    }
    kept_value_set(&kept, slice("9"));
    kept_value_set(&copy, slice("10.0"));
    assert_true(kept_value_compare(&kept, &copy) < 0);
    assert_true(kept_value_compare_slice(&copy, slice("10")) == 0);
    assert_true(kept_value_compare_slice(&kept, slice("\"1\"")) < 0);
    kept_value_clear(&kept);
    kept_value_clear(&copy);
    scratch_free(&scratch);
}

static void quantiles_are_values_near_the_rank(void **state)
{
    (void)state;
    struct log_histogram whole = {0}, half = {0}, other = {0};
    for (int i = 1; i <= 10000; i++) {
        double value = pow(1.002, i) - 600;
        log_histogram_add(&whole, value);
        log_histogram_add(i % 3 ? &half : &other, value);
    }
    log_histogram_merge(&half, &other);
    for (double share = 0; share <= 1; share += 0.01) {
        int rank = (int)ceil(share * 10000 - 1e-6);
        double exact = pow(1.002, rank < 1 ? 1 : rank) - 600;
        double found = log_histogram_quantile(&whole, share);
        assert_true(fabs(found - exact) <= fabs(exact) * LOG_HISTOGRAM_ERROR);
        assert_true(found == log_histogram_quantile(&half, share));
    }
    log_histogram_clear(&whole);
    log_histogram_clear(&half);
    log_histogram_clear(&other);
}

static void quantiles_of_few_small_integers_are_exact(void **state)
{
    (void)state;
    struct log_histogram histogram = {0};
    for (int i = 0; i < 100; i++)
        log_histogram_add(&histogram, i + 1);
    assert_true(log_histogram_quantile(&histogram, 0.07) == 7);
    assert_true(log_histogram_quantile(&histogram, 0) == 1);
    assert_true(log_histogram_quantile(&histogram, 1) == 100);
    log_histogram_clear(&histogram);
}

static struct json_key key_of(const char *text, struct scratch *scratch)
{
    struct json_key key;
    assert_true(json_key_make(slice(text), scratch, &key));
    return key;
}

static void counts_different_values(void **state)
{
    (void)state;
    struct value_set set = {0}, other = {0};
    struct distinct_estimate estimate = {0}, rest = {0};
    struct scratch scratch = {0};
    char text[32];
    for (int i = 0; i < 60000; i++) {
        snprintf(text, sizeof text, i % 2 ? "%d" : "%d.0", i % 20000);
        struct json_key key = key_of(text, &scratch);
        value_set_add(i % 7 ? &set : &other, &key);
        distinct_estimate_add(i % 7 ? &estimate : &rest, &key);
        scratch_reset(&scratch);
    }
    value_set_merge(&set, &other);
    distinct_estimate_merge(&estimate, &rest);
    assert_int_equal(set.count, 20000);
    assert_in_range(distinct_estimate_count(&estimate), 19000, 21000);
    value_set_clear(&set);
    value_set_clear(&other);
    distinct_estimate_clear(&estimate);
    distinct_estimate_clear(&rest);
    scratch_free(&scratch);
}

static void few_values_are_counted_exactly(void **state)
{
    (void)state;
    struct distinct_estimate estimate = {0}, other = {0};
    struct scratch scratch = {0};
    char text[32];
    for (int i = 0; i < 3 * DISTINCT_EXACT; i++) {
        snprintf(text, sizeof text, "%d", i % DISTINCT_EXACT);
        struct json_key key = key_of(text, &scratch);
        distinct_estimate_add(i % 2 ? &estimate : &other, &key);
        scratch_reset(&scratch);
    }
    distinct_estimate_merge(&estimate, &other);
    assert_null(estimate.registers);
    assert_int_equal(distinct_estimate_count(&estimate), DISTINCT_EXACT);
    distinct_estimate_clear(&estimate);
    distinct_estimate_clear(&other);
    scratch_free(&scratch);
}

/* The error over many sets, against what is stated. */
static void estimates_keep_their_error(void **state)
{
    (void)state;
    double squares = 0;
    enum { SETS = 60, VALUES = 3000 };
    struct scratch scratch = {0};
    char text[32];
    for (int set = 0; set < SETS; set++) {
        struct distinct_estimate estimate = {0};
        for (int i = 0; i < VALUES; i++) {
            snprintf(text, sizeof text, "%d", set * VALUES + i);
            struct json_key key = key_of(text, &scratch);
            distinct_estimate_add(&estimate, &key);
            scratch_reset(&scratch);
        }
        double error = (double)distinct_estimate_count(&estimate) / VALUES - 1;
        squares += error * error;
        distinct_estimate_clear(&estimate);
    }
    scratch_free(&scratch);
    assert_true(sqrt(squares / SETS) < 0.02);
}

static void the_greatest_stay(void **state)
{
    (void)state;
    static const char *const texts[] = {"3", "1", "\"a\"", "3.0", "2", "3", "7"};
    struct greatest_values greatest = {0}, other = {0};
    struct scratch scratch = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        greatest_values_add(i < 3 ? &greatest : &other, 4, slice(texts[i]));
    greatest_values_merge(&greatest, 4, &other);
    struct json_slice array = greatest_values_array(&greatest, &scratch);
    assert_int_equal(array.length, strlen("[\"a\",7,3,3.0]"));
    assert_memory_equal(array.text, "[\"a\",7,3,3.0]", array.length);
    greatest_values_clear(&greatest);
    greatest_values_clear(&other);
    scratch_free(&scratch);
}

static void lists_are_read_in_the_order_of_time(void **state)
{
    (void)state;
    static const int64_t times[] = {5, 3, 5, 1, 3};
    struct time_list list = {0}, other = {0};
    struct scratch scratch = {0};
    char text[2] = "0", order[6] = "";
    for (size_t i = 0; i < 5; i++, text[0]++)
        time_list_add(i < 2 ? &list : &other, times[i], slice(text));
    time_list_merge(&list, &other);
    const struct time_entry *sorted = time_list_sorted(&list, &scratch);
    for (size_t i = 0; i < list.count; i++)
        order[i] = time_list_text(&list, &sorted[i]).text[0];
    assert_string_equal(order, "31402");
    time_list_clear(&list);
    time_list_clear(&other);
    scratch_free(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(sums_merge),
        cmocka_unit_test(sums_beyond_128_bits_are_rounded),
        cmocka_unit_test(keeps_values_as_they_came),
        cmocka_unit_test(quantiles_are_values_near_the_rank),
        cmocka_unit_test(quantiles_of_few_small_integers_are_exact),
        cmocka_unit_test(counts_different_values),
        cmocka_unit_test(few_values_are_counted_exactly),
        cmocka_unit_test(estimates_keep_their_error),
        cmocka_unit_test(the_greatest_stay),
        cmocka_unit_test(lists_are_read_in_the_order_of_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
