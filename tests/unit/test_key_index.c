#include "state/key_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t mix(uint64_t number)
{
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

/* The owner is the first place that is not stale. */
static void not_before(const void *owner, uint64_t *slots, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if ((slots[i] & INDEX_PLACE_MASK) < *(const uint64_t *)owner)
            slots[i] = 0;
}

static void put(struct key_index *index, uint64_t hash, uint64_t place)
{
    struct index_entry entry;
    bool found = key_index_find(index, hash, &entry);
    while (found)
        found = key_index_next(&entry);
    key_index_put(index, &entry, place);
}

static bool holds(const struct key_index *index, uint64_t hash, uint64_t place)
{
    struct index_entry entry;
    for (bool found = key_index_find(index, hash, &entry); found; found = key_index_next(&entry))
        if (key_index_place(&entry) == place)
            return true;
    return false;
}

/* The kinds of index that all must hold for. */
enum { PLAIN, REFINED, KINDS };

static void begin(struct key_index *index, int kind, const uint64_t *limit)
{
    key_index_init(index, not_before, limit);
    if (kind == REFINED)
        key_index_refine(index);
}

static void find_while_it_grows(int kind)
{
    enum { COUNT = 200000 };
    uint64_t limit = 0;
    struct key_index index;
    begin(&index, kind, &limit);
    for (uint64_t i = 1; i <= COUNT; i++) {
        put(&index, mix(i), i);
        assert_true(holds(&index, mix(i), i));
        assert_true(holds(&index, mix(i / 2 + 1), i / 2 + 1));
    }
    for (uint64_t i = 1; i <= COUNT; i++) {
        assert_true(holds(&index, mix(i), i));
        assert_false(holds(&index, mix(i + COUNT), i + COUNT));
    }
    assert_int_equal(index.count, COUNT);
    key_index_free(&index);
}

static void every_key_is_found_while_it_grows(void **state)
{
    (void)state;
    for (int kind = PLAIN; kind < KINDS; kind++)
        find_while_it_grows(kind);
}

/* Part of the promise of 40 bytes per waiting record; see test_interval_join. */
static void a_key_costs_less_than_thirteen_bytes(void **state)
{
    uint64_t limit = 0;
    struct key_index index;
    (void)state;
    key_index_init(&index, not_before, &limit);
    for (uint64_t i = 1; i <= 1000000; i++) {
        put(&index, mix(i), i);
        if (i > 20000 && i % 1000 == 0)
            assert_true((double)index.bytes / (double)i < 13.0);
    }
    key_index_free(&index);
}

static void work_at_random(int kind)
{
    enum { KEYS = 5000, WORK = 400000 };
    static uint64_t places[KEYS];
    uint64_t limit = 0;
    struct key_index index;
    struct index_entry entry;
    memset(places, 0, sizeof places);
    srandom(7);
    begin(&index, kind, &limit);
    for (uint64_t i = 1; i <= WORK; i++) {
        size_t key = (size_t)random() % KEYS;
        bool known = key_index_find(&index, mix(key), &entry);
        assert_int_equal(known, places[key] != 0);
        if (known)
            assert_int_equal(key_index_place(&entry), places[key]);
        if (!known)
            key_index_put(&index, &entry, places[key] = i);
        else if (random() % 3 == 0)
            key_index_replace(&entry, places[key] = i);
        else if (random() % 2 == 0) {
            key_index_remove(&index, &entry);
            places[key] = 0;
        }
    }
    key_index_free(&index);
}

static void random_work_is_that_of_a_plain_table(void **state)
{
    (void)state;
    for (int kind = PLAIN; kind < KINDS; kind++)
        work_at_random(kind);
}

static void make_room(int kind)
{
    enum { LIVE = 50000, COUNT = 2000000 };
    uint64_t limit = 0;
    struct key_index index;
    begin(&index, kind, &limit);
    for (uint64_t i = 1; i <= COUNT; i++) {
        limit = i > LIVE ? i - LIVE : 0;
        put(&index, mix(i), i);
    }
    for (uint64_t i = limit; i <= COUNT; i++)
        assert_true(holds(&index, mix(i), i));
    assert_true((double)index.bytes / LIVE < 16.0);
    key_index_free(&index);
}

static void stale_places_make_room(void **state)
{
    (void)state;
    for (int kind = PLAIN; kind < KINDS; kind++)
        make_room(kind);
}

static void a_refined_index_tells_hashes_of_one_tag_apart(void **state)
{
    enum { COUNT = 20000, NEAR = 256 };
    uint64_t limit = 0;
    struct key_index index;
    struct index_entry entry;
    (void)state;
    begin(&index, REFINED, &limit);
    for (uint64_t i = 1; i <= COUNT; i++)
        put(&index, (i / NEAR) << 40 | (i % NEAR) << 30, i);
    for (uint64_t i = 1; i <= COUNT; i++) {
        assert_true(key_index_find(&index, (i / NEAR) << 40 | (i % NEAR) << 30, &entry));
        /* Tag 0 is kept as tag 1. */
        if (i / NEAR > 1) {
            assert_int_equal(key_index_place(&entry), i);
            assert_false(key_index_next(&entry));
        }
    }
    key_index_free(&index);
}

static void sweeping_reaches_every_page(void **state)
{
    enum { COUNT = 100000 };
    uint64_t limit = 0;
    struct key_index index;
    (void)state;
    key_index_init(&index, not_before, &limit);
    for (uint64_t i = 1; i <= COUNT; i++)
        put(&index, mix(i), i);
    limit = COUNT - 9;
    for (int i = 0; i < 1 << 10; i++)
        key_index_sweep(&index);
    assert_int_equal(index.count, 10);
    assert_true(index.bytes < 200 * 1024);
    for (uint64_t i = limit; i <= COUNT; i++)
        assert_true(holds(&index, mix(i), i));
    key_index_free(&index);
}

static void a_crowd_of_equal_tags_finds_room(void **state)
{
    enum { COUNT = 3000 };
    static const uint64_t hashes[] = {0, UINT64_MAX, UINT64_C(0x8000000000000000)};
    uint64_t limit = 0;
    struct key_index index;
    (void)state;
    for (size_t which = 0; which < 3; which++) {
        key_index_init(&index, not_before, &limit);
        for (uint64_t i = 1; i <= COUNT; i++)
            put(&index, hashes[which] ^ (i & 0xffff), i);
        for (uint64_t i = 1; i <= COUNT; i++)
            assert_true(holds(&index, hashes[which], i));
        key_index_free(&index);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_found_while_it_grows),
        cmocka_unit_test(a_key_costs_less_than_thirteen_bytes),
        cmocka_unit_test(random_work_is_that_of_a_plain_table),
        cmocka_unit_test(stale_places_make_room),
        cmocka_unit_test(a_refined_index_tells_hashes_of_one_tag_apart),
        cmocka_unit_test(sweeping_reaches_every_page),
        cmocka_unit_test(a_crowd_of_equal_tags_finds_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
