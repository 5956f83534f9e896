#include "ndjson/json_iterator.h"
#include "ndjson/json_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

static struct json_slice slice(const char *text)
{
    return json_slice_at(text, text + strlen(text));
}

/* Rows in rising order; the spellings in a row are one key. */
static const char *const classes[][8] = {
    {"null"},
    {"false"},
    {"true"},
    {"-1e50", "-100000000000000000000000000000000000000000000000000"},
    {"-1", "-1.0", "-10e-1"},
    {"0", "-0", "0.0", "0e7", "-0.00E-3"},
    {"1e-3", "0.001", "0.0010", "1.0E-3"},
    {"1", "1.0", "1e0", "10e-1", "0.1e1", "1.000"},
    {"1.5", "15e-1", "1.50"},
    {"100", "1e2", "1E+2", "100.0", "0.1e3"},
    {"9007199254740992", "9007199254740992.0"},
    {"9007199254740993", "9007199254740993.00"},
    {"1700000000123456789", "1.700000000123456789e18"},
    {"9999999999999999999999999999999999999999", "9999999999999999999999999999999999999999.0"},
    {"10000000000000000000000000000000000000000", "1e40"},
    {"10000000000000000000000000000000000000001"},
    {"1e1000000", "10e999999"},
    {"\"\"", NULL},
    {"\"1\"", "\"\\u0031\""},
    {"\"A\"", "\"\\u0041\""},
    {"\"a/b\"", "\"a\\/b\"", "\"\\u0061/b\""},
    {"\"\\ud834\\udd1e\"", "\"\xf0\x9d\x84\x9e\""},
    {"[]", "[ ]"},
    {"[null]"},
    {"[1,\"x\"]", "[ 1.0 , \"\\u0078\" ]", "[1e0,\"x\"]"},
    {"[1,\"x\",[2]]", "[1,\"x\",[ 2.0 ]]"},
    {"[\"1\"]"},
    {"[\"1\",\"\"]"},
    {"[\"12\"]"},
    {"[[]]"},
    {"[[],[]]"},
};

enum { CLASSES = sizeof classes / sizeof classes[0] };

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void compare_spellings(size_t i, size_t j, const char *a, const char *b,
                              struct scratch *scratch)
{
    struct json_key left, right;
    assert_true(json_key_make(slice(a), scratch, &left));
    assert_true(json_key_make(slice(b), scratch, &right));
    if (json_key_equal(&left, &right) != (i == j))
        fail_msg("%s and %s", a, b);
    if (i == j)
        assert_true(left.hash == right.hash);
    if (sign(json_key_compare(&left, &right)) != (i > j) - (i < j))
        fail_msg("order of keys %s and %s", a, b);
    if (sign(json_compare(slice(a), slice(b))) != (i > j) - (i < j))
        fail_msg("order of values %s and %s", a, b);
}

static void identity_and_order_are_of_values(void **state)
{
    struct scratch scratch = {0};
    (void)state;
    for (size_t i = 0; i < CLASSES; i++)
        for (size_t j = 0; j < CLASSES; j++)
            for (size_t m = 0; m < 8 && classes[i][m]; m++)
                for (size_t n = 0; n < 8 && classes[j][n]; n++)
                    compare_spellings(i, j, classes[i][m], classes[j][n], &scratch);
    scratch_free(&scratch);
}

static void usual_spellings_are_not_copied(void **state)
{
    static const char *const rows[] = {"\"user-1\"", "12345", "-7", "0"};
    struct scratch scratch = {0};
    struct json_key key;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(json_key_make(slice(rows[i]), &scratch, &key));
        assert_true(key.bytes == rows[i] || key.bytes == rows[i] + 1);
        assert_ptr_equal(key.text.text, rows[i]);
    }
    assert_null(scratch.blocks);
}

static void objects_are_no_keys(void **state)
{
    struct scratch scratch = {0};
    struct json_key key;
    (void)state;
    assert_false(json_key_make(slice("{}"), &scratch, &key));
    assert_false(json_key_make(slice("[1,{\"a\":2}]"), &scratch, &key));
    assert_false(json_key_make(slice("[[[{}]]]"), &scratch, &key));
    assert_true(json_key_make((struct json_slice){.kind = JSON_ABSENT}, &scratch, &key));
    assert_int_equal(key.kind, JSON_NULL);
    scratch_free(&scratch);
}

static void objects_have_an_order(void **state)
{
    static const char *const rising[] = {"[]",
                                         "{}",
                                         "{\"a\":1}",
                                         "{ \"a\" : 2 , \"\\u0061\" : 3 }",
                                         "{\"a\":1,\"b\":0}",
                                         "{\"b\":1,\"\\u0061\":1.0}",
                                         "{\"a\":[{\"x\":1}],\"b\":1}",
                                         "{\"b\":0}"};
    (void)state;
    for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++)
        for (size_t j = 0; j < sizeof rising / sizeof rising[0]; j++)
            assert_int_equal(sign(json_compare(slice(rising[i]), slice(rising[j]))),
                             (i > j) - (i < j));
    assert_int_equal(json_compare(slice("{\"a\":1,\"b\":2}"), slice("{\"b\":2.0,\"a\":1e0}")), 0);
}

static void iterates(void **state)
{
    struct json_slice name, value;
    const char *text = "{ \"a\" : [1, {\"x\":\"]\\\"\"}] ,\"b\":null,\"a\":-1.5e3 }";
    struct json_iterator iterator = json_iterator_start(slice(text));
    (void)state;
    assert_true(json_iterator_next(&iterator, &name, &value));
    assert_memory_equal(value.text, "[1, {\"x\":\"]\\\"\"}]", value.length);
    assert_true(json_iterator_next(&iterator, &name, &value));
    assert_int_equal(value.kind, JSON_NULL);
    assert_true(json_iterator_next(&iterator, &name, &value));
    assert_false(json_iterator_next(&iterator, &name, &value));
    assert_int_equal(json_member(slice(text), "a", 1).kind, JSON_NUMBER);
    assert_int_equal(json_member(slice(text), "c", 1).kind, JSON_ABSENT);
    assert_int_equal(json_array_length(slice("[ ]")), 0);
    assert_int_equal(json_array_length(slice("[1,[2,3],\",\"]")), 3);
    assert_int_equal(json_element(slice("[1,[2,3],\",\"]"), -1).kind, JSON_STRING);
    assert_int_equal(json_element(slice("[1,[2,3],\",\"]"), -4).kind, JSON_ABSENT);
    assert_int_equal(json_element(slice("[1]"), 1).kind, JSON_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_and_order_are_of_values),
        cmocka_unit_test(usual_spellings_are_not_copied),
        cmocka_unit_test(objects_are_no_keys),
        cmocka_unit_test(objects_have_an_order),
        cmocka_unit_test(iterates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
