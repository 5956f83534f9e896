#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

static struct json_slice slice(const char *text)
{
    return json_slice_at(text, text + strlen(text));
}

static void decodes(void **state)
{
    static const struct {
        const char *text, *bytes;
        size_t length;
    } rows[] = {
        {"\"\"", "", 0},
        {"\"abc\"", "abc", 3},
        {"\"\\u0041\\n\\t\\r\\b\\f\\/\\\\\\\"\"", "A\n\t\r\b\f/\\\"", 9},
        {"\"\\u00e9\\u20ac\"", "\xc3\xa9\xe2\x82\xac", 5},
        {"\"x\\ud834\\udd1ey\"", "x\xf0\x9d\x84\x9ey", 6},
        {"\"\\u0000\"", "\0", 1},
        {"\"\\uD7FF\\uE000\\uffff\"", "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", 9},
    };
    char out[64];
    struct scratch scratch = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length;
        assert_int_equal(json_string_decode(slice(rows[i].text), out), rows[i].length);
        assert_memory_equal(out, rows[i].bytes, rows[i].length);
        const char *bytes = json_string_bytes(slice(rows[i].text), &scratch, &length);
        assert_int_equal(length, rows[i].length);
        assert_memory_equal(bytes, rows[i].bytes, length);
        assert_true(json_string_equals(slice(rows[i].text), rows[i].bytes, rows[i].length));
        assert_false(json_string_equals(slice(rows[i].text), "other text", 10));
        if (rows[i].length > 0)
            assert_false(json_string_equals(slice(rows[i].text), rows[i].bytes, length - 1));
    }
    scratch_free(&scratch);
}

static void encodes_only_what_it_must(void **state)
{
    struct text_buffer out = {0};
    (void)state;
    json_string_encode(&out, "a\"\\\n\x01\x1f\x7f\xc3\xa9/", 10);
    text_buffer_add_byte(&out, 0);
    assert_string_equal(out.bytes, "\"a\\\"\\\\\\n\\u0001\\u001f\x7f\xc3\xa9/\"");
    text_buffer_free(&out);
}

static void all_bytes_come_back(void **state)
{
    char bytes[128], text[JSON_STRING_ROOM(128)], again[JSON_STRING_ROOM(128)];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    size_t length = json_string_format(text, bytes, sizeof bytes);
    struct json_slice written = {text, (uint32_t)length, JSON_STRING, JSON_FLAG_ESCAPED};
    assert_int_equal(json_string_decode(written, again), sizeof bytes);
    assert_memory_equal(again, bytes, sizeof bytes);
}

static void orders_by_code_point(void **state)
{
    static const char *const rising[] = {"\"\"",
                                         "\"\\u0000\"",
                                         "\"A\"",
                                         "\"A\\u0000\"",
                                         "\"AB\"",
                                         "\"\\u0042\"",
                                         "\"a\"",
                                         "\"\\u00e9\"",
                                         "\"\\uffff\"",
                                         "\"\xf0\x9d\x84\x9e\"",
                                         "\"\\ud834\\udd1f\""};
    (void)state;
    for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++)
        for (size_t j = 0; j < sizeof rising / sizeof rising[0]; j++) {
            int order = json_string_compare(slice(rising[i]), slice(rising[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test(encodes_only_what_it_must),
        cmocka_unit_test(all_bytes_come_back),
        cmocka_unit_test(orders_by_code_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
