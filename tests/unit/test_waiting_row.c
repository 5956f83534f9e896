#include "state/waiting_row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct json_slice slice(const char *text, size_t length, enum json_kind kind)
{
    uint8_t flags = kind == JSON_STRING && memchr(text, '\\', length) ? JSON_FLAG_ESCAPED : 0;
    if (kind == JSON_NUMBER && memchr(text, '.', length) == NULL)
        flags = JSON_FLAG_INTEGER;
    return (struct json_slice){text, (uint32_t)length, (uint8_t)kind, flags};
}

/* Stores {"k":KEY} and expects it back. */
static void round_trip(const char *key_text, enum json_kind kind, size_t most)
{
    struct scratch scratch = {0};
    struct record_log log;
    struct row_view view = {.time = -7}, found;
    struct waiting_row *row;
    uint64_t position;
    char record[200];
    view.length = (uint32_t)snprintf(record, sizeof record, "{\"k\":%s}", key_text);
    view.text = record;
    record_log_init(&log);
    assert_true(json_key_make(slice(record + 5, strlen(key_text), kind), &scratch, &view.key));
    row = waiting_row_append(&log, &view, 0, &position);
    assert_ptr_equal(row, waiting_row_at(&log, position));
    waiting_row_view(row, &found);
    assert_int_equal(found.time, -7);
    assert_int_equal(found.length, view.length);
    assert_memory_equal(found.text, record, view.length);
    assert_int_equal(found.key.text.length, strlen(key_text));
    assert_memory_equal(found.key.text.text, key_text, strlen(key_text));
    assert_int_equal(found.key.kind, kind);
    assert_int_equal(json_key_compare(&found.key, &view.key), 0);
    assert_true(waiting_row_has_key(row, &view.key));
    assert_true(waiting_row_size(row) <= view.length + most);
    view.key.kind = kind == JSON_STRING ? JSON_NUMBER : JSON_STRING;
    assert_false(waiting_row_has_key(row, &view.key));
    record_log_free(&log);
    scratch_free(&scratch);
}

/* Bytes behind the record belong to it, and the key is found all the same, down to its last byte.
 */
static void check_extra(const char *record, size_t key_length, enum json_kind kind)
{
    struct scratch scratch = {0};
    struct record_log log;
    struct row_view found, view = {.text = record, .length = (uint32_t)strlen(record)};
    struct waiting_row *row;
    uint64_t position, next;
    record_log_init(&log);
    assert_true(json_key_make(slice(record + 5, key_length, kind), &scratch, &view.key));
    row = waiting_row_append(&log, &view, 5, &position);
    memcpy(waiting_row_extra(row, 5), "extra", 5);
    waiting_row_append(&log, &view, 0, &next);
    row = waiting_row_at(&log, position);
    waiting_row_view(row, &found);
    assert_int_equal(found.length, view.length + 5);
    assert_memory_equal(found.text, record, view.length);
    assert_memory_equal(found.text + view.length, "extra", 5);
    assert_true(waiting_row_has_key(row, &view.key));
    for (size_t at = 0; at < view.key.length; at++) {
        char other[64];
        struct json_key key = view.key;
        memcpy(other, key.bytes, key.length);
        other[at] ^= 1;
        key.bytes = other;
        assert_false(waiting_row_has_key(row, &key));
    }
    record_log_free(&log);
    scratch_free(&scratch);
}

static void more_bytes_may_stand_behind_a_record(void **state)
{
    (void)state;
    check_extra("{\"k\":\"abcdefghijklm\"}", 15, JSON_STRING);
    check_extra("{\"k\":\"abcdefgh\"}", 10, JSON_STRING);
    check_extra("{\"k\":\"abc\"}", 5, JSON_STRING);
    check_extra("{\"k\":1.50}", 4, JSON_NUMBER);
}

static void common_keys_cost_a_short_header(void **state)
{
    (void)state;
    round_trip("\"b7f65c3f-6d96-40bc-b153-2d7537e16f16\"", JSON_STRING, WAITING_ROW_HEADER);
    round_trip("\"\"", JSON_STRING, WAITING_ROW_HEADER);
    round_trip("1234567890123456789", JSON_NUMBER, WAITING_ROW_HEADER);
}

static void other_keys_keep_spelling_and_identity(void **state)
{
    (void)state;
    round_trip("\"\\u0041\\n\"", JSON_STRING, 100);
    round_trip("1.50e3", JSON_NUMBER, 100);
    round_trip("true", JSON_TRUE, 100);
    round_trip("[1.0, \"x\", [null]]", JSON_ARRAY, 100);
}

static void long_records_and_keys_fit(void **state)
{
    enum { SIZE = 70000 };
    char *record = malloc(SIZE);
    struct scratch scratch = {0};
    struct record_log log;
    struct row_view view = {.text = record, .length = SIZE}, found;
    uint64_t position;
    (void)state;
    memset(record, 'z', SIZE);
    record[10] = record[SIZE - 2] = '"';
    record_log_init(&log);
    assert_true(json_key_make(slice(record + 10, SIZE - 11, JSON_STRING), &scratch, &view.key));
    waiting_row_view(waiting_row_append(&log, &view, 0, &position), &found);
    assert_int_equal(found.length, SIZE);
    assert_memory_equal(found.text, record, SIZE);
    assert_true(waiting_row_has_key(waiting_row_at(&log, position), &view.key));
    record_log_free(&log);
    scratch_free(&scratch);
    free(record);
}

static void links_reach_both_ways_and_far(void **state)
{
    struct waiting_row row = {0};
    uint64_t here = UINT64_C(1) << 45;
    static const int64_t distances[] = {1,
                                        -1,
                                        1000000,
                                        -4000000000,
                                        4294967296,
                                        -4294967296,
                                        (INT64_C(1) << 39) - 1,
                                        -(INT64_C(1) << 39)};
    (void)state;
    assert_int_equal(waiting_row_link(&row, here), LOG_NOWHERE);
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) {
        waiting_row_set_link(&row, here, here + (uint64_t)distances[i]);
        assert_int_equal(waiting_row_link(&row, here), here + (uint64_t)distances[i]);
    }
    waiting_row_set_link(&row, here, here + (UINT64_C(1) << 39));
    assert_int_equal(waiting_row_link(&row, here), LOG_NOWHERE);
    waiting_row_set_link(&row, here, LOG_NOWHERE);
    assert_int_equal(waiting_row_link(&row, here), LOG_NOWHERE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_keys_cost_a_short_header),
        cmocka_unit_test(more_bytes_may_stand_behind_a_record),
        cmocka_unit_test(other_keys_keep_spelling_and_identity),
        cmocka_unit_test(long_records_and_keys_fit),
        cmocka_unit_test(links_reach_both_ways_and_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
