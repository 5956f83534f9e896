#include "scan_kernels.h"

#include <stdio.h>

/* What the slots hold: one row per kind of value and path. Each row is scanned several times, so
   that the layout is learnt and the later scans take the shortcut. */

struct expectation {
    const char *line;
    const char *path;
    const char *text; /* of the slot; NULL: absent */
    uint8_t kind;
    uint8_t flags;
};

static const struct expectation expectations[] = {
    {"{\"a\":1}", "", "{\"a\":1}", JSON_OBJECT, 0},
    {" { \"a\" : 1 } ", "", "{ \"a\" : 1 }", JSON_OBJECT, 0},
    {"{\"a\":1}", ".a", "1", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":-12 }", ".a", "-12", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":0}", ".a", "0", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":1.0}", ".a", "1.0", JSON_NUMBER, 0},
    {"{\"a\":1e3}", ".a", "1e3", JSON_NUMBER, 0},
    {"{\"a\":1E3,\"b\":2}", ".a", "1E3", JSON_NUMBER, 0},
    {"{\"a\":12345678901234567890123456789012345}", ".a", "12345678901234567890123456789012345",
     JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":0.12345678901234567890123456789012345}", ".a", "0.12345678901234567890123456789012345",
     JSON_NUMBER, 0},
    {"{\"a\":null}", ".a", "null", JSON_NULL, 0},
    {"{\"a\": true\t,\"b\":1}", ".a", "true", JSON_TRUE, 0},
    {"{\"a\":false}", ".a", "false", JSON_FALSE, 0},
    {"{\"a\":\"x y\"}", ".a", "\"x y\"", JSON_STRING, 0},
    {"{\"a\":\"x\" \r ,\"b\":\"\\n\"}", ".a", "\"x\"", JSON_STRING, 0},
    {"{\"a\":\"x\",\"b\":\"\\n\"}", ".b", "\"\\n\"", JSON_STRING, JSON_FLAG_ESCAPED},
    {"{\"a\":\"\\\"\"}", ".a", "\"\\\"\"", JSON_STRING, JSON_FLAG_ESCAPED},
    {"{\"a\":\"}\",\"b\":\"{\"}", ".b", "\"{\"", JSON_STRING, 0},
    {"{\"a\":[ 1, [2] ] ,\"b\":1}", ".a", "[ 1, [2] ]", JSON_ARRAY, 0},
    {"{\"a\":{\"b\":{}}}", ".a", "{\"b\":{}}", JSON_OBJECT, 0},
    {"{\"a\":{\"b\":{}}}", ".a.b", "{}", JSON_OBJECT, 0},
    {"{\"a\":{\"b\":{}}}", ".a.b.c", NULL, JSON_ABSENT, 0},
    {"{\"a\":{\"b\":7},\"b\":8}", ".a.b", "7", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"b\":8,\"a\":{\"b\":7}}", ".b", "8", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":[10,20,30]}", ".a[0]", "10", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":[10,20,30]}", ".a[2]", "30", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":[10,20,30]}", ".a[3]", NULL, JSON_ABSENT, 0},
    {"{\"a\":[{\"b\":1},{\"b\":2}]}", ".a[1].b", "2", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":[[1],[2,3]]}", ".a[1][1]", "3", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a\":{\"0\":1}}", ".a[0]", NULL, JSON_ABSENT, 0},
    {"{\"a\":[1]}", ".a.b", NULL, JSON_ABSENT, 0},
    {"{\"a\":\"text\"}", ".a.b", NULL, JSON_ABSENT, 0},
    {"{}", ".a", NULL, JSON_ABSENT, 0},
    {"{\"ab\":1,\"a\":2,\"A\":3}", ".a", "2", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"\\u0061\":1}", ".a", "1", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"\\u0062\":1,\"\\/\":2}", ".a", NULL, JSON_ABSENT, 0},
    {"{\"\\u20ac\":\"x\"}", ".\xE2\x82\xAC", "\"x\"", JSON_STRING, 0},
    {"{\"\xE2\x82\xAC\":\"x\"}", ".\xE2\x82\xAC", "\"x\"", JSON_STRING, 0},
    {"{\"\\ud83d\\ude00\":1}", ".\xF0\x9F\x98\x80", "1", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"\\t\":1}", ".\t", "1", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"x\":{\"a\":1},\"a\":2}", ".a", "2", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"abcdefgh\":1}", ".abcdefgh", "1", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"abcdefghi\":1}", ".abcdefghi", "1", JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"abcdefghi\":1}", ".abcdefgh", NULL, JSON_ABSENT, 0},
    {"{\"abcdefghij\":1}", ".abcdefghi", NULL, JSON_ABSENT, 0},
    {"{\"abcdefg\":1}", ".abcdefgh", NULL, JSON_ABSENT, 0},
    {"{\"abcdefgh\":1}", ".abcdefghi", NULL, JSON_ABSENT, 0},
    {"{\"a_name_that_is_exactly_30_bytes_\":1}", ".a_name_that_is_exactly_30_bytes_", "1",
     JSON_NUMBER, JSON_FLAG_INTEGER},
    {"{\"a name of many more bytes than one vector of 32, even of 64 bytes\":1}",
     ".a name of many more bytes than one vector of 32, even of 64 bytes", "1", JSON_NUMBER,
     JSON_FLAG_INTEGER},
};

