#include "scan_kernels.h"

#include <stdio.h>

/* What is a record, what is not, and where and why not: one row per rule of RFC 8259, each row run
   through every kernel, alone and between good lines. */

struct row {
    const char *text;
    const char *reason; /* NULL: a record */
    uint32_t byte;
    uint32_t length; /* 0: strlen */
};

static const struct row records[] = {
    {.text = "{}"},
    {.text = " \t{ \t} \t"},
    {.text = "{\"\":0}"},
    {.text = "{\"a\":{}}"},
    {.text = "{\"a\":[]}"},
    {.text = "{\"a\":[ ]}"},
    {.text = "{\"a\":[[],[[]],{}]}"},
    {.text = "{\"a\":[1]}"},
    {.text = "{\"a\":[1,\"x\",null,true,false,{},[]]}"},
    {.text = "{\"a\" : 1 , \"b\" : [ 1 , 2 ] , \"c\" : { \"d\" : 1 } }"},
    {.text = "{\"a\":0}"},
    {.text = "{\"a\":-0}"},
    {.text = "{\"a\":-1}"},
    {.text = "{\"a\":10}"},
    {.text = "{\"a\":0.0}"},
    {.text = "{\"a\":-0.10}"},
    {.text = "{\"a\":0e1}"},
    {.text = "{\"a\":0e+1}"},
    {.text = "{\"a\":0E-1}"},
    {.text = "{\"a\":1.5e300}"},
    {.text = "{\"a\":1E22}"},
    {.text = "{\"a\":123456789012345678901234567890}"},
    {.text = "{\"a\":12345678901234567890123456789012}"},
    {.text = "{\"a\":-123456789012345678901234567890123}"},
    {.text = "{\"a\":0.1234567890123456789012345678901234567890}"},
    {.text = "{\"a\":1e99999}"},
    {.text = "{\"a\":true}"},
    {.text = "{\"a\":false}"},
    {.text = "{\"a\":null}"},
    {.text = "{\"a\":\"\"}"},
    {.text = "{\"a\":\" \x7F\"}"},
    {.text = "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}"},
    {.text = "{\"a\":\"\\u0000\\u0041\\uFFFF\\uabCD\"}"},
    {.text = "{\"a\":\"\\uD83D\\uDE00\\ud800\\udc00\\uDBFF\\uDFFF\"}"},
    {.text = "{\"a\":\"\\\\\"}"},
    {.text = "{\"a\":\"\\\\\\\"\"}"},
    {.text = "{\"a\":\"{}[]:,\"}"},
    {.text = "{\"a\":\"\xC2\x80\xDF\xBF\"}"},
    {.text =
         "{\"a\":\"\xE0\xA0\x80\xEC\xBF\xBF\xED\x80\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\"}"},
    {.text = "{\"a\":\"\xF0\x90\x80\x80\xF3\xBF\xBF\xBF\xF4\x8F\xBF\xBF\"}"},
    {.text = "{\"\xC3\xA4\":1}"},
    {.text = "{\"a\":\"\xEF\xBB\xBF\"}"},
    {.text = "{\"x\":1,\"x\":2}"}, /* nobody reads x */
    {.text = "{\"x\":{\"a\":1},\"a\":{\"x\":1,\"x\":2}}"},
    {.text = "{\"aa\":1,\"a\":2,\"\":3}"},
};

