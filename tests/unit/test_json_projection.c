#include "scan_kernels.h"

static void test_slots_are_numbered_as_added(void **state)
{
    (void)state;
    struct json_projection *projection = json_projection_new();
    struct json_step ab[] = {{.name = "a", .length = 1}, {.name = "b", .length = 1}};
    struct json_step a0[] = {{.name = "a", .length = 1}, {.index = 0}};
    assert_int_equal(json_projection_slots(projection), 1);
    assert_int_equal(json_projection_add(projection, NULL, 0), JSON_ROOT_SLOT);
    assert_int_equal(json_projection_add(projection, ab, 2), 2);
    assert_int_equal(json_projection_add(projection, ab, 1), 1);
    assert_int_equal(json_projection_add(projection, a0, 2), 3);
    assert_int_equal(json_projection_add(projection, ab, 2), 2);
    assert_int_equal(json_projection_slots(projection), 4);
    assert_int_equal(json_projection_parent(projection, 2), 1);
    assert_int_equal(json_projection_parent(projection, 3), 1);
    assert_int_equal(json_projection_parent(projection, 1), JSON_ROOT_SLOT);
    assert_int_equal(json_projection_parent(projection, JSON_ROOT_SLOT), JSON_ROOT_SLOT);
    json_projection_free(projection);
}

static void test_steps_differ(void **state)
{
    (void)state;
    struct json_projection *projection = json_projection_new();
    struct json_step steps[] = {{.name = "a", .length = 1},
                                {.name = "a\0b", .length = 3},
                                {.name = "", .length = 0},
                                {.index = 0},
                                {.index = 1},
                                {.name = "0", .length = 1},
                                {.name = "A", .length = 1}};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(json_projection_add(projection, &steps[i], 1), i + 1);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(json_projection_add(projection, &steps[i], 1), i + 1);
    json_projection_free(projection);
}

static void test_names_are_copied(void **state)
{
    (void)state;
    char name[] = "abc";
    struct json_projection *projection = json_projection_new();
    size_t slot = json_projection_add(projection, &(struct json_step){.name = name, .length = 3},
                                      1);
    memset(name, 'x', 3);
    assert_string_equal(json_projection_nodes(projection)[slot].step.name, "abc");
    json_projection_free(projection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots_are_numbered_as_added),
        cmocka_unit_test(test_steps_differ),
        cmocka_unit_test(test_names_are_copied),
    };
    return cmocka_run_group_tests_name("json_projection", tests, NULL, NULL);
}
