#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "record_fixture.h"

struct row {
    const char *list, *record, *result; /* {"NAME":VALUE,...} and the number of failures */
};

static const struct row rows[] = {
    {".a", "{\"a\":1}", "{\"a\":1}0"},
    {".a, .b.c", "{\"a\":1,\"b\":{\"c\":\"x\"}}", "{\"a\":1,\"c\":\"x\"}0"},
    {"x=.a,y=.a+1", "{\"a\":1}", "{\"x\":1,\"y\":2}0"},
    {"\"a b\"=.a, \"\\u0041\\n\"=2", "{\"a\":1}", "{\"a b\":1,\"A\\n\":2}0"},
    {"x=[.a,.b],y=(.a // .b)", "{\"a\":1}", "{\"x\":[1,null],\"y\":1}0"},
    {"x=.a, y=.x*2, z=.y+.x", "{\"a\":21}", "{\"x\":21,\"y\":42,\"z\":63}0"},
    {"x=.a, .x", "{\"a\":1,\"x\":5}", NULL},
    {"x=.x+1, y=.x", "{\"x\":5}", "{\"x\":6,\"y\":6}0"},
    {"x=.a, y=.x.b", "{\"a\":{\"b\":7}}", "{\"x\":{\"b\":7},\"y\":7}0"},
    {"x=.a, y=.x[1]?", "{\"a\":[1,2]}", "{\"x\":[1,2],\"y\":2}0"},
    {"x=.a.b, y=.a", "{\"a\":5}", "{\"x\":null,\"y\":5}1"},
    {"x=.a.b, y=.a.b, z=.x", "{\"a\":5}", "{\"x\":null,\"y\":null,\"z\":null}2"},
    {"x=.a+1, y=(.x % 4)", "{\"a\":6}", "{\"x\":7,\"y\":3}0"},
    {"x=\"s\\n\", y=keys", "{\"a\":6}", "{\"x\":\"s\\n\",\"y\":[\"a\",\"x\"]}0"},
    {"x=2, y=.", "{\"a\":6}", "{\"x\":2,\"y\":{\"a\":6,\"x\":2}}0"},
    {"x=2, y=length", "{\"a\":6}", "{\"x\":2,\"y\":2}0"},
    {"x=2, y=(.a | length)", "{\"a\":6}", "{\"x\":2,\"y\":6}0"},
    {"x=2, y=if .x == 2 then .a else 0 end", "{\"a\":6}", "{\"x\":2,\"y\":6}0"},
    {"x=.a[1,0]", "{\"a\":[1,2]}", "{\"x\":null}1"},
    {"x={a, b: [.a,2]}", "{\"a\":6}", "{\"x\":{\"a\":6,\"b\":[6,2]}}0"},
    {"x=\"1,2\"", "{}", "{\"x\":\"1,2\"}0"},
    {"x=\"\\(.a),\\(.b)\"", "{\"a\":1,\"b\":2}", "{\"x\":\"1,2\"}0"},
    {"id=.id", "{\"id\":9007199254740993}", "{\"id\":9007199254740993}0"},
    {"x=.a, y=x+1, z=x+y", "{\"a\":2}", "{\"x\":2,\"y\":3,\"z\":5}0"},
    {"x=.a, y=x.b, z=(5|x.b+.)", "{\"a\":{\"b\":7}}", "{\"x\":{\"b\":7},\"y\":7,\"z\":12}0"},
    {"x=.a, y=(.b|tostring|ascii_downcase|[.,x])", "{\"a\":2}", "{\"x\":2,\"y\":[\"null\",2]}0"},
    {"x=.a, y=(7 as $x | $x+x), z=($now|length*0+x)", "{\"a\":2}", "{\"x\":2,\"y\":9,\"z\":2}0"},
    {"type=.a, y=(.b|type), length=3, z=(.b|length)", "{\"a\":2,\"b\":\"bc\"}",
     "{\"type\":2,\"y\":\"string\",\"length\":3,\"z\":2}0"},
    {"reduce=.a, y=reduce .b as $i (0; .+$i)", "{\"a\":2,\"b\":5}", "{\"reduce\":2,\"y\":5}0"},
    {"x=.a==1", "{\"a\":1.0}", "{\"x\":true}0"},
};

static void write_items(const struct expression_list *list, const struct value *values,
                        size_t failed, struct text_buffer *out)
{
    text_buffer_add_byte(out, '{');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            text_buffer_add_byte(out, ',');
        text_buffer_add(out, list->items[i].name_text.text, list->items[i].name_text.length);
        text_buffer_add_byte(out, ':');
        value_write(out, &values[i]);
    }
    text_buffer_add_format(out, "}%zu", failed);
    text_buffer_add_byte(out, 0);
}

static void check(const struct row *row)
{
    struct record_fixture fixture = {.set = expression_set_new()};
    struct value values[8];
    const struct expression_list *list = expression_add_list(fixture.set, row->list,
                                                             &fixture.error);
    if (!row->result) {
        assert_null(list);
    } else {
        if (!list || !fixture_scan(&fixture, row->record))
            fail_msg("%s: %s", row->list, fixture.error.text);
        size_t failed = expression_list_evaluate(list, &fixture.view, &fixture.scratch, values,
                                                 &fixture.error);
        write_items(list, values, failed, &fixture.out);
        if (strcmp(fixture.out.bytes, row->result) != 0)
            fail_msg("%s on %s: %s", row->list, row->record, fixture.out.bytes);
    }
    fixture_close(&fixture);
}

static void evaluates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

static void refuses(void **state)
{
    static const char *const refused[][2] = {
        {"", "byte 1: expected an expression: ``"},
        {".a,", "byte 4: expected an expression: `.a,`"},
        {".a,,.b", "byte 4: expected an expression: `.a,,.b`"},
        {"x=", "byte 3: expected an expression: `x=`"},
        {".a+1", "byte 1: give it a name: NAME=.a+1"},
        {"x=1, .a==\"x\"", "byte 6: give it a name: NAME=.a==\"x\""},
        {"x=1,\"lit\"", "byte 5: give it a name: NAME=\"lit\""},
        {"x=1,x=2", "byte 5: there are two items named x: `x=1,x=2`"},
        {"x=1,y=.a == ", "byte 13: expected an expression: `x=1,y=.a == `"},
        {"x=1,y=foo", "foo/0 is not defined: `foo`; did you mean .foo?"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct error_text error = {""};
        struct expression_set *set = expression_set_new();
        assert_null(expression_add_list(set, refused[i][0], &error));
        assert_string_equal(error.text, refused[i][1]);
        expression_set_free(set);
    }
}

static void the_first_failure_is_told(void **state)
{
    struct record_fixture fixture = {.set = expression_set_new()};
    struct value values[3];
    (void)state;
    const struct expression_list *list = expression_add_list(fixture.set, "x=.a.b,y=.a[0],z=1",
                                                             &fixture.error);
    assert_true(fixture_scan(&fixture, "{\"a\":1}"));
    assert_int_equal(
        expression_list_evaluate(list, &fixture.view, &fixture.scratch, values, &fixture.error), 2);
    assert_string_equal(fixture.error.text, "cannot index number with \"b\"");
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluates),
        cmocka_unit_test(refuses),
        cmocka_unit_test(the_first_failure_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
