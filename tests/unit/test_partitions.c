#include "stream/partitions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint32_t stream_of(struct partitions *partitions, uint32_t partition, const char *name,
                          const char *value, uint32_t input)
{
    return partitions_stream(partitions, partition, name, strlen(name), value, strlen(value),
                             input);
}

static void names_are_numbered_in_order_of_first_sight(void **state)
{
    struct name_table table = {0};
    char name[16];
    (void)state;
    assert_int_equal(name_table_find(&table, "a", 1), SIZE_MAX);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++) {
            int length = snprintf(name, sizeof name, "n%d", i);
            assert_int_equal(name_table_put(&table, name, (size_t)length), i);
        }
    }
    name_table_rename(&table, 7, "other", 5);
    assert_int_equal(name_table_find(&table, "other", 5), 7);
    assert_int_equal(name_table_find(&table, "n7", 2), SIZE_MAX);
    assert_int_equal(name_table_find(&table, "n8", 2), 8);
    assert_int_equal(name_table_put(&table, "", 0), 1000);
    name_table_free(&table);
}

static void awaited_streams_hold_the_watermark_until_seen(void **state)
{
    struct partitions partitions;
    struct watermark *watermark;
    uint32_t clicks;
    uint32_t views;
    (void)state;
    partitions_init(&partitions, 10, "clicks,views");
    assert_int_equal(partitions_put(&partitions, "p", 1), 0);
    clicks = stream_of(&partitions, 0, "0-clicks", "clicks", 0);
    assert_int_equal(stream_of(&partitions, 0, "0-clicks", "clicks", 0), clicks);
    watermark = &partitions.items[0].watermark;
    watermark_observe(watermark, clicks, 100);
    assert_true(watermark->current == WATERMARK_UNDEFINED);
    views = stream_of(&partitions, 0, "0-views", "views", 0);
    assert_int_not_equal(clicks, views);
    watermark_observe(watermark, views, 50);
    assert_int_equal(watermark->current, 40);
    /* A second stream of an awaited name joins when it is seen. */
    watermark_observe(watermark, stream_of(&partitions, 0, "1-views", "views", 1), 45);
    assert_int_equal(watermark->count, 3);
    assert_int_equal(watermark->current, 40);
    partitions_free(&partitions);
}

static void the_end_of_an_input_ends_its_streams_everywhere(void **state)
{
    struct partitions partitions;
    (void)state;
    partitions_init(&partitions, 0, NULL);
    for (uint32_t p = 0; p < 2; p++) {
        char name = (char)('a' + p);
        assert_int_equal(partitions_put(&partitions, &name, 1), p);
        watermark_observe(&partitions.items[p].watermark, stream_of(&partitions, p, "0", "", 0),
                          10);
        watermark_observe(&partitions.items[p].watermark, stream_of(&partitions, p, "1", "", 1),
                          20);
        assert_int_equal(partitions.items[p].watermark.current, 10);
    }
    partitions_end_input(&partitions, 0, false);
    assert_int_equal(partitions.items[0].watermark.current, 20);
    assert_int_equal(partitions.items[1].watermark.current, 20);
    partitions_end_input(&partitions, 1, true);
    assert_int_equal(partitions.items[0].watermark.current, 20);
    partitions_end_input(&partitions, 1, false);
    assert_true(partitions.items[1].watermark.current == WATERMARK_END);
    partitions_free(&partitions);
}

static void silent_streams_leave_and_the_clock_goes_on(void **state)
{
    const unsigned char waiting[2] = {1, 1};
    const unsigned char busy[2] = {0, 1};
    struct partitions partitions;
    struct watermark *watermark;
    uint32_t fast;
    uint32_t slow;
    int64_t start;
    (void)state;
    partitions_init(&partitions, 0, NULL);
    start = partitions.started;
    partitions_put(&partitions, "", 0);
    watermark = &partitions.items[0].watermark;
    slow = stream_of(&partitions, 0, "0", "", 0);
    fast = stream_of(&partitions, 0, "1", "", 1);
    watermark_observe(watermark, slow, 100);
    watermark_observe(watermark, fast, 900);
    partitions.items[0].activity[slow].latest = start;
    partitions.items[0].activity[fast].latest = start + 60;
    /* Not waiting: whoever has input to be read is not silent. */
    partitions_idle(&partitions, start + 50, 50, busy, 2);
    assert_int_equal(watermark->current, 100);
    assert_int_equal(partitions_idle(&partitions, start + 49, 50, waiting, 2), start + 50);
    assert_int_equal(watermark->current, 100);
    assert_int_equal(partitions_idle(&partitions, start + 50, 50, waiting, 2), start + 110);
    assert_int_equal(watermark->current, 900);
    /* Both silent: W moves on by what has passed since the last record. */
    partitions_idle(&partitions, start + 160, 50, waiting, 2);
    assert_int_equal(watermark->current, 1000);
    partitions_free(&partitions);
}

