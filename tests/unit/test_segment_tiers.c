#include "state/segment_tiers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct segment make(const char *role, uint64_t tier, uint64_t bytes)
{
    struct segment segment = {.tier = tier, .seal.bytes = bytes};
    strcpy(segment.role, role);
    return segment;
}

static void neighbours_of_a_role_and_tier_are_found(void **state)
{
    struct segment_list list = {0};
    size_t indices[TIER_WIDTH];
    (void)state;
    segment_list_add(&list, &(struct segment){.role = "a", .tier = 1});
    for (int i = 0; i < TIER_WIDTH - 1; i++) {
        struct segment a = make("a", 0, 10), b = make("b", 0, 10);
        segment_list_add(&list, &a);
        if (i % 2 == 0)
            segment_list_add(&list, &b);
    }
    assert_false(segment_tiers_find(&list, indices));
    segment_list_add(&list, &(struct segment){.role = "a"});
    assert_true(segment_tiers_find(&list, indices));
    assert_int_equal(indices[0], 1);
    assert_int_equal(indices[TIER_WIDTH - 1], list.count - 1);
    list.items[3].tier = 1; /* one of another tier between them */
    assert_false(segment_tiers_find(&list, indices));
    segment_list_free(&list);
}

static void large_ones_stay_apart(void **state)
{
    struct segment_list list = {0};
    size_t indices[TIER_WIDTH];
    struct segment part = make("a", 0, TIER_LARGEST / TIER_WIDTH);
    (void)state;
    for (int i = 0; i < TIER_WIDTH; i++)
        segment_list_add(&list, &part);
    assert_true(segment_tiers_find(&list, indices));
    list.items[4].seal.bytes++;
    assert_false(segment_tiers_find(&list, indices));
    segment_list_free(&list);
}

/* Each byte is written anew at most once per tier: the model of a run of 5000 snapshots. */
static void joining_costs_a_logarithm(void **state)
{
    enum { SNAPSHOTS = 5000 };
    struct segment_list list = {0};
    uint64_t copied = 0;
    (void)state;
    for (int i = 0; i < SNAPSHOTS; i++) {
        size_t indices[TIER_WIDTH];
        struct segment fresh = make("a", 0, 1000);
        segment_list_add(&list, &fresh);
        while (segment_tiers_find(&list, indices)) {
            struct segment *first = &list.items[indices[0]];
            first->tier++;
            for (size_t k = TIER_WIDTH - 1; k > 0; k--) {
                first->seal.bytes += list.items[indices[k]].seal.bytes;
                segment_list_remove(&list, indices[k]);
            }
            copied += first->seal.bytes;
        }
        assert_true(list.count <= 5 * (TIER_WIDTH - 1));
    }
    assert_true(copied <= UINT64_C(1000) * SNAPSHOTS * 4); /* log8(5000) is 4.1 */
    segment_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_of_a_role_and_tier_are_found),
        cmocka_unit_test(large_ones_stay_apart),
        cmocka_unit_test(joining_costs_a_logarithm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
