#include "latency/latency_groups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void add(struct latency_groups *groups, const char *number, int64_t window, int64_t ns)
{
    struct scratch scratch = {0};
    struct json_slice value = {number, (uint32_t)strlen(number), JSON_NUMBER, JSON_FLAG_INTEGER};
    struct json_key key;
    assert_true(json_key_make(value, &scratch, &key));
    latency_histogram_record(&latency_groups_at(groups, &key, &value, window)->histogram, ns);
    scratch_free(&scratch);
}

static void check_order(const struct latency_groups *groups)
{
    for (size_t i = 1; i < groups->count; i++) {
        const struct latency_group *before = groups->groups[i - 1];
        const struct latency_group *group = groups->groups[i];
        assert_true(before->window <= group->window);
        if (before->window == group->window)
            assert_true(json_key_compare(&before->key, &group->key) < 0);
    }
}

static void many_groups(void **state)
{
    struct latency_groups groups;
    char number[16];
    (void)state;
    latency_groups_init(&groups, 1);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 3000; i++) {
            snprintf(number, sizeof number, "%u", i * 7919 % 1000);
            add(&groups, number, (int64_t)(i / 1000) - 1, i);
        }
    assert_int_equal(groups.count, 3000);
    latency_groups_sort(&groups);
    check_order(&groups);
    for (size_t i = 0; i < groups.count; i++)
        assert_int_equal(groups.groups[i]->histogram.count, 2);
    assert_int_equal(groups.groups[0]->window, -1);
    assert_memory_equal(groups.groups[9]->values[0].text, "9", 2);
    latency_groups_free(&groups);
}

static void merged(void **state)
{
    static const struct {
        enum groups_part part;
        size_t count;
    } rows[] = {{GROUPS_WHOLE, 4}, {GROUPS_KEYS, 2}, {GROUPS_WINDOWS, 2}};
    struct latency_groups groups;
    (void)state;
    latency_groups_init(&groups, 1);
    add(&groups, "1", 0, 5);
    add(&groups, "2", 0, 6);
    add(&groups, "1", 10, 7);
    add(&groups, "2", 10, 8);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct latency_groups parts;
        uint64_t count = 0;
        latency_groups_init(&parts, 1);
        latency_groups_merge(&parts, &groups, rows[i].part);
        latency_groups_merge(&parts, &groups, rows[i].part);
        assert_int_equal(parts.count, rows[i].count);
        for (size_t k = 0; k < parts.count; k++)
            count += parts.groups[k]->histogram.count;
        assert_int_equal(count, 8);
        latency_groups_free(&parts);
    }
    latency_groups_free(&groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_groups),
        cmocka_unit_test(merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
