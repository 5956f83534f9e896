#include "generate/random_source.h"
#include "generate/record_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static int compare(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    if (x->arrival != y->arrival)
        return x->arrival < y->arrival ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Adds and takes at random, with waits up to the horizon, and compares with sorting. */
static void run(int64_t start, int64_t horizon, double expected, uint64_t seed)
{
    enum { COUNT = 5000 };
    const struct random_source random = {seed};
    struct record_queue queue;
    struct record *added = malloc(COUNT * sizeof *added);
    struct record *taken = malloc(COUNT * sizeof *taken);
    size_t adds = 0, takes = 0;
    int64_t now = start;
    record_queue_init(&queue, horizon, expected);
    for (uint64_t draw = 0; takes < COUNT; draw++) {
        uint64_t bits = random_at(&random, draw);
        if (adds < COUNT && (queue.count == 0 || (bits & 7) < (draw & 512 ? 5 : 3))) {
            added[adds] = (struct record){
                .arrival = now + (int64_t)random_below(bits, (uint64_t)horizon + 1),
                .number = adds};
            record_queue_add(&queue, &added[adds++]);
        } else if (queue.count > 0) {
            assert_true(record_queue_first(&queue)->arrival >= now);
            taken[takes] = record_queue_take(&queue);
            now = taken[takes++].arrival;
        }
    }
    assert_null(record_queue_first(&queue));
    qsort(added, COUNT, sizeof *added, compare);
    qsort(taken, COUNT, sizeof *taken, compare);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(added[i].number, taken[i].number);
    record_queue_free(&queue);
    free(added);
    free(taken);
}

static void test_order(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        run(1704067200000000000, 5000000000, 100, seed);
        run(-3000000000, 2000000000, 1e6, seed);
        run(0, 3, 10, seed);
        run(7, 0, 0, seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order)};
    return cmocka_run_group_tests_name("record_queue", tests, NULL, NULL);
}
