#include "state/waiting_count.h"

#include "state/waiting_row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 100000, LENGTH = 300 };

static uint64_t positions[COUNT];
static int64_t times[COUNT];

/* Rows whose times rise by 1, each up to `disorder` earlier. */
static void fill(struct record_log *log, int64_t disorder)
{
    static char text[LENGTH];
    memset(text, ' ', sizeof text);
    text[0] = '{';
    text[LENGTH - 1] = '}';
    record_log_init(log);
    srandom(3);
    for (int64_t i = 0; i < COUNT; i++) {
        struct row_view row = {.time = i - random() % (disorder + 1), .text = text};
        row.length = (uint32_t)(LENGTH - i % 7);
        row.key = (struct json_key){.bytes = text, .length = 1, .kind = JSON_NUMBER};
        row.key.text = (struct json_slice){text, 1, JSON_NUMBER, 0};
        times[i] = row.time;
        waiting_row_append(log, &row, 0, &positions[i]);
    }
}

static uint64_t counted(const struct record_log *log, int64_t past)
{
    uint64_t count = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const struct waiting_row *row = waiting_row_at(log, positions[i]);
        count += row != NULL && times[i] >= past && (row->state & ROW_GONE) == 0;
    }
    return count;
}

static void use_up(struct record_log *log, size_t index)
{
    waiting_row_mark(waiting_row_at(log, positions[index]), ROW_GONE);
    record_log_spend(log, positions[index]);
}

static void a_stream_nearly_in_order_is_counted_exactly(void **state)
{
    struct record_log log;
    (void)state;
    fill(&log, 500);
    for (size_t i = 0; i < COUNT; i += 3)
        use_up(&log, i);
    for (int64_t past = -600; past < COUNT + 100; past += 777)
        assert_int_equal(waiting_count(&log, past, ROW_GONE), counted(&log, past));
    for (int64_t past = 0; past < COUNT; past += 7777) {
        record_log_release(&log, past);
        assert_int_equal(waiting_count(&log, past, ROW_GONE), counted(&log, past));
    }
    assert_int_equal(waiting_count(&log, INT64_MIN, ROW_GONE), counted(&log, INT64_MIN));
    record_log_free(&log);
}

static void of_much_disorder_the_share_is_estimated(void **state)
{
    struct record_log log;
    (void)state;
    fill(&log, COUNT);
    for (int64_t past = -COUNT; past < COUNT; past += 9999) {
        double difference = (double)waiting_count(&log, past, ROW_GONE) -
                            (double)counted(&log, past);
        assert_true(difference < COUNT / 50. && difference > -COUNT / 50.);
    }
    record_log_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_nearly_in_order_is_counted_exactly),
        cmocka_unit_test(of_much_disorder_the_share_is_estimated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
