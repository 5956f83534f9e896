#include "state/expiry.h"

#include "state/waiting_row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct record_log log;
    struct expiry expiry;
    struct due_rows due;
};

static void open_fixture(struct fixture *fixture)
{
    fixture->due = (struct due_rows){0};
    record_log_init(&fixture->log);
    expiry_init(&fixture->expiry, &fixture->log);
}

static void close_fixture(struct fixture *fixture)
{
    due_rows_free(&fixture->due);
    expiry_free(&fixture->expiry);
    record_log_free(&fixture->log);
}

static uint64_t add(struct fixture *fixture, int64_t time)
{
    struct row_view view = {.time = time, .text = "{}", .length = 2};
    uint64_t position;
    view.key = (struct json_key){.bytes = "", .kind = JSON_STRING, .text = {.text = ""}};
    waiting_row_append(&fixture->log, &view, 0, &position);
    expiry_add(&fixture->expiry, time, position);
    return position;
}

static int64_t random_below(int64_t limit)
{
    return (int64_t)(((uint64_t)random() << 31 | (uint64_t)random()) % (uint64_t)limit);
}

/* Random times around a cutoff that rises: each row comes exactly when it is due. */
static void run(struct fixture *fixture, int64_t spread, int64_t step, int rows, int disorder)
{
    int64_t cutoff = 0, *times = malloc((size_t)rows * sizeof *times);
    int added = 0, taken = 0;
    while (taken < rows) {
        for (int i = 0; i < 3 && added < rows; i++) {
            times[added] = cutoff + random_below(disorder) * (spread / disorder) +
                           random_below(step);
            add(fixture, times[added++]);
        }
        cutoff += random_below(2 * step);
        fixture->due.count = 0;
        expiry_take(&fixture->expiry, cutoff, &fixture->due);
        for (size_t i = 0; i < fixture->due.count; i++)
            assert_true(fixture->due.rows[i].time < cutoff);
        taken += (int)fixture->due.count;
        assert_true(fixture->expiry.earliest >= cutoff || fixture->expiry.heap_count == 0);
        int expected = 0;
        if (taken % 64 == 0 || added == rows) {
            for (int i = 0; i < added; i++)
                expected += times[i] < cutoff;
            assert_int_equal(taken, expected);
        }
    }
    assert_int_equal(fixture->expiry.earliest, INT64_MAX);
    free(times);
}

static void rows_come_exactly_when_due(void **state)
{
    struct fixture fixture;
    (void)state;
    srandom(3);
    open_fixture(&fixture);
    run(&fixture, 1000, 3, 3000, 1000);
    close_fixture(&fixture);
    open_fixture(&fixture);
    run(&fixture, INT64_C(300000000000), 100000000, 6000, 997);
    close_fixture(&fixture);
    open_fixture(&fixture);
    run(&fixture, INT64_C(1) << 60, INT64_C(1) << 52, 3000, 64);
    close_fixture(&fixture);
}

/* Times that rise, often by nothing, but for every `odd`-th row: what is due is what a plain list
   says, each row once. */
static void run_in_order(struct fixture *fixture, int rows, int odd, int64_t hold)
{
    int64_t now = INT64_C(1700000000000000000);
    struct expiry_due *list = malloc((size_t)rows * sizeof *list);
    int added = 0;
    size_t left = 0;
    while (added < rows || left > 0) {
        for (int i = 0; i < 5 && added < rows; i++, added++) {
            now += random_below(3) * 1000;
            int64_t time = random_below(odd) == 0 ? now - random_below(hold) : now;
            list[left++] = (struct expiry_due){time, add(fixture, time)};
        }
        int64_t cutoff = added < rows ? now - hold : INT64_MAX;
        fixture->due.count = 0;
        expiry_take(&fixture->expiry, cutoff, &fixture->due);
        size_t kept = 0, due = 0;
        for (size_t i = 0; i < left; i++) {
            bool found = false;
            for (size_t j = 0; j < fixture->due.count; j++)
                found |= fixture->due.rows[j].position == list[i].position &&
                         fixture->due.rows[j].time == list[i].time;
            assert_int_equal(found, list[i].time < cutoff);
            due += found;
            if (!found)
                list[kept++] = list[i];
        }
        left = kept;
        assert_int_equal(due, fixture->due.count);
        assert_true(fixture->expiry.earliest >= cutoff || left > 0);
    }
    assert_int_equal(fixture->expiry.earliest, INT64_MAX);
    free(list);
}

static void rows_in_order_stand_in_a_queue(void **state)
{
    static const int odds[] = {1000000, 50, 4};
    (void)state;
    srandom(7);
    for (size_t i = 0; i < sizeof odds / sizeof *odds; i++)
        for (int64_t hold = 1; hold < 2000000; hold *= 100) {
            struct fixture fixture;
            open_fixture(&fixture);
            run_in_order(&fixture, 4000, odds[i], hold);
            if (odds[i] == 1000000)
                assert_null(fixture.expiry.buckets);
            assert_true(expiry_bytes(&fixture.expiry) > 0);
            close_fixture(&fixture);
        }
}

