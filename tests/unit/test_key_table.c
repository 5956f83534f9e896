#include "window/key_cache.h"
#include "window/key_table.h"
#include "window/revision_table.h"
#include "window/slice_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Few different hashes, so that keys get in each other's way. */
static struct json_key key_of(int number, char text[16])
{
    snprintf(text, 16, "key%d", number);
    return (struct json_key){.bytes = text,
                             .length = (uint32_t)strlen(text),
                             .kind = JSON_STRING,
                             .hash = (uint64_t)(number % 17)};
}

static void keys_come_and_go(void **state)
{
    (void)state;
    enum { KEYS = 300, STEPS = 20000 };
    struct key_table table;
    uint32_t numbers[KEYS];
    char text[16];
    memset(numbers, 0xFF, sizeof numbers);
    key_table_init(&table);
    srand(7);
    for (int step = 0; step < STEPS; step++) {
        int number = rand() % KEYS;
        struct json_key key = key_of(number, text);
        assert_int_equal(key_table_find(&table, &key), numbers[number]);
        if (numbers[number] == UINT32_MAX) {
            numbers[number] = key_table_add(&table, &key, "members", 7);
            assert_memory_equal(window_key_members(&table.keys[numbers[number]]), "members", 7);
        } else {
            key_table_remove(&table, numbers[number]);
            numbers[number] = UINT32_MAX;
        }
    }
    for (int number = 0; number < KEYS; number++) {
        struct json_key key = key_of(number, text);
        assert_int_equal(key_table_find(&table, &key), numbers[number]);
    }
    key_table_free(&table);
}

static void keys_are_sorted_as_jq_does(void **state)
{
    (void)state;
    static const char *const texts[] = {"null",
                                        "false",
                                        "true",
                                        "-1e9",
                                        "-1",
                                        "0",
                                        "9007199254740992",
                                        "9007199254740993",
                                        "1e300",
                                        "\"\"",
                                        "\"abcdefgh\"",
                                        "\"abcdefghi\"",
                                        "\"abd\"",
                                        "[1]",
                                        "[2]"};
    enum { COUNT = sizeof texts / sizeof *texts };
    struct key_table table;
    struct scratch scratch = {0};
    uint32_t count;
    key_table_init(&table);
    for (size_t i = COUNT; i-- > 0;) {
        static const uint8_t kinds[] = {['n'] = JSON_NULL,   ['f'] = JSON_FALSE, ['t'] = JSON_TRUE,
                                        ['"'] = JSON_STRING, ['['] = JSON_ARRAY, ['z'] = 0};
        uint8_t kind = kinds[(size_t)texts[i][0]];
        struct json_slice slice = {texts[i], (uint32_t)strlen(texts[i]),
                                   kind == 0 ? JSON_NUMBER : kind, 0};
        struct json_key key;
        assert_true(json_key_make(slice, &scratch, &key));
        key_table_add(&table, &key, texts[i], strlen(texts[i]));
    }
    const struct sorted_key *sorted = key_table_sorted(&table, &count);
    assert_int_equal(count, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_memory_equal(window_key_members(&table.keys[sorted[i].number]), texts[i],
                            strlen(texts[i]));
    key_table_free(&table);
    scratch_free(&scratch);
}

static void cells_stand_in_the_order_of_time(void **state)
{
    (void)state;
    struct key_table table;
    struct cell cells[3] = {{.first = 1}, {.first = 2}, {.first = 3}};
    char text[16];
    key_table_init(&table);
    struct json_key key = key_of(1, text);
    struct window_key *kept = &table.keys[0];
    uint32_t number = key_table_add(&table, &key, "", 0);
    kept = &table.keys[number];
    key_table_link(&table, &cells[1], NULL);
    key_table_link(&table, &cells[2], &cells[1]);
    key_table_link(&table, &cells[0], NULL);
    assert_ptr_equal(kept->oldest, &cells[0]);
    assert_ptr_equal(cells[0].newer, &cells[1]);
    assert_ptr_equal(cells[2].older, &cells[1]);
    assert_ptr_equal(kept->newest, &cells[2]);
    key_table_unlink(&table, &cells[1]);
    assert_ptr_equal(cells[0].newer, &cells[2]);
    key_table_unlink(&table, &cells[2]);
    key_table_unlink(&table, &cells[0]);
    assert_null(kept->oldest);
    assert_null(kept->newest);
    key_table_free(&table);
}

static void the_cache_knows_texts(void **state)
{
    (void)state;
    static struct key_cache cache;
    static const char padded[] =
        "\"abcdefghijklmnop\",\"x\",12,120,1234567,12345678,123456789     ";
    static const struct {
        size_t offset;
        uint32_t length;
    } texts[] = {{19, 3}, {23, 2}, {26, 3}, {26, 2}, {30, 7}, {38, 8}, {47, 9}, {47, 8}, {0, 16}};
    enum { COUNT = sizeof texts / sizeof *texts };
    for (uint32_t i = 0; i < COUNT; i++) {
        struct json_slice text = {padded + texts[i].offset, texts[i].length, JSON_NUMBER, 0};
        uint32_t found = key_cache_find(&cache, text, 5);
        if (i == 3 || i == 7) /* the same text as another one, elsewhere */
            assert_int_equal(found, i == 3 ? 1 : 5);
        else
            assert_int_equal(found, UINT32_MAX);
        key_cache_note(&cache, text, 5, i);
        assert_int_equal(key_cache_find(&cache, text, 5), i);
        assert_int_equal(key_cache_find(&cache, text, 6), UINT32_MAX);
    }
    struct json_slice too_long = {padded, 18, JSON_STRING, 0};
    key_cache_note(&cache, too_long, 5, 1);
    assert_int_equal(key_cache_find(&cache, too_long, 5), UINT32_MAX);
}

static void revisions_come_and_go(void **state)
{
    (void)state;
    enum { KEYS = 20, ENDS = 20, STEPS = 20000 };
    struct revision_table table = {0};
    static uint32_t expected[KEYS][ENDS];
    srand(3);
    for (int step = 0; step < STEPS; step++) {
        uint32_t key = (uint32_t)(rand() % KEYS);
        int end = rand() % ENDS;
        struct revision *revision = revision_table_find(&table, key, end - 10);
        assert_int_equal(revision == NULL ? 0 : revision->number, expected[key][end]);
        if (rand() % 3 > 0) {
            assert_int_equal(revision_table_write(&table, key, end - 10, 1)->number,
                             ++expected[key][end]);
        } else {
            revision_table_remove(&table, key, end - 10);
            expected[key][end] = 0;
        }
    }
    revision_table_free(&table);
}

static void slices_stay_sorted(void **state)
{
    (void)state;
    struct slice_list list = {0};
    srand(5);
    for (int step = 0; step < 3000; step++) {
        int64_t start = step / 3 + rand() % 50;
        if (slice_list_find(&list, start) == NULL)
            assert_int_equal(slice_list_add(&list, start)->start, start);
        assert_int_equal(slice_list_find(&list, start)->start, start);
        while (slice_list_count(&list) > 30)
            slice_list_shift(&list);
        for (size_t i = list.first + 1; i < list.end; i++)
            assert_true(list.slices[i - 1].start < list.slices[i].start);
    }
    slice_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_and_go),
        cmocka_unit_test(keys_are_sorted_as_jq_does),
        cmocka_unit_test(cells_stand_in_the_order_of_time),
        cmocka_unit_test(the_cache_knows_texts),
        cmocka_unit_test(revisions_come_and_go),
        cmocka_unit_test(slices_stay_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
