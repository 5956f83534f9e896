#include "state/line_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void what_is_written_is_read_back(void **state)
{
    static const char wanted[] =
        "{\"kind\":\"tool\",\"low\":-9223372036854775808,\"high\":18446744073709551615,\"yes\":"
        "true,"
        "\"text\":\"a\\\"\\u0001\\u00e9\",\"hash\":\"00ff00000000abcd\",\"record\":{\"x\":[1]}}";
    struct text_buffer out = {0};
    struct text_buffer text = {0};
    struct line_fields fields;
    const char *json;
    size_t length;
    int64_t low;
    uint64_t high, hash;
    bool yes;
    (void)state;
    line_add_integer(&out, "{\"kind\":\"tool\",\"low\":", INT64_MIN);
    line_add_natural(&out, ",\"high\":", UINT64_MAX);
    line_add_boolean(&out, ",\"yes\":", true);
    text_buffer_add_text(&out, ",\"text\":\"a\\\"\\u0001\\u00e9\"");
    line_add_hexadecimal(&out, ",\"hash\":", 0xff00000000abcd);
    text_buffer_add_text(&out, ",\"record\":{\"x\":[1]}}");
    assert_int_equal(out.length, sizeof wanted - 1);
    assert_memory_equal(out.bytes, wanted, out.length);
    assert_false(line_fields_begin_kind(&fields, out.bytes, out.length, "too"));
    assert_false(line_fields_begin_kind(&fields, out.bytes, out.length, "tools"));
    assert_true(line_fields_begin_kind(&fields, out.bytes, out.length, "tool"));
    assert_false(line_fields_natural(&fields, "low", &high)); /* below zero */
    assert_false(line_fields_integer(&fields, "other", &low));
    assert_true(line_fields_integer(&fields, "low", &low));
    assert_true(low == INT64_MIN);
    assert_false(line_fields_integer(&fields, "high", &low)); /* does not fit */
    assert_true(line_fields_natural(&fields, "high", &high));
    assert_true(high == UINT64_MAX);
    assert_true(line_fields_boolean(&fields, "yes", &yes) && yes);
    assert_false(line_fields_boolean(&fields, "text", &yes));
    assert_true(line_fields_text(&fields, "text", &text));
    assert_int_equal(text.length, 5);
    assert_memory_equal(text.bytes, "a\"\x01\xc3\xa9", 5);
    assert_true(line_fields_hexadecimal(&fields, "hash", &hash));
    assert_true(hash == 0xff00000000abcd);
    assert_false(line_fields_end(&fields));
    assert_true(line_fields_last(&fields, "record", &json, &length));
    assert_int_equal(length, 9);
    assert_memory_equal(json, "{\"x\":[1]}", 9);
    assert_true(line_fields_end(&fields));
    text_buffer_free(&out);
    text_buffer_free(&text);
}

static bool reads_natural(const char *line)
{
    struct line_fields fields;
    uint64_t value;
    return line_fields_begin(&fields, line, strlen(line)) &&
           line_fields_natural(&fields, "n", &value) && line_fields_end(&fields);
}

static void other_spellings_are_refused(void **state)
{
    (void)state;
    assert_true(reads_natural("{\"n\":0}"));
    assert_false(reads_natural("{\"n\":}"));
    assert_false(reads_natural("{\"n\":-1}"));
    assert_false(reads_natural("{\"n\":1.0}"));
    assert_false(reads_natural("{\"n\":1e3}"));
    assert_false(reads_natural("{\"n\": 1}"));
    assert_false(reads_natural("{ \"n\":1}"));
    assert_false(reads_natural("{\"n\":18446744073709551616}"));
    assert_false(reads_natural("{\"n\":1,\"m\":1}"));
    assert_false(reads_natural("{\"m\":1}"));
    assert_false(reads_natural("{}"));
    assert_false(reads_natural("{"));
    assert_false(reads_natural(""));
}

static void a_refusal_leaves_the_place(void **state)
{
    static const char line[] = "{\"a\":\"00ff00000000abcZ\",\"b\":[1,{\"c\":2}]}";
    struct line_fields fields;
    struct json_slice value;
    uint64_t number;
    (void)state;
    assert_true(line_fields_begin(&fields, line, sizeof line - 1));
    assert_false(line_fields_hexadecimal(&fields, "a", &number));
    assert_false(line_fields_value(&fields, "b", &value));
    assert_true(line_fields_value(&fields, "a", &value));
    assert_int_equal(value.kind, JSON_STRING);
    assert_true(line_fields_value(&fields, "b", &value));
    assert_int_equal(value.length, 11);
    assert_true(line_fields_end(&fields));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(other_spellings_are_refused),
        cmocka_unit_test(a_refusal_leaves_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
