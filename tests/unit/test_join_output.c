#include "join/join_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct row_view row_of(const char *text, int64_t time)
{
    struct row_view row = {.time = time, .text = text, .length = (uint32_t)strlen(text)};
    row.key.text = (struct json_slice){"\"k\"", 3, JSON_STRING, 0};
    return row;
}

/* The result of two records (NULL = missing), with times 5 and -3. */
static const char *write(struct join_output *output, const char *left, const char *right, bool late)
{
    static struct text_buffer out;
    struct row_view left_row = row_of(left == NULL ? "" : left, 5);
    struct row_view right_row = row_of(right == NULL ? "" : right, -3);
    struct join_result result = {.left = left == NULL ? NULL : &left_row,
                                 .right = right == NULL ? NULL : &right_row,
                                 .key = &left_row.key,
                                 .time = left == NULL ? -3 : 5,
                                 .late = late};
    out.length = 0;
    join_output_write(output, &result, &out);
    text_buffer_add_byte(&out, '\0');
    return out.bytes;
}

static void pairs_hold_both_records_as_they_came(void **state)
{
    struct join_output output;
    (void)state;
    assert_true(join_output_init(&output, SHAPE_PAIR, true, NULL, NULL));
    assert_string_equal(
        write(&output, "{ \"a\" : 1e3 }", "{}", false),
        "{\"key\":\"k\",\"event_time_ns\":5,\"left\":{ \"a\" : 1e3 },\"right\":{}}");
    assert_string_equal(write(&output, NULL, "{}", true),
                        "{\"key\":\"k\",\"event_time_ns\":-3,\"left\":null,\"right\":{},"
                        "\"late\":true}");
    join_output_free(&output);
}

static void names_are_encoded_and_time_is_left_out_where_there_is_none(void **state)
{
    struct join_output output;
    (void)state;
    assert_true(join_output_init(&output, SHAPE_PAIR, false, "re\"q,a", NULL));
    assert_string_equal(write(&output, "{}", NULL, false),
                        "{\"key\":\"k\",\"re\\\"q\":{},\"a\":null}");
    join_output_free(&output);
}

static void names_that_cannot_be_are_refused(void **state)
{
    static const char *const refused[] = {
        "", "a", "a,", ",b", "a,b,c", "a,a", "key,b", "a,late", "event_time_ns,b"};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct join_output output;
        struct error_text error = {""};
        assert_false(join_output_init(&output, SHAPE_PAIR, true, refused[i], &error));
        assert_true(error.text[0] != '\0');
        join_output_free(&output);
    }
}

static void flat_records_are_left_and_what_is_new_of_right(void **state)
{
    struct join_output output;
    (void)state;
    assert_true(join_output_init(&output, SHAPE_FLAT, true, NULL, NULL));
    assert_string_equal(write(&output, "{ \"a\" : 1, \"b\":{\"x\":[1]} }",
                              "{\"\\u0061\":2,\"c\" : \"}\", \"b\":3}", false),
                        "{ \"a\" : 1, \"b\":{\"x\":[1]},\"c\" : \"}\",\"event_time_ns\":5}");
    assert_string_equal(write(&output, "{\"event_time_ns\":1,\"late\":0}", "{\"z\":1}", true),
                        "{\"event_time_ns\":5,\"late\":true,\"z\":1}");
    assert_string_equal(write(&output, "{ }", "{\"event_time_ns\":1,\"z\":1}", false),
                        "{\"event_time_ns\":5,\"z\":1}");
    assert_string_equal(write(&output, NULL, "{}", true), "{\"event_time_ns\":-3,\"late\":true}");
    join_output_free(&output);
}

static void lines_are_as_they_came(void **state)
{
    struct join_output output;
    (void)state;
    assert_true(join_output_init(&output, SHAPE_LINE, true, NULL, NULL));
    assert_string_equal(write(&output, "{ \"a\" : 1 }", NULL, false), "{ \"a\" : 1 }");
    assert_string_equal(write(&output, NULL, "{\"a\":1}", true), "{\"a\":1,\"late\":true}");
    join_output_free(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_hold_both_records_as_they_came),
        cmocka_unit_test(names_are_encoded_and_time_is_left_out_where_there_is_none),
        cmocka_unit_test(names_that_cannot_be_are_refused),
        cmocka_unit_test(flat_records_are_left_and_what_is_new_of_right),
        cmocka_unit_test(lines_are_as_they_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