static const struct row rejected[] = {
    /* the value as a whole */
    {"[]", "not an object", 1, 0},
    {" [1,2]", "not an object", 2, 0},
    {"1", "not an object", 1, 0},
    {"\"a\"", "not an object", 1, 0},
    {"null", "not an object", 1, 0},
    {"hello", "invalid JSON: expected a value", 1, 0},
    {"}", "invalid JSON: expected a value", 1, 0},
    {"[1,2", "truncated", 5, 0},
    {"{}{}", "invalid JSON: text after the value", 3, 0},
    {"{} {}", "invalid JSON: text after the value", 4, 0},
    {"{}x", "invalid JSON: text after the value", 3, 0},
    {"{},", "invalid JSON: text after the value", 3, 0},
    {"{}}", "invalid JSON: text after the value", 3, 0},
    {"{}\"", "invalid JSON: text after the value", 3, 0},
    {"{\"a\":1}]", "invalid JSON: text after the value", 8, 0},
    {"\xEF\xBB\xBF{}", "invalid JSON: expected a value", 1, 0},
    {"\xFF\xFE{\0}\0", "invalid UTF-8", 1, 6},
    {"{\0\"\0a\0\"\0}\0", "raw control character", 2, 10},
    {"\x1F\x8B\x08", "raw control character", 1, 0},
    /* objects */
    {"{", "truncated", 2, 0},
    {"{ ", "truncated", 3, 0},
    {"{\"a\"", "truncated", 5, 0},
    {"{\"a\":", "truncated", 6, 0},
    {"{\"a\":1", "truncated", 7, 0},
    {"{\"a\":1,", "truncated", 8, 0},
    {"{\"a", "truncated", 4, 0},
    {"{\"a\":\"", "truncated", 7, 0},
    {"{\"a\":\"b\\\"}", "truncated", 11, 0},
    {"{,}", "invalid JSON: expected a member name", 2, 0},
    {"{\"a\":1,}", "invalid JSON: expected a member name", 8, 0},
    {"{\"a\":1,,\"b\":2}", "invalid JSON: expected a member name", 8, 0},
    {"{a:1}", "invalid JSON: expected a member name", 2, 0},
    {"{'a':1}", "invalid JSON: expected a member name", 2, 0},
    {"{1:1}", "invalid JSON: expected a member name", 2, 0},
    {"{null:1}", "invalid JSON: expected a member name", 2, 0},
    {"{[]:1}", "invalid JSON: expected a member name", 2, 0},
    {"{{}:1}", "invalid JSON: expected a member name", 2, 0},
    {"{]", "invalid JSON: expected a member name", 2, 0},
    {"{\"a\"}", "invalid JSON: expected ':'", 5, 0},
    {"{\"a\",\"b\"}", "invalid JSON: expected ':'", 5, 0},
    {"{\"a\" 1}", "invalid JSON: expected ':'", 6, 0},
    {"{\"a\"\"b\"}", "invalid JSON: expected ':'", 5, 0},
    {"{\"a\"x:1}", "invalid JSON: expected ':'", 5, 0},
    {"{\"a\":}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":,}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\"::1}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":]}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":1 \"b\":2}", "invalid JSON: expected ',' or '}'", 8, 0},
    {"{\"a\":1\"b\":2}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":\"x\"y}", "invalid JSON: expected ',' or '}'", 9, 0},
    {"{\"a\":\"x\" \"y\"}", "invalid JSON: expected ',' or '}'", 10, 0},
    {"{\"a\":{}{}}", "invalid JSON: expected ',' or '}'", 8, 0},
    {"{\"a\":1:2}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":1]", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":1;}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":1}//c", "invalid JSON: text after the value", 8, 0},
    {"{/**/}", "invalid JSON: expected a member name", 2, 0},
    {"{\"a\":1 2}", "invalid JSON: expected ',' or '}'", 8, 0},
    /* arrays */
    {"{\"a\":[", "truncated", 7, 0},
    {"{\"a\":[1", "truncated", 8, 0},
    {"{\"a\":[1,", "truncated", 9, 0},
    {"{\"a\":[,1]}", "invalid JSON: expected a value", 7, 0},
    {"{\"a\":[1,]}", "invalid JSON: expected a value", 9, 0},
    {"{\"a\":[1,,2]}", "invalid JSON: expected a value", 9, 0},
    {"{\"a\":[1}", "invalid JSON: expected ',' or ']'", 8, 0},
    {"{\"a\":[1:2]}", "invalid JSON: expected ',' or ']'", 8, 0},
    {"{\"a\":[1 2]}", "invalid JSON: expected ',' or ']'", 9, 0},
    {"{\"a\":[\"x\"\"y\"]}", "invalid JSON: expected ',' or ']'", 10, 0},
    {"{\"a\":[}]", "invalid JSON: expected a value", 7, 0},
    {"{\"a\":[\"b\":1]}", "invalid JSON: expected ',' or ']'", 10, 0},
    /* numbers */
    {"{\"a\":-}", "invalid JSON: bad number", 7, 0},
    {"{\"a\":--1}", "invalid JSON: bad number", 7, 0},
    {"{\"a\":-a}", "invalid JSON: bad number", 7, 0},
    {"{\"a\":-.5}", "invalid JSON: bad number", 7, 0},
    {"{\"a\":+1}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":.5}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":01}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":00}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":-01}", "invalid JSON: expected ',' or '}'", 8, 0},
    {"{\"a\":01.5}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":012345678901234567}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":1.}", "invalid JSON: bad number", 8, 0},
    {"{\"a\":1.e5}", "invalid JSON: bad number", 8, 0},
    {"{\"a\":1.-5}", "invalid JSON: bad number", 8, 0},
    {"{\"a\":1.5.5}", "invalid JSON: expected ',' or '}'", 9, 0},
    {"{\"a\":1e}", "invalid JSON: bad number", 8, 0},
    {"{\"a\":1e+}", "invalid JSON: bad number", 9, 0},
    {"{\"a\":1e1.5}", "invalid JSON: expected ',' or '}'", 9, 0},
    {"{\"a\":1ee5}", "invalid JSON: bad number", 8, 0},
    {"{\"a\":1a}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":0x1F}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":1_000}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":1 000}", "invalid JSON: expected ',' or '}'", 8, 0},
    {"{\"a\":NaN}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":Infinity}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":-Infinity}", "invalid JSON: bad number", 7, 0},
    {"{\"a\":1", "truncated", 7, 0},
    {"{\"a\":-", "truncated", 7, 0},
    {"{\"a\":\xEF\xBC\x91}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":1\xEF\xBC\x91}", "invalid JSON: expected ',' or '}'", 7, 0},
    {"{\"a\":12\0}", "raw control character", 8, 9},
    /* literals */
    {"{\"a\":nul}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":nulll}", "invalid JSON: expected ',' or '}'", 10, 0},
    {"{\"a\":True}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":truefalse}", "invalid JSON: expected ',' or '}'", 10, 0},
    {"{\"a\":true\"x\"}", "invalid JSON: expected ',' or '}'", 10, 0},
    {"{\"a\":fals", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":undefined}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":t\0ue}", "invalid JSON: expected a value", 6, 10},
    /* strings and escapes */
    {"{\"a\":\"\\\"}", "truncated", 10, 0},
    {"{\"a\":\"\\", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\a\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\v\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\'\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\x41\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\0\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\\0\"}", "invalid JSON: bad escape", 7, 10},
    {"{\"a\":\"\\U0041\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\ n\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\u\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\u004\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\u00g1\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\u-041\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\u 041\"}", "invalid JSON: bad escape", 7, 0},
    {"{\"a\":\"\\\xC3\xA4\"}", "invalid JSON: bad escape", 7, 0},
    {"{\\\"a\":1}", "invalid JSON: expected a member name", 2, 0},
    {"{\"a\":\\\"x\"}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\":\\u0031}", "invalid JSON: expected a value", 6, 0},
    {"{\"a\\q\":1}", "invalid JSON: bad escape", 4, 0},
    {"{\"a\":\"\\uD800\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uDBFF\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uDC00\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uDFFF\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uD800x\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uD800\\n\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uD800\\u0041\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uD800\\uD800\\uDC00\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uDC00\\uD800\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uD800\\\\uDC00\"}", "lone surrogate escape", 7, 0},
    {"{\"a\":\"\\uD83D\\uDE00\\uDE00\"}", "lone surrogate escape", 19, 0},
    {"{\"\\uD800\":1}", "lone surrogate escape", 3, 0},
    /* control characters */
    {"{\"a\":\"\t\"}", "raw control character", 7, 0},
    {"{\"a\":\"\x1F\"}", "raw control character", 7, 0},
    {"{\"a\":\"\0\"}", "raw control character", 7, 9},
    {"{\"a\":\"x\r\"}", "raw control character", 8, 0},
    {"{\"a\tb\":1}", "raw control character", 4, 0},
    {"{\"a\":1}\0", "raw control character", 8, 8},
    {"{\"a\":\0 1}", "raw control character", 6, 9},
    {"{\f}", "raw control character", 2, 0},
    {"{\"a\":1\v}", "raw control character", 7, 0},
    {"{\"a\":1\x1A\"b\":2}", "raw control character", 7, 0},
    {"{\"a\":1\x0C\"b\":2}", "raw control character", 7, 0},
    {"{\"a\"\x1A 1}", "raw control character", 5, 0},
    {"{\xC2\xA0}", "invalid JSON: expected a member name", 2, 0},
    {"{\xE2\x80\xA8}", "invalid JSON: expected a member name", 2, 0},
    /* UTF-8 */
    {"{\"a\":\"\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xBF\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xC0\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xC1\xBF\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xC2\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xC2x\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xC2\xC2\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xC3\xA4\x80\"}", "invalid UTF-8", 9, 0},
    {"{\"a\":\"\xE0\x80\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xE0\x9F\xBF\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xE2\x82\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xE2\x82x\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xED\xA0\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xED\xBF\xBF\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xF0\x80\x80\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xF0\x8F\xBF\xBF\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xF0\x9F\x98\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xF4\x90\x80\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xF5\x80\x80\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xF8\x88\x80\x80\x80\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xFE\"}", "invalid UTF-8", 7, 0},
    {"{\"a\":\"\xFF\"}", "invalid UTF-8", 7, 0},
    {"{\"\xFF\":1}", "invalid UTF-8", 3, 0},
    {"{\"x\":{\"y\":[\"\xFF\"]}}", "invalid UTF-8", 13, 0},
    {"{\"a\":\xFF}", "invalid UTF-8", 6, 0},
    {"{\"a\":1\xA2", "invalid UTF-8", 7, 0}, /* 0xA2 is '"' with the high bit set */
    {"{\"a\":\"x\xC3", "invalid UTF-8", 8, 0},
    /* members that the projection reads */
    {"{\"a\":1,\"a\":2}", "member stands twice", 8, 0},
    {"{\"a\":1,\"x\":{\"a\":1},\"a\":1}", "member stands twice", 20, 0},
    {"{\"a\":1,\"\\u0061\":2}", "member stands twice", 8, 0},
    {"{\"\\u0061\":1,\"a\":2}", "member stands twice", 13, 0},
    {"{\"o\":{\"p\":1,\"p\":2}}", "member stands twice", 13, 0},
    {"{\"o\":{\"p\":1},\"o\":2}", "member stands twice", 14, 0},
    {"{\"\xC3\xA4\":1,\"\\u00e4\":2}", "member stands twice", 9, 0},
    {"{\"\xF0\x9F\x98\x80\":1,\"\\uD83D\\uDE00\":2}", "member stands twice", 11, 0},
};