static void assert_slot(const struct json_slice *slot, const struct expectation *expected)
{
    assert_int_equal(slot->kind, expected->kind);
    assert_int_equal(slot->flags, expected->flags);
    assert_int_equal(slot->length, expected->text ? strlen(expected->text) : 0);
    if (expected->text)
        assert_memory_equal(slot->text, expected->text, slot->length);
}

static void test_slots(void **state)
{
    (void)state;
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++) {
        const struct expectation *row = &expectations[i];
        size_t length = strlen(row->line);
        struct scan_kernels kernels = scan_kernels_open(projection_of(&row->path, 1),
                                                        JSON_UTF8_CHECKED);
        size_t wanted = json_projection_slots(kernels.projection) - 1;
        for (int again = 0; again < 4; again++) {
            const char *at = scan_kernels_place(&kernels, row->line, length, '"');
            assert_int_equal(scan_kernels_line(&kernels, at, at + length, &line), SCAN_RECORD);
            assert_slot(&slots[wanted], row);
        }
        scan_kernels_close(&kernels);
    }
}

static void test_prefixes(void **state)
{
    (void)state;
    static const char *const paths[] = {".a.b.c"};
    struct scan_kernels kernels = scan_kernels_open(projection_of(paths, 1), JSON_UTF8_CHECKED);
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    static const char text[] = "{\"a\":{\"b\":\"text\"}}";
    const char *at = scan_kernels_place(&kernels, text, sizeof text - 1, ' ');
    assert_int_equal(scan_kernels_line(&kernels, at, at + sizeof text - 1, &line), SCAN_RECORD);
    assert_int_equal(slots[1].kind, JSON_OBJECT);
    assert_int_equal(slots[2].kind, JSON_STRING);
    assert_int_equal(slots[3].kind, JSON_ABSENT);
    scan_kernels_close(&kernels);
}

/* Scans the lines in turn, so often that each layout is known, and returns the last status. */
static enum scan_status scan_after(const char *path, const char *first, const char *second,
                                   struct json_slice *slot)
{
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    struct scan_kernels kernels = scan_kernels_open(projection_of(&path, 1), JSON_UTF8_CHECKED);
    for (int again = 0; again < 5; again++) {
        const char *at = scan_kernels_place(&kernels, first, strlen(first), '"');
        assert_int_equal(scan_kernels_line(&kernels, at, at + strlen(first), &line), SCAN_RECORD);
    }
    static char copy[512]; /* the slot outlives the pages */
    strcpy(copy, second);
    const char *at = scan_kernels_place(&kernels, copy, strlen(copy), '"');
    enum scan_status status = scan_kernels_line(&kernels, at, at + strlen(copy), &line);
    *slot = slots[1];
    if (status == SCAN_RECORD && slot->kind != JSON_ABSENT)
        slot->text = copy + (slot->text - at);
    scan_kernels_close(&kernels);
    return status;
}