static void an_input_that_is_one_stream_is_waited_for(void **state)
{
    struct partitions partitions;
    struct watermark *watermark;
    (void)state;
    partitions_init(&partitions, 0, NULL);
    partitions_put(&partitions, "", 0);
    partitions_await(&partitions, 0, "0", 1, 0);
    partitions_await(&partitions, 0, "1", 1, 1);
    partitions_await(&partitions, 0, "1", 1, 1);
    watermark = &partitions.items[0].watermark;
    assert_int_equal(watermark->count, 2);
    watermark_observe(watermark, stream_of(&partitions, 0, "0", "", 0), 10);
    assert_true(watermark->current == WATERMARK_UNDEFINED);
    /* Ended without a record: nobody waits for it any more. */
    partitions_end_input(&partitions, 1, false);
    assert_int_equal(watermark->current, 10);
    partitions_free(&partitions);
}

/* As an earlier run left it: W does not move while its streams are put back one by one. */
static void what_is_restored_goes_on_where_it_was(void **state)
{
    const struct saved_stream ahead = {"0", 1, 0, 100, 0, true, false, false};
    const struct saved_stream behind = {"1", 1, 1, 50, 0, true, false, false};
    struct partitions partitions;
    struct watermark *watermark;
    (void)state;
    partitions_init(&partitions, 0, NULL);
    partitions_put(&partitions, "", 0);
    partitions_restore_watermark(&partitions, 0, 60);
    assert_true(partitions_restore_stream(&partitions, 0, 0, &ahead));
    assert_false(partitions_restore_stream(&partitions, 0, 1, &ahead)); /* stands twice */
    assert_false(partitions_restore_stream(&partitions, 0, 2, &behind));
    assert_true(partitions_restore_stream(&partitions, 0, 1, &behind));
    partitions_restored(&partitions);
    watermark = &partitions.items[0].watermark;
    assert_int_equal(watermark->current, 60);
    assert_int_equal(partitions.items[0].told, 60);
    assert_false(watermark_observe(watermark, 0, 200));
    assert_true(watermark_observe(watermark, stream_of(&partitions, 0, "1", "", 1), 70));
    assert_int_equal(watermark->current, 70);
    partitions_free(&partitions);
}

static void restored_streams_take_their_awaited_places(void **state)
{
    const struct saved_stream seen = {"full name", 9, 0, 100, 3, true, false, true};
    const struct saved_stream unseen = {"B", 1, UINT32_MAX, INT64_MIN, 0, true, false, false};
    struct partitions partitions;
    struct watermark *watermark;
    (void)state;
    partitions_init(&partitions, 0, "A,B");
    partitions_put(&partitions, "", 0);
    assert_true(partitions_restore_stream(&partitions, 0, 0, &seen));
    assert_true(partitions_restore_stream(&partitions, 0, 1, &unseen));
    partitions_restored(&partitions);
    watermark = &partitions.items[0].watermark;
    assert_int_equal(watermark->count, 2);
    assert_true(watermark->current == WATERMARK_UNDEFINED);
    assert_int_equal(partitions.items[0].activity[0].controls, 3);
    assert_int_equal(stream_of(&partitions, 0, "full name", "A", 0), 0);
    assert_int_equal(stream_of(&partitions, 0, "another", "B", 0), 1);
    /* All have ended that there were: others may come, W does not end. */
    partitions_free(&partitions);
    partitions_init(&partitions, 0, NULL);
    partitions_put(&partitions, "", 0);
    partitions_restore_watermark(&partitions, 0, 100);
    assert_true(partitions_restore_stream(&partitions, 0, 0, &seen));
    partitions_restored(&partitions);
    assert_int_equal(partitions.items[0].watermark.current, 100);
    partitions_free(&partitions);
}

/* One that is left for a moment while the others of its input are ended already must not raise W:
   at a pause the next run would find records late that an unbroken one does not. */
static void streams_of_an_input_end_together(void **state)
{
    struct partitions partitions;
    struct watermark *watermark;
    (void)state;
    partitions_init(&partitions, 0, NULL);
    partitions_put(&partitions, "", 0);
    watermark = &partitions.items[0].watermark;
    watermark_observe(watermark, stream_of(&partitions, 0, "a", "a", 1), 100);
    watermark_observe(watermark, stream_of(&partitions, 0, "b", "b", 1), 900);
    watermark_observe(watermark, stream_of(&partitions, 0, "c", "c", 2), 50);
    partitions_end_input(&partitions, 2, true);
    assert_int_equal(watermark->current, 100);
    partitions_end_input(&partitions, 1, true);
    assert_int_equal(watermark->current, 100);
    partitions_free(&partitions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_numbered_in_order_of_first_sight),
        cmocka_unit_test(awaited_streams_hold_the_watermark_until_seen),
        cmocka_unit_test(the_end_of_an_input_ends_its_streams_everywhere),
        cmocka_unit_test(an_input_that_is_one_stream_is_waited_for),
        cmocka_unit_test(silent_streams_leave_and_the_clock_goes_on),
        cmocka_unit_test(streams_of_an_input_end_together),
        cmocka_unit_test(what_is_restored_goes_on_where_it_was),
        cmocka_unit_test(restored_streams_take_their_awaited_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