static const char *const paths[] = {".a", ".o.p", ".o[1].q", ".\xC3\xA4", ".\xF0\x9F\x98\x80"};

static int kernels_setup(void **state)
{
    static struct scan_kernels kernels;
    kernels = scan_kernels_open(projection_of(paths, 5), JSON_UTF8_CHECKED);
    *state = &kernels;
    return 0;
}

static int kernels_teardown(void **state)
{
    scan_kernels_close(*state);
    return 0;
}

static void check_row(struct scan_kernels *kernels, const struct row *row, const char *at,
                      const char *limit)
{
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    size_t length = row->length ? row->length : strlen(row->text);
    enum scan_status status = scan_kernels_line(kernels, at, limit, &line);
    if (status != (row->reason ? SCAN_REJECTED : SCAN_RECORD))
        print_error("%s: status %d\n", row->text, (int)status);
    assert_int_equal(status, row->reason ? SCAN_REJECTED : SCAN_RECORD);
    assert_int_equal(line.length, length);
    if (!row->reason)
        return;
    if (strcmp(line.reason, row->reason) != 0 || line.error_byte != row->byte)
        print_error("%s: %s at %u\n", row->text, line.reason, line.error_byte);
    assert_string_equal(line.reason, row->reason);
    assert_int_equal(line.error_byte, row->byte);
}

