#include "state/line_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* A line with an LF and whatever else behind it. */
static bool reads(const char *text, uint64_t *value)
{
    char line[80];
    struct line_fields fields;
    memset(line, '7', sizeof line);
    memcpy(line, text, strlen(text));
    line[strlen(text)] = '\n';
    return line_fields_begin(&fields, line, strlen(text)) &&
           line_fields_natural(&fields, "n", value) && line_fields_end(&fields);
}

static bool reads_natural(const char *line)
{
    uint64_t value;
    return reads(line, &value);
}

/* Digits are read by eight: numbers of all lengths, and each byte that is no digit at each place.
 */
static void numbers_of_every_length_are_read(void **state)
{
    uint64_t number = 0, value;
    char line[80];
    (void)state;
    for (int digits = 1; digits <= 20; digits++) {
        number = digits == 20 ? UINT64_MAX - 2 : number * 10 + (uint64_t)(digits * 7 % 9 + 1);
        sprintf(line, "{\"n\":%llu}", (unsigned long long)number);
        assert_true(reads(line, &value));
        assert_true(value == number);
        sprintf(line, "{\"n\":%0*llu}", digits, (unsigned long long)0);
        assert_true(reads(line, &value));
        assert_int_equal(value, 0);
        sprintf(line, "{\"n\":%llu", (unsigned long long)number);
        assert_false(reads(line, &value));
    }
    for (int place = 0; place < 20; place++)
        for (int byte = 1; byte < 256; byte++) {
            strcpy(line, "{\"n\":12345678901234567890}");
            line[5 + place] = (char)byte;
            if ((byte < '0' || byte > '9') && byte != '\n')
                assert_false(reads(line, &value));
        }
    assert_false(reads_natural("{\"n\":99999999999999999999}"));
    assert_false(reads_natural("{\"n\":123456789012345678901}"));
}

/* Each byte at each place: digits alone are taken. */
static void hexadecimal_digits_are_told_from_others(void **state)
{
    static const char digits[] = "0123456789abcdef";
    (void)state;
    for (int place = 0; place < 16; place++)
        for (int byte = 0; byte < 256; byte++) {
            char line[40] = "{\"n\":\"89abcdef01234567\"}";
            const char *found = byte == 0 ? NULL : strchr(digits, byte);
            uint64_t shift = 60 - 4 * (uint64_t)place;
            uint64_t wanted = (UINT64_C(0x89abcdef01234567) & ~(UINT64_C(15) << shift)) |
                              (uint64_t)(found == NULL ? 0 : found - digits) << shift;
            struct line_fields fields;
            uint64_t value = 0;
            line[6 + place] = (char)byte;
            assert_true(line_fields_begin(&fields, line, 24));
            assert_int_equal(line_fields_hexadecimal(&fields, "n", &value), found != NULL);
            assert_true(found == NULL || value == wanted);
        }
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
        cmocka_unit_test(numbers_of_every_length_are_read),
        cmocka_unit_test(hexadecimal_digits_are_told_from_others),
        cmocka_unit_test(a_refusal_leaves_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
