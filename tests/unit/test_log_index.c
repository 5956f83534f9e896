#include "state/log_index.h"

#include "join/pair_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENTS = 12, PER_SEGMENT = 40, ROWS = SEGMENTS * PER_SEGMENT };

/* Segments 0, 1, .. hold rows of these times: what is released tells which are given back. */
static void fill(struct record_log *log, const int64_t *times, uint64_t *positions)
{
    size_t size = LOG_SEGMENT_SIZE / PER_SEGMENT / LOG_UNIT * LOG_UNIT;
    record_log_init(log);
    for (int i = 0; i < ROWS; i++)
        record_log_append(log, size, times[i / PER_SEGMENT], &positions[i]);
}

static void check_left(const struct record_log *log, const uint64_t *positions,
                       const uint64_t *slots, const uint64_t *cleared)
{
    for (int i = 0; i < ROWS; i++) {
        bool there = record_log_at(log, positions[i]) != NULL;
        assert_int_equal(cleared[2 * i], there ? slots[2 * i] : 0);
        assert_int_equal(cleared[2 * i + 1], 0);
    }
}

/* A cutoff of 1 gives back the segments of time 0. */
static void run(const int64_t *times)
{
    struct record_log log, other;
    uint64_t positions[ROWS], slots[2 * ROWS] = {0}, cleared[2 * ROWS];
    const int64_t kept[SEGMENTS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    fill(&log, times, positions);
    for (int i = 0; i < ROWS; i++)
        slots[2 * i] = (uint64_t)(i + 1) << INDEX_PLACE_BITS | positions[i];
    record_log_release(&log, 1);
    memcpy(cleared, slots, sizeof slots);
    log_index_clear_stale(&log, cleared, 2 * ROWS);
    check_left(&log, positions, slots, cleared);

    for (enum side side = SIDE_LEFT; side <= SIDE_RIGHT; side++) {
        uint64_t ignored[ROWS];
        struct pair_index index;
        fill(&other, kept, ignored);
        pair_index_init(&index, side == SIDE_LEFT ? &log : &other,
                        side == SIDE_LEFT ? &other : &log);
        for (int i = 0; i < ROWS; i++)
            slots[2 * i] = (uint64_t)(i + 1) << INDEX_PLACE_BITS |
                           pair_index_place(side, positions[i]);
        memcpy(cleared, slots, sizeof slots);
        index.keys.clear_stale(index.keys.owner, cleared, 2 * ROWS);
        check_left(&log, positions, slots, cleared);
        key_index_free(&index.keys);
        record_log_free(&other);
    }
    record_log_free(&log);
}

static void places_given_back_are_cleared(void **state)
{
    int64_t times[SEGMENTS];
    (void)state;
    srandom(5);
    for (int given = 0; given <= SEGMENTS; given++) {
        for (int i = 0; i < SEGMENTS; i++)
            times[i] = i >= given;
        run(times);
    }
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < SEGMENTS; i++)
            times[i] = random() % 3 != 0;
        run(times);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places_given_back_are_cleared)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