/* Without LF, with LF, with CRLF; with each kind of garbage behind the limit. */
static void check_row_endings(struct scan_kernels *kernels, const struct row *row)
{
    static const char fillers[] = "\"}\\ \n1\xFF\xBF,";
    char text[256];
    size_t length = row->length ? row->length : strlen(row->text);
    memcpy(text, row->text, length);
    memcpy(text + length, "\r\n", 2);
    for (size_t i = 0; i < sizeof fillers; i++) {
        const char *at = scan_kernels_place(kernels, text, length, fillers[i]);
        check_row(kernels, row, at, at + length);
        at = scan_kernels_place(kernels, text, length + 2, fillers[i]);
        check_row(kernels, row, at, at + length + 2);
        text[length] = '\n';
        at = scan_kernels_place(kernels, text, length + 1, fillers[i]);
        check_row(kernels, row, at, at + length + 1);
        text[length] = '\r';
    }
}

static void test_records(void **state)
{
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        check_row_endings(*state, &records[i]);
}

static void test_rejected(void **state)
{
    for (size_t i = 0; i < sizeof rejected / sizeof *rejected; i++)
        check_row_endings(*state, &rejected[i]);
}

/* Every row at every offset from a 64-byte block's start, and what came before leaves no trace. */
static void test_rows_shifted(void **state)
{
    char text[512];
    for (size_t i = 0; i < sizeof rejected / sizeof *rejected; i++) {
        size_t length = rejected[i].length ? rejected[i].length : strlen(rejected[i].text);
        for (uint32_t shift = 1; shift <= 130; shift++) {
            struct row row = {text, rejected[i].reason, rejected[i].byte + shift,
                              (uint32_t)length + shift};
            memset(text, ' ', shift);
            memcpy(text + shift, rejected[i].text, length);
            memcpy(text + shift + length, "\n{}\n", 4);
            const char *at = scan_kernels_place(*state, text, shift + length + 4, '"');
            check_row(*state, &row, at, at + shift + length + 4);
            struct row good = {.text = "{}"};
            check_row(*state, &good, at + shift + length + 1, at + shift + length + 4);
        }
    }
}