static void crowded_buckets_are_spread(void **state)
{
    enum { ROWS = 30000 };
    struct fixture fixture;
    int taken = 0;
    (void)state;
    open_fixture(&fixture);
    for (int i = 0; i < ROWS; i++)
        add(&fixture, INT64_C(1700000000000000000) + (i * INT64_C(7919) % ROWS) * 1000);
    assert_int_equal(fixture.due.count, 0);
    for (int i = 0; i < ROWS; i++) {
        fixture.due.count = 0;
        expiry_take(&fixture.expiry, INT64_C(1700000000000000000) + i * INT64_C(1000) + 1,
                    &fixture.due);
        assert_int_equal(fixture.due.count, 1);
        taken++;
    }
    assert_int_equal(taken, ROWS);
    close_fixture(&fixture);
}

static void times_at_the_ends_and_before_1970(void **state)
{
    static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1};
    struct fixture fixture;
    (void)state;
    open_fixture(&fixture);
    for (int i = 5; i >= 0; i--)
        add(&fixture, times[i]);
    for (int i = 0; i < 6; i++) {
        fixture.due.count = 0;
        expiry_take(&fixture.expiry, times[i], &fixture.due);
        assert_int_equal(fixture.due.count, 0);
        expiry_take(&fixture.expiry, times[i] + 1, &fixture.due);
        assert_int_equal(fixture.due.count, 1);
        assert_int_equal(fixture.due.rows[0].time, times[i]);
    }
    close_fixture(&fixture);
}

static void matched_and_used_rows_do_not_come(void **state)
{
    struct fixture fixture;
    uint64_t matched, gone, replaced;
    (void)state;
    open_fixture(&fixture);
    matched = add(&fixture, 5);
    gone = add(&fixture, 6);
    replaced = add(&fixture, 7);
    waiting_row_at(&fixture.log, matched)->state |= ROW_MATCHED;
    waiting_row_at(&fixture.log, gone)->state |= ROW_GONE;
    waiting_row_at(&fixture.log, replaced)->state |= ROW_REPLACED;
    expiry_take(&fixture.expiry, 100, &fixture.due);
    assert_int_equal(fixture.due.count, 1);
    assert_int_equal(fixture.due.rows[0].position, replaced);
    close_fixture(&fixture);
}

static void the_end_takes_all(void **state)
{
    struct fixture fixture;
    (void)state;
    open_fixture(&fixture);
    for (int i = 0; i < 5000; i++)
        add(&fixture, i * INT64_C(1000003) % 7777);
    expiry_take(&fixture.expiry, 1000, &fixture.due);
    expiry_take_all(&fixture.expiry, &fixture.due);
    assert_int_equal(fixture.due.count, 5000);
    expiry_take_all(&fixture.expiry, &fixture.due);
    assert_int_equal(fixture.due.count, 5000);
    close_fixture(&fixture);
}

static size_t take_in_turn(struct fixture *fixture, size_t most)
{
    int64_t cutoff, before = INT64_MIN;
    size_t taken = 0;
    while ((cutoff = expiry_next_cutoff(&fixture->expiry)) != INT64_MAX) {
        fixture->due.count = 0;
        expiry_take(&fixture->expiry, cutoff, &fixture->due);
        assert_in_range(fixture->due.count, 1, most);
        for (size_t i = 0; i < fixture->due.count; i++) {
            assert_true(fixture->due.rows[i].time >= before);
            assert_true(fixture->due.rows[i].time < cutoff);
        }
        before = cutoff;
        taken += fixture->due.count;
    }
    fixture->due.count = 0;
    expiry_take_all(&fixture->expiry, &fixture->due);
    return taken;
}

static void few_are_taken_at_a_time(void **state)
{
    enum { COUNT = 200000, FEW = 512 + 64 };
    struct fixture fixture;
    (void)state;
    open_fixture(&fixture);
    srandom(5);
    for (int i = 0; i < COUNT; i++)
        add(&fixture, random_below(INT64_C(86400000000000)));
    add(&fixture, INT64_MIN);
    add(&fixture, INT64_MAX);
    assert_int_equal(take_in_turn(&fixture, FEW), COUNT + 1);
    assert_int_equal(fixture.due.count, 1);
    assert_int_equal(take_in_turn(&fixture, FEW), 0);
    for (int i = 0; i < COUNT; i++)
        add(&fixture, i / 3);
    assert_int_equal(take_in_turn(&fixture, FEW), COUNT);
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_exactly_when_due),
        cmocka_unit_test(rows_in_order_stand_in_a_queue),
        cmocka_unit_test(crowded_buckets_are_spread),
        cmocka_unit_test(times_at_the_ends_and_before_1970),
        cmocka_unit_test(matched_and_used_rows_do_not_come),
        cmocka_unit_test(the_end_takes_all),
        cmocka_unit_test(few_are_taken_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