/* Each second line has the layout of the first, and yet must not be taken for its like. */
static void test_known_layout_is_no_guess(void **state)
{
    (void)state;
    struct json_slice slot;
    assert_int_equal(scan_after(".a", "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", &slot),
                     SCAN_RECORD);
    assert_int_equal(slot.text[0], '1');
    assert_int_equal(scan_after(".a", "{\"a\":1,\"b\":2}", "{\"a\":1,\"a\":2}", &slot),
                     SCAN_REJECTED);
    assert_int_equal(scan_after(".a", "{\"a\":1,\"b\":2}", "{\"a\":1,\"\\u0061\":2}", &slot),
                     SCAN_REJECTED);
    assert_int_equal(scan_after(".a", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":02}", &slot),
                     SCAN_REJECTED);
    assert_int_equal(scan_after(".a", "{\"a\":1,\"b\":2}", "{\"a\":01,\"b\":2}", &slot),
                     SCAN_REJECTED);
    assert_int_equal(scan_after(".a", "{\"a\":1,\"b\":2}", "{\"aa\":1,\"b\":2}", &slot),
                     SCAN_RECORD);
    assert_int_equal(slot.kind, JSON_ABSENT);
    assert_int_equal(scan_after(".a", "{\"a\":\"x\"}", "{\"a\":\"\t\"}", &slot), SCAN_REJECTED);
    assert_int_equal(scan_after(".a", "{\"a\":\"x\"}", "{\"a\":\"\xFF\"}", &slot), SCAN_REJECTED);
    assert_int_equal(scan_after(".a", "{\"a\":\"x\"}", "{\"a\":\"\\ud800\"}", &slot),
                     SCAN_REJECTED);
    assert_int_equal(scan_after(".a", "{\"a\":\"x\"}", "{\"a\":\"\\n\"}", &slot), SCAN_RECORD);
    assert_int_equal(slot.flags, JSON_FLAG_ESCAPED);
    assert_int_equal(scan_after(".a", "{\"a\":5}", "{\"a\":null}", &slot), SCAN_RECORD);
    assert_int_equal(slot.kind, JSON_NULL);
    assert_int_equal(scan_after(".a.b", "{\"a\":{\"b\":1},\"c\":{\"b\":2}}",
                                "{\"c\":{\"b\":1},\"a\":{\"b\":2}}", &slot),
                     SCAN_RECORD);
    assert_int_equal(slot.length, 7);
}

/* In an object that nobody reads from, names may change and repeat. */
static void test_unread_objects(void **state)
{
    (void)state;
    struct json_slice slot;
    assert_int_equal(scan_after(".a", "{\"a\":1,\"b\":{\"c\":1,\"d\":2}}",
                                "{\"a\":7,\"b\":{\"e\":1,\"e\":2}}", &slot),
                     SCAN_RECORD);
    assert_int_equal(slot.text[0], '7');
}

static void test_more_layouts_than_places(void **state)
{
    (void)state;
    static const char *const paths[] = {".a"};
    struct scan_kernels kernels = scan_kernels_open(projection_of(paths, 1), JSON_UTF8_CHECKED);
    struct json_slice slots[SCAN_SLOTS];
    struct json_line line = {.slots = slots};
    for (unsigned i = 0; i < 20000; i++) {
        char text[1024];
        size_t length = (size_t)sprintf(text, "{\"b\":[0");
        for (unsigned j = 0; j < i * 7 % 150; j++)
            length += (size_t)sprintf(text + length, ",%u", j);
        length += (size_t)sprintf(text + length, "],\"a\":%u}", i);
        const char *at = scan_kernels_place(&kernels, text, length, ']');
        assert_int_equal(scan_kernels_line(&kernels, at, at + length, &line), SCAN_RECORD);
        assert_int_equal(strtoul(slots[1].text, NULL, 10), i);
    }
    scan_kernels_close(&kernels);
}

static void test_choice_of_kernel(void **state)
{
    (void)state;
    struct json_projection *projection = json_projection_new();
    struct json_scanner *scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    const char *fastest = json_scanner_kernel(scanner);
    assert_true(json_scanner_use(scanner, "portable"));
    assert_string_equal(json_scanner_kernel(scanner), "portable");
    assert_false(json_scanner_use(scanner, "mmx"));
    assert_string_equal(json_scanner_kernel(scanner), "portable");
    assert_true(json_scanner_use(scanner, NULL));
    assert_string_equal(json_scanner_kernel(scanner), fastest);
    json_scanner_free(scanner);
    json_projection_free(projection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_known_layout_is_no_guess),
        cmocka_unit_test(test_unread_objects),
        cmocka_unit_test(test_more_layouts_than_places),
        cmocka_unit_test(test_choice_of_kernel),
    };
    return cmocka_run_group_tests_name("json_scan", tests, NULL, NULL);
}