static void test_blank_lines(void **state)
{
    static const char *const blanks[] = {"\n", "\r\n", " \n", "\t \r\r\n", ""};
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    for (size_t i = 0; i < 5; i++) {
        size_t length = strlen(blanks[i]);
        const char *at = scan_kernels_place(*state, blanks[i], length, '{');
        assert_int_equal(scan_kernels_line(*state, at, at + length, &line), SCAN_BLANK);
        assert_ptr_equal(line.next, at + length);
    }
    const char *at = scan_kernels_place(*state, "\v\n", 2, '{');
    assert_int_equal(scan_kernels_line(*state, at, at + 2, &line), SCAN_REJECTED);
}

/* LF ends a line in a string, too; the next line is read afresh. */
static void test_line_feed_in_string(void **state)
{
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    static const char text[] = "{\"a\":\"x\n{\"a\":\"y\"}\n{\"a\":\"z\\\n{\"a\":1}";
    const char *at = scan_kernels_place(*state, text, sizeof text - 1, '"');
    const char *limit = at + sizeof text - 1;
    static const enum scan_status expected[] = {SCAN_REJECTED, SCAN_RECORD, SCAN_REJECTED,
                                                SCAN_RECORD};
    for (size_t i = 0; i < 4; i++, at = line.next)
        assert_int_equal(scan_kernels_line(*state, at, limit, &line), expected[i]);
    assert_ptr_equal(at, limit);
}

/* {"a":[[[...]]]}: `depth` containers, the outermost an object. */
static void check_depth(struct scan_kernels *kernels, size_t depth, enum scan_status expected)
{
    char text[1024];
    size_t length = 5 + 2 * (depth - 1) + 1;
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', depth - 1);
    memset(text + 5 + depth - 1, ']', depth - 1);
    text[length - 1] = '}';
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    const char *at = scan_kernels_place(kernels, text, length, ']');
    assert_int_equal(scan_kernels_line(kernels, at, at + length, &line), expected);
    if (expected == SCAN_REJECTED) {
        assert_string_equal(line.reason, "nested deeper than 128");
        assert_int_equal(line.error_byte, 5 + 128);
    }
}

static void test_depth(void **state)
{
    for (int again = 0; again < 3; again++) {
        check_depth(*state, 1 + 1, SCAN_RECORD);
        check_depth(*state, 127, SCAN_RECORD);
        check_depth(*state, 128, SCAN_RECORD);
        check_depth(*state, 129, SCAN_REJECTED);
        check_depth(*state, 300, SCAN_REJECTED);
    }
}

static void test_utf8_unchecked(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":\"\xFF\xC3\"}";
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    struct scan_kernels kernels = scan_kernels_open(projection_of(paths, 1), JSON_UTF8_UNCHECKED);
    const char *at = scan_kernels_place(&kernels, text, sizeof text - 1, ' ');
    assert_int_equal(scan_kernels_line(&kernels, at, at + sizeof text - 1, &line), SCAN_RECORD);
    assert_int_equal(slots[1].length, 4);
    at = scan_kernels_place(&kernels, "{\"a\":\xFF}", 7, ' ');
    assert_int_equal(scan_kernels_line(&kernels, at, at + 7, &line), SCAN_REJECTED);
    assert_string_equal(line.reason, "invalid JSON: expected a value");
    scan_kernels_close(&kernels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_rejected),
        cmocka_unit_test(test_rows_shifted),
        cmocka_unit_test(test_blank_lines),
        cmocka_unit_test(test_line_feed_in_string),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_utf8_unchecked),
    };
    return cmocka_run_group_tests_name("json_grammar", tests, kernels_setup, kernels_teardown);
}
