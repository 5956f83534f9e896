#include "sql/row_batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct row_text text(const char *bytes)
{
    return (struct row_text){bytes, bytes == NULL ? 0 : strlen(bytes)};
}

static void add(struct row_batch *batch, const char *identity, const char *guard, const char *body)
{
    row_batch_add(batch, text(identity), text(guard), text(body), *body == '-');
}

/* The bodies that are left, in order. */
static void assert_bodies(const struct row_batch *batch, const char *expected)
{
    struct text_buffer bodies = {0};
    for (size_t i = 0; i < batch->count; i++) {
        struct row_text body = batch_row_body(batch, &batch->rows[i]);
        if (batch->rows[i].replaced)
            continue;
        text_buffer_add(&bodies, body.bytes, body.length);
        text_buffer_add_byte(&bodies, ' ');
    }
    text_buffer_add_byte(&bodies, '\0');
    assert_string_equal(bodies.bytes, expected);
    text_buffer_free(&bodies);
}

static void test_last_row_of_a_key_stays(void **state)
{
    struct row_batch batch = {0};
    (void)state;
    add(&batch, "a", NULL, "1");
    add(&batch, "b", NULL, "2");
    add(&batch, "a", NULL, "3");
    add(&batch, "", NULL, "4");
    assert_bodies(&batch, "2 3 4 ");
    assert_int_equal(batch.taken, 4);
    assert_int_equal(batch.upserts, 3);
    assert_int_equal(batch.superseded, 1);
    row_batch_free(&batch);
}

static void test_guard_decides_before_order(void **state)
{
    struct row_batch batch = {0};
    (void)state;
    add(&batch, "a", "10", "ten");
    add(&batch, "a", "9", "nine");
    assert_bodies(&batch, "ten ");
    add(&batch, "a", "10.0", "again");
    assert_bodies(&batch, "again ");
    add(&batch, "a", "100000000000000000000000000000000000000001", "large");
    add(&batch, "a", "100000000000000000000000000000000000000000", "less");
    assert_bodies(&batch, "large ");
    assert_int_equal(batch.superseded, 4);
    row_batch_free(&batch);
}

static void test_retracts_are_rows(void **state)
{
    struct row_batch batch = {0};
    (void)state;
    add(&batch, "a", "1", "1");
    add(&batch, "a", "2", "-2");
    assert_bodies(&batch, "-2 ");
    assert_int_equal(batch.upserts, 0);
    assert_int_equal(batch.retracts, 1);
    add(&batch, "a", "3", "3");
    assert_bodies(&batch, "3 ");
    assert_int_equal(batch.upserts, 1);
    assert_int_equal(batch.retracts, 0);
    row_batch_free(&batch);
}

static void test_rows_without_key_stand_for_themselves(void **state)
{
    struct row_batch batch = {0};
    (void)state;
    for (int i = 0; i < 3; i++)
        row_batch_add(&batch, text(NULL), text(NULL), text("x"), false);
    assert_bodies(&batch, "x x x ");
    row_batch_free(&batch);
}

/* Grows the table several times, and starts over with its memory. */
static void test_many_keys(void **state)
{
    enum { KEYS = 5000 };
    struct row_batch batch = {0};
    char key[16], guard[16];
    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < 3 * KEYS; i++) {
            snprintf(key, sizeof key, "k%d", i % KEYS);
            snprintf(guard, sizeof guard, "%d", i);
            add(&batch, key, guard, guard);
        }
        assert_int_equal(batch.upserts, KEYS);
        for (size_t i = 0; i < batch.count; i++)
            assert_true(batch.rows[i].replaced == (i < 2 * KEYS));
        row_batch_clear(&batch);
        assert_int_equal(batch.taken + batch.upserts + batch.count, 0);
    }
    assert_int_equal(batch.superseded, 4 * KEYS);
    row_batch_free(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_row_of_a_key_stays),
        cmocka_unit_test(test_guard_decides_before_order),
        cmocka_unit_test(test_retracts_are_rows),
        cmocka_unit_test(test_rows_without_key_stand_for_themselves),
        cmocka_unit_test(test_many_keys),
    };
    return cmocka_run_group_tests_name("row_batch", tests, NULL, NULL);
}
