/* Copies of groups made bit by bit while records go on coming are what the groups are in the end.
 */
#include "latency/latency_recording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { GROUPS = 3000 };

/* A latency of a random group of so many; times before and behind zero. */
static void add(struct latency_recording *recording, int groups)
{
    struct json_slice value;
    struct scratch scratch = {0};
    struct json_key key;
    char text[16];
    int64_t source = rand() % 1000;
    snprintf(text, sizeof text, "%d", rand() % groups);
    value = (struct json_slice){text, (uint32_t)strlen(text), JSON_NUMBER, JSON_FLAG_INTEGER};
    assert_true(json_key_make(value, &scratch, &key));
    latency_recording_add(recording, &key, &value, 0, source,
                          source + rand() % 3000000 - rand() % 300);
    scratch_free(&scratch);
}

static void expect_copies(const struct copied_groups *copied, const struct latency_groups *groups)
{
    assert_int_equal(copied->count, groups->count);
    for (size_t i = 0; i < groups->count; i++) {
        const struct latency_group *group = groups->groups[i];
        struct latency_cursor ours = {0}, copys = {0};
        struct latency_bucket bucket, other;
        bool found = false;
        for (size_t k = 0; k < copied->count; k++)
            found |= copied->copies[k] == group->copy;
        assert_true(found);
        assert_int_equal(group->copy->histogram.count, group->histogram.count);
        assert_true(group->copy->histogram.sum == group->histogram.sum);
        assert_int_equal(group->copy->values[0].length, group->values[0].length);
        while (latency_histogram_next(&group->histogram, &ours, &bucket)) {
            assert_true(latency_histogram_next(&group->copy->histogram, &copys, &other));
            assert_memory_equal(&bucket, &other, sizeof bucket);
        }
    }
}

/* Reports sort the groups, intervals shelve them, whenever they come. */
static void copies_keep_up(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 6; seed++) {
        struct latency_recording recording = {.by_count = 1};
        struct copied_groups recent, shelved;
        struct latency_report report;
        size_t steps = 0;
        srand(seed);
        latency_recording_start(&recording);
        for (int snapshot = 0; snapshot < 4; snapshot++) {
            for (int i = 0; i < 2 * GROUPS; i++)
                add(&recording, GROUPS / 2);
            for (steps = 1;
                 !group_copies_step(&recording.copies, &recording.recent, &recording.shelved);
                 steps++) {
                for (int i = 0; i < 64; i++)
                    add(&recording, GROUPS);
                if (rand() % 20 == 0)
                    latency_recording_report(&recording, &report);
                if (steps == 10 && snapshot % 2 == 1)
                    latency_recording_shelve(&recording);
                if (steps == 15 && snapshot == 3)
                    latency_recording_unshelve(&recording);
            }
            assert_in_range(steps, 5, 500);
            group_copies_take(&recording.copies, &recent, &shelved);
            expect_copies(&recent, &recording.recent);
            expect_copies(&shelved, &recording.shelved);
            add(&recording, GROUPS); /* copies are nobody's now */
            copied_groups_free(&recent);
            copied_groups_free(&shelved);
        }
        latency_recording_free(&recording);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(copies_keep_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
