#include "state/record_log.h"

#include "state/memory_bound.h"
#include "state/waiting_count.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static char *append(struct record_log *log, size_t size, int64_t time, uint64_t *position)
{
    char *record = record_log_append(log, size, time, position);
    memset(record, (int)(*position & 0xff), size);
    return record;
}

static void positions_find_their_records_and_are_never_zero(void **state)
{
    enum { COUNT = 20000, SIZE = 333 };
    static uint64_t positions[COUNT];
    struct record_log log;
    (void)state;
    record_log_init(&log);
    for (int i = 0; i < COUNT; i++)
        append(&log, SIZE, i, &positions[i]);
    for (int i = 0; i < COUNT; i++) {
        const char *record = record_log_at(&log, positions[i]);
        assert_true(positions[i] != LOG_NOWHERE);
        assert_true(i == 0 || positions[i] > positions[i - 1]);
        assert_int_equal(record[0], (char)positions[i]);
        assert_int_equal(record[SIZE - 1], (char)positions[i]);
    }
    assert_int_equal(log.records, COUNT);
    record_log_free(&log);
}

static void a_walk_meets_every_record_in_order(void **state)
{
    static const size_t sizes[] = {1, 5000, 4, 1000000, 3 << 20, 17, 2 << 20, 700000, 900000, 9};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    uint64_t positions[COUNT];
    struct record_log log;
    uint64_t at;
    (void)state;
    record_log_init(&log);
    assert_int_equal(record_log_first(&log), LOG_NOWHERE);
    for (int i = 0; i < COUNT; i++)
        append(&log, sizes[i], 0, &positions[i]);
    at = record_log_first(&log);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(at, positions[i]);
        at = record_log_next(&log, at, sizes[i]);
    }
    assert_int_equal(at, LOG_NOWHERE);
    record_log_free(&log);
}

static void a_small_log_is_small(void **state)
{
    struct record_log log;
    uint64_t position;
    (void)state;
    record_log_init(&log);
    append(&log, 100, 0, &position);
    assert_true(log.bytes <= 64 * 1024);
    record_log_free(&log);
}

static void only_segments_older_than_the_cutoff_are_given_back(void **state)
{
    struct record_log log;
    uint64_t first, young, last;
    (void)state;
    record_log_init(&log);
    append(&log, 1 << 20, 10, &first);
    append(&log, 1 << 20, 20, &young);
    append(&log, 1 << 20, 15, &last);
    record_log_release(&log, 20);
    assert_non_null(record_log_at(&log, first));
    assert_null(record_log_at(&log, last));
    record_log_release(&log, 21);
    assert_null(record_log_at(&log, first));
    assert_null(record_log_at(&log, young));
    assert_int_equal(log.records, 0);
    append(&log, 10, 30, &first);
    assert_non_null(record_log_at(&log, first));
    assert_null(record_log_at(&log, young));
    record_log_free(&log);
}

static void one_record_that_stays_holds_one_segment_only(void **state)
{
    enum { SIZE = 1 << 18, COUNT = 4000 };
    struct record_log log;
    uint64_t stays, position;
    (void)state;
    record_log_init(&log);
    append(&log, SIZE, INT64_MAX, &stays);
    for (int i = 0; i < COUNT; i++) {
        append(&log, SIZE, i, &position);
        record_log_release(&log, i - 10);
    }
    assert_non_null(record_log_at(&log, stays));
    assert_true(log.bytes < (size_t)32 << 20);
    record_log_free(&log);
}

static void a_steady_stream_takes_no_more_memory(void **state)
{
    struct record_log log;
    uint64_t position, bytes = 0;
    (void)state;
    record_log_init(&log);
    for (int i = 0; i < 100000; i++) {
        append(&log, 4000, i, &position);
        record_log_release(&log, i - 3000);
        if (i == 20000)
            bytes = log.bytes;
    }
    assert_int_equal(log.bytes, bytes);
    assert_true(log.capacity < 64);
    record_log_free(&log);
}

static void a_long_record_spans_segments(void **state)
{
    enum { SIZE = 5 << 20 };
    struct record_log log;
    uint64_t before, position, behind;
    const char *record;
    (void)state;
    record_log_init(&log);
    append(&log, 8, 1, &before);
    append(&log, SIZE, 2, &position);
    append(&log, 8, 3, &behind);
    record = record_log_at(&log, position);
    assert_int_equal(record[SIZE - 1], (char)position);
    assert_non_null(record_log_at(&log, behind));
    record_log_release(&log, 3);
    assert_null(record_log_at(&log, position));
    assert_null(record_log_at(&log, position + LOG_SEGMENT_UNITS));
    assert_non_null(record_log_at(&log, behind));
    record_log_free(&log);
}

/* A log of a bound that moves nothing by itself. */
struct bounded {
    struct memory_bound *bound;
    struct record_log log;
    int directory;
};

static void open_bounded(struct bounded *bounded)
{
    bounded->bound = memory_bound_new(UINT64_C(1) << 40);
    bounded->directory = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(bounded->directory >= 0);
    memory_bound_open(bounded->bound, bounded->directory, "/tmp");
    record_log_init(&bounded->log);
    record_log_bind(&bounded->log, bounded->bound);
}

static void close_bounded(struct bounded *bounded)
{
    record_log_free(&bounded->log);
    assert_int_equal(memory_bound_spilled(bounded->bound), 0);
    memory_bound_free(bounded->bound);
    close(bounded->directory);
}

