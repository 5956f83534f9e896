#include "stream/record_rewrite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect(enum rewrite_mode mode, const char *list, const char *record, const char *result)
{
    struct record_rewrite rewrite;
    struct error_text error;
    struct text_buffer in = {0};
    struct text_buffer out = {0};
    struct scratch scratch = {0};
    uint64_t nulls = 0;
    assert_true(record_rewrite_compile(&rewrite, mode, list, NULL, &error));
    text_buffer_add_text(&in, record);
    if (record_rewrite_apply(&rewrite, &in, NULL, &scratch, &out, &nulls)) {
        text_buffer_add_byte(&out, '\0');
        assert_string_equal(out.bytes, result);
    } else {
        assert_null(result);
    }
    record_rewrite_free(&rewrite);
    text_buffer_free(&in);
    text_buffer_free(&out);
    scratch_free(&scratch);
}

static void calc_adds_behind_and_replaces_in_place(void **state)
{
    (void)state;
    expect(REWRITE_CALC, "c=.a+.b", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2,\"c\":3}");
    expect(REWRITE_CALC, "a=.a*2", "{ \"a\" : 1.50 , \"b\":1e3}", "{ \"a\" : 3 , \"b\":1e3}");
    expect(REWRITE_CALC, "b=1,a=2", "{\"a\":\"x\",\"b\":[1, 2],\"z\":0}",
           "{\"a\":2,\"b\":1,\"z\":0}");
    expect(REWRITE_CALC, "a=1", "{}", "{\"a\":1}");
    expect(REWRITE_CALC, "a=1,b=2", "{ }", "{ \"a\":1,\"b\":2}");
    expect(REWRITE_CALC, "x=.a.b", "{\"a\":{\"x\":1,\"b\":{\"q\": 0.10}}}",
           "{\"a\":{\"x\":1,\"b\":{\"q\": 0.10}},\"x\":{\"q\": 0.10}}");
}

static void later_items_see_earlier_ones(void **state)
{
    (void)state;
    expect(REWRITE_CALC, "b=.a+1,c=.b+1", "{\"a\":1}", "{\"a\":1,\"b\":2,\"c\":3}");
    expect(REWRITE_SELECT, "b=.a+1,c=.b*2", "{\"a\":1,\"b\":50}", "{\"b\":2,\"c\":4}");
}

static void select_makes_a_record_of_its_own(void **state)
{
    (void)state;
    expect(REWRITE_SELECT, ".b,n=.a", "{\"a\":9007199254740993,\"b\":\"\\u0041\"}",
           "{\"b\":\"\\u0041\",\"n\":9007199254740993}");
    expect(REWRITE_SELECT, "x=.none", "{\"a\":1}", "{\"x\":null}");
    expect(REWRITE_SELECT, "x=.a.b", "{\"a\":1}", "{\"x\":null}");
}

static void a_member_that_is_read_may_not_stand_twice(void **state)
{
    (void)state;
    expect(REWRITE_CALC, "b=.a", "{\"a\":1,\"a\":2}", NULL);
    expect(REWRITE_CALC, "a=1", "{\"a\":1,\"a\":2}", NULL);
    expect(REWRITE_CALC, "b=1", "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2,\"b\":1}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calc_adds_behind_and_replaces_in_place),
        cmocka_unit_test(later_items_see_earlier_ones),
        cmocka_unit_test(select_makes_a_record_of_its_own),
        cmocka_unit_test(a_member_that_is_read_may_not_stand_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
