#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_pieces_do_not_overlap(void **state)
{
    (void)state;
    struct scratch scratch = {0};
    unsigned char *pieces[300];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 300; i++) {
            size_t size = i * i % 7000;
            pieces[i] = scratch_take(&scratch, size);
            assert_int_equal((uintptr_t)pieces[i] % 16, 0);
            memset(pieces[i], (int)i, size);
        }
        for (size_t i = 0; i < 300; i++)
            for (size_t j = 0; j < i * i % 7000; j++)
                assert_int_equal(pieces[i][j], i % 256);
        scratch_reset(&scratch);
    }
    scratch_free(&scratch);
    assert_null(scratch.blocks);
}

static void test_reset_keeps_memory(void **state)
{
    (void)state;
    struct scratch scratch = {0};
    scratch_reset(&scratch);
    scratch_take(&scratch, 1000000);
    scratch_reset(&scratch);
    struct scratch_block *block = scratch.blocks;
    scratch_take(&scratch, 1000000);
    assert_ptr_equal(scratch.blocks, block);
    scratch_free(&scratch);
    scratch_free(&scratch);
}

static void test_text_grows(void **state)
{
    (void)state;
    struct text_buffer text = {0};
    for (int i = 0; i < 1000; i++)
        text_buffer_add_format(&text, "%d,", i);
    text_buffer_add_text(&text, "end");
    text_buffer_add_byte(&text, '\n');
    text_buffer_add(&text, "", 0);
    assert_int_equal(text.length, 10 * 2 + 90 * 3 + 900 * 4 + 4);
    assert_memory_equal(text.bytes, "0,1,2,3,", 8);
    assert_memory_equal(text.bytes + text.length - 8, "999,end\n", 8);
    char *place = text_buffer_reserve(&text, 100000);
    memset(place, 'x', 100000);
    assert_true(text.capacity >= text.length + 100000);
    text_buffer_free(&text);
    assert_int_equal(text.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_do_not_overlap),
        cmocka_unit_test(test_reset_keeps_memory),
        cmocka_unit_test(test_text_grows),
    };
    return cmocka_run_group_tests_name("scratch", tests, NULL, NULL);
}