static void moved_records_keep_position_content_and_changes(void **state)
{
    enum { COUNT = 20000, SIZE = 1000 };
    static uint64_t positions[COUNT];
    struct bounded bounded;
    uint64_t bytes;
    (void)state;
    open_bounded(&bounded);
    for (int i = 0; i < COUNT; i++)
        append(&bounded.log, SIZE, i, &positions[i]);
    bytes = bounded.log.bytes;
    while (memory_bound_move(bounded.bound))
        ;
    assert_int_equal(bounded.log.bytes + memory_bound_spilled(bounded.bound), bytes);
    assert_true(bounded.log.bytes <= LOG_SEGMENT_SIZE);
    for (int i = 0; i < COUNT; i++)
        ((char *)record_log_at(&bounded.log, positions[i]))[1] = (char)i;
    for (uint64_t number = 1; number < 5; number++)
        assert_true(record_log_leave(&bounded.log, number));
    for (int i = 0; i < COUNT; i++) {
        const char *record = record_log_at(&bounded.log, positions[i]);
        assert_int_equal(record[0], (char)positions[i]);
        assert_int_equal(record[1], (char)i);
        assert_int_equal(record[SIZE - 1], (char)positions[i]);
    }
    record_log_release(&bounded.log, COUNT / 2);
    assert_null(record_log_at(&bounded.log, positions[0]));
    assert_false(record_log_leave(&bounded.log, 1));
    assert_true(memory_bound_spilled(bounded.bound) < bytes * 3 / 5);
    close_bounded(&bounded);
}

static void what_is_being_read_moves_afterwards(void **state)
{
    enum { COUNT = 20000, SIZE = 1000 };
    struct bounded bounded;
    uint64_t position;
    const char *first;
    (void)state;
    open_bounded(&bounded);
    for (int i = 0; i < COUNT; i++)
        append(&bounded.log, SIZE, i, &position);
    first = record_log_at(&bounded.log, record_log_first(&bounded.log));
    record_log_pin(&bounded.log, record_log_first(&bounded.log), record_log_tail(&bounded.log));
    assert_false(memory_bound_move(bounded.bound));
    record_log_unpin(&bounded.log);
    assert_true(memory_bound_move(bounded.bound));
    assert_ptr_not_equal(record_log_at(&bounded.log, record_log_first(&bounded.log)), first);
    /* A moved segment that is given back while it is read stays until then. */
    record_log_pin(&bounded.log, record_log_first(&bounded.log), record_log_tail(&bounded.log));
    first = record_log_at(&bounded.log, record_log_first(&bounded.log));
    record_log_release(&bounded.log, COUNT);
    assert_int_equal(first[0], (char)LOG_SEGMENT_UNITS);
    assert_true(memory_bound_spilled(bounded.bound) > 0);
    record_log_unpin(&bounded.log);
    assert_int_equal(memory_bound_spilled(bounded.bound), 0);
    close_bounded(&bounded);
}

/* What is reported every ten seconds must not read 20 GB from disk. */
static void counting_does_not_look_at_what_was_moved(void **state)
{
    enum { COUNT = 30000, SIZE = 333 };
    struct bounded bounded;
    uint64_t position;
    (void)state;
    open_bounded(&bounded);
    for (int i = 0; i < COUNT; i++)
        append(&bounded.log, SIZE, i, &position);
    while (memory_bound_move(bounded.bound))
        ;
    const struct log_segment *second = &bounded.log.segments[1];
    assert_int_equal(mprotect(second->memory, second->size, PROT_NONE), 0);
    uint64_t count = waiting_count(&bounded.log, second->oldest + 9, 0);
    assert_in_range(count, COUNT - (uint64_t)second->oldest - 12,
                    COUNT - (uint64_t)second->oldest - 6);
    close_bounded(&bounded);
}

/* A save may take long: what comes and goes meanwhile must not wait for its end. */
static void only_what_is_being_read_is_kept_from_use(void **state)
{
    enum { COUNT = 10000, SIZE = 1000, KEPT = 2000, LATER = 100000 };
    struct record_log log;
    uint64_t position;
    const char *first;
    (void)state;
    record_log_init(&log);
    for (int i = 0; i < COUNT; i++)
        append(&log, SIZE, i, &position);
    first = record_log_at(&log, record_log_first(&log));
    record_log_pin(&log, record_log_first(&log), record_log_tail(&log));
    uint64_t before = log.bytes;
    for (int i = COUNT; i < COUNT + LATER; i++) {
        append(&log, SIZE, i, &position);
        record_log_release(&log, i - KEPT);
    }
    assert_int_equal(first[0], (char)LOG_SEGMENT_UNITS);
    assert_int_equal(first[SIZE - 1], (char)LOG_SEGMENT_UNITS);
    assert_true(log.bytes <= before + 4 * (uint64_t)LOG_SEGMENT_SIZE);
    record_log_unpin(&log);
    record_log_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_find_their_records_and_are_never_zero),
        cmocka_unit_test(a_walk_meets_every_record_in_order),
        cmocka_unit_test(a_small_log_is_small),
        cmocka_unit_test(only_segments_older_than_the_cutoff_are_given_back),
        cmocka_unit_test(one_record_that_stays_holds_one_segment_only),
        cmocka_unit_test(a_steady_stream_takes_no_more_memory),
        cmocka_unit_test(a_long_record_spans_segments),
        cmocka_unit_test(moved_records_keep_position_content_and_changes),
        cmocka_unit_test(what_is_being_read_moves_afterwards),
        cmocka_unit_test(counting_does_not_look_at_what_was_moved),
        cmocka_unit_test(only_what_is_being_read_is_kept_from_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
