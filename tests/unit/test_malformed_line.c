#include "generate/malformed_line.h"
#include "generate/random_source.h"
#include "ndjson/json_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 500 };

static const char whole[] = "{\"key\":\"0b8dcb1f-37ad-4c3f-9c8b-12f6d1d7f1aa\",\"type\":2,"
                            "\"value\":{\"bid\":1.23}}";

static enum scan_status scan(struct json_scanner *scanner, const char *text, size_t length)
{
    char line[256] = {0};
    struct json_slice slots[1];
    struct json_line result = {.slots = slots};
    memcpy(line, text, length);
    line[length] = '\n';
    return json_scan_line(scanner, line, line + length + 1, &result);
}

static void test_every_kind_is_refused(void **state)
{
    struct json_projection *projection = json_projection_new();
    struct json_scanner *scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    const struct random_source random = {1};
    (void)state;
    assert_int_equal(scan(scanner, whole, sizeof whole - 1), SCAN_RECORD);
    for (unsigned kind = 0; malformed_kind_names[kind] != NULL; kind++)
        for (uint64_t i = 0; i < ROUNDS; i++) {
            char line[sizeof whole + MALFORMED_GROWTH];
            memcpy(line, whole, sizeof whole);
            const char *end = malformed_line_apply(kind, line, line + sizeof whole - 1,
                                                   random_at(&random, i));
            assert_true(end > line && end <= line + sizeof line);
            assert_null(memchr(line, '\n', (size_t)(end - line)));
            assert_int_equal(scan(scanner, line, (size_t)(end - line)), SCAN_REJECTED);
        }
    json_scanner_free(scanner);
    json_projection_free(projection);
}

/* All kinds come. */
static void test_choice(void **state)
{
    const struct random_source random = {2};
    char seen[8][sizeof whole + MALFORMED_GROWTH] = {{0}};
    unsigned different = 0;
    (void)state;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        char line[sizeof whole + MALFORMED_GROWTH];
        memcpy(line, whole, sizeof whole);
        const char *end = malformed_line_make(line, line + sizeof whole - 1, random_at(&random, i));
        unsigned kind = (unsigned)(random_at(&random, i) >> 61);
        different += seen[kind][0] == 0;
        memcpy(seen[kind], line, (size_t)(end - line));
    }
    assert_int_equal(different, 8);
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(seen[i], seen[j], sizeof *seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_is_refused),
        cmocka_unit_test(test_choice),
    };
    return cmocka_run_group_tests_name("malformed_line", tests, NULL, NULL);
}
