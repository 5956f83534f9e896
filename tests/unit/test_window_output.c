#include "window/each_record.h"
#include "window/top_results.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct json_slice slice(const char *text, enum json_kind kind)
{
    return (struct json_slice){text, (uint32_t)strlen(text), (uint8_t)kind, 0};
}

static void assert_each(const char *object, const char *expected)
{
    const struct each_member members[] = {{slice("\"n\"", JSON_STRING), slice("2", JSON_NUMBER)},
                                          {slice("\"m\"", JSON_STRING), slice("[]", JSON_ARRAY)}};
    struct text_buffer out = {0};
    each_record_write(slice(object, JSON_OBJECT), members, 2, &out);
    text_buffer_add_byte(&out, '\0');
    assert_string_equal(out.bytes, expected);
    text_buffer_free(&out);
}

static void puts_members_in(void **state)
{
    (void)state;
    assert_each("{}", "{\"n\":2,\"m\":[]}");
    assert_each("{ }", "{ \"n\":2,\"m\":[]}");
    assert_each("{\"a\":1.50}", "{\"a\":1.50,\"n\":2,\"m\":[]}");
    assert_each("{\"m\" : {\"n\":7}, \"b\":1e3}", "{\"m\" : [], \"b\":1e3,\"n\":2}");
    assert_each("{\"\\u006e\":\"x\\\"\",\"m\":null}", "{\"\\u006e\":2,\"m\":[]}");
}

static void add(struct top_results *top, const char *rank, const char *text)
{
    enum json_kind kind = strcmp(rank, "null") == 0 ? JSON_NULL : JSON_NUMBER;
    top_results_add(top, slice(rank, kind), text, strlen(text));
}

static void assert_top(struct top_results *top, const char *expected)
{
    struct text_buffer out = {0};
    top_results_settle(top);
    for (size_t i = 0; i < top->count; i++)
        text_buffer_add(&out, top->rows[i].text, top->rows[i].length);
    text_buffer_add_byte(&out, '\0');
    assert_string_equal(out.bytes, expected);
    text_buffer_free(&out);
    top_results_clear(top);
}

static void the_best_come_first(void **state)
{
    (void)state;
    for (int ties = 0; ties <= 1; ties++) {
        struct top_results top;
        top_results_init(&top, 2, ties);
        assert_top(&top, "");
        add(&top, "5", "a");
        assert_top(&top, "a");
        add(&top, "null", "a");
        add(&top, "1", "b");
        add(&top, "10", "c");
        add(&top, "1.0", "d");
        assert_top(&top, ties ? "cbd" : "cb");
        add(&top, "null", "a");
        add(&top, "null", "b");
        add(&top, "null", "c");
        assert_top(&top, ties ? "abc" : "ab");
        top_results_free(&top);
    }
}

/* More than are held at a time. */
static void many_results_are_cut_as_they_come(void **state)
{
    (void)state;
    struct top_results top;
    char rank[16];
    top_results_init(&top, 3, true);
    for (int i = 0; i < 20000; i++) {
        snprintf(rank, sizeof rank, "%d", i * 7919 % 10007);
        add(&top, rank, i * 7919 % 10007 == 10006 ? "x" : "y");
    }
    assert_true(top.capacity < 10000);
    assert_top(&top, "xxyy");
    top_results_free(&top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_members_in),
        cmocka_unit_test(the_best_come_first),
        cmocka_unit_test(many_results_are_cut_as_they_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
