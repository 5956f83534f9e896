#include "window/aggregate_list.h"

#include "ndjson/json_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A list over the records given, their result as text. */
struct fixture {
    struct expression_set *inputs;
    struct aggregate_list list;
    struct error_text error;
    bool parsed;
};

static const struct expression *compile(void *self, const char *text, struct error_text *error)
{
    return expression_add(self, text, error);
}

static void open_fixture(struct fixture *fixture, const char *text)
{
    struct aggregate_request request = {.text = text};
    struct aggregate_compiler compiler;
    memset(fixture, 0, sizeof *fixture);
    fixture->inputs = expression_set_new();
    compiler = (struct aggregate_compiler){compile, fixture->inputs};
    fixture->parsed = aggregate_list_parse(&fixture->list, &request, &compiler, &fixture->error);
}

static void close_fixture(struct fixture *fixture)
{
    aggregate_list_free(&fixture->list);
    expression_set_free(fixture->inputs);
}

static bool take(struct fixture *fixture, struct json_scanner *scanner, const char *record,
                 void *states, struct scratch *scratch)
{
    size_t length = strlen(record);
    char *text = calloc(length + JSON_PADDING, 1);
    size_t slots = json_projection_slots(expression_set_projection(fixture->inputs));
    struct json_line line = {.slots = calloc(slots, sizeof *line.slots)};
    struct aggregate_argument *arguments = calloc(fixture->list.calls.count, sizeof *arguments);
    struct record_view view = {line.slots, NULL};
    memcpy(text, record, length);
    assert_int_equal(json_scan_line(scanner, text, text + length, &line), SCAN_RECORD);
    bool fine = aggregate_set_prepare(&fixture->list.calls, &view, line.slots[0], scratch,
                                      arguments, &fixture->error);
    if (fine)
        aggregate_set_update(&fixture->list.calls, states, arguments, 0);
    free(arguments);
    free(line.slots);
    free(text);
    return fine;
}

static void assert_result(const char *text, const char *const *records, const char *expected)
{
    struct fixture fixture;
    struct scratch scratch = {0};
    struct text_buffer out = {0};
    open_fixture(&fixture, text);
    if (!fixture.parsed)
        fail_msg("%s: %s", text, fixture.error.text);
    struct json_scanner *scanner = json_scanner_new(expression_set_projection(fixture.inputs),
                                                    JSON_UTF8_CHECKED);
    void *states = allocate_zeroed(fixture.list.calls.size + 1, 1);
    for (; *records != NULL; records++)
        assert_true(take(&fixture, scanner, *records, states, &scratch));
    struct value *values = allocate(aggregate_list_values(&fixture.list) * sizeof *values);
    aggregate_list_evaluate(&fixture.list, states, NULL, &scratch, values);
    for (size_t i = 0; i < fixture.list.count; i++) {
        text_buffer_add_format(&out, "%s=", fixture.list.items[i].name);
        value_write(&out, &values[fixture.list.calls.count + i]);
        text_buffer_add_byte(&out, ' ');
    }
    text_buffer_add_byte(&out, '\0');
    assert_string_equal(out.bytes, expected);
    aggregate_set_clear(&fixture.list.calls, states);
    free(states);
    free(values);
    json_scanner_free(scanner);
    text_buffer_free(&out);
    scratch_free(&scratch);
    close_fixture(&fixture);
}

static void calculates(void **state)
{
    (void)state;
    static const char *const records[] = {"{\"v\":1,\"w\":\"a\"}", "{\"v\":2.50,\"w\":\"b\"}",
                                          "{\"w\":\"a\"}", NULL};
    assert_result("count", records, "count=3 ");
    assert_result("n=count(.w == \"a\"), s = sum(.v; .v > 1), r = s/n", records,
                  "n=2 s=2.5 r=1.25 ");
}

static void names_items(void **state)
{
    (void)state;
    static const char *const records[] = {"{\"v\":4}", "{\"v\":8}", NULL};
    assert_result("n=count,s=sum(.v),mean=s/n,again=.mean*n", records, "n=2 s=12 mean=6 again=12 ");
    assert_result("min=min(.v),max=max(.v),span=max-min", records, "min=4 max=8 span=4 ");
    assert_result("\"a b\"=count,count", records, "a b=2 count=2 ");
    assert_result("n=count,o={n,m:n,k:{n:[n]}}", records,
                  "n=2 o={\"n\":2,\"m\":2,\"k\":{\"n\":[2]}} ");
    assert_result("n=count,p=([1,n]|map(.+n)|add)", records, "n=2 p=7 ");
    assert_result("all=collect(.v),n=(all|length),first=all[0]", records, "all=[4,8] n=2 first=4 ");
    assert_result("x=if count > 1 then \"many\" else \"few\" end", records, "x=\"many\" ");
}

static void what_fails_is_null(void **state)
{
    (void)state;
    static const char *const records[] = {"{\"v\":4}", NULL};
    assert_result("z=count(.v>9),r=count/z,s=sum(.none)-1,t=r", records,
                  "z=0 r=null s=null t=null ");
}

static void same_calls_share_a_state(void **state)
{
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "a=sum(.v)+sum(.v),b=sum(.v),c=sum(.w)");
    assert_true(fixture.parsed);
    assert_int_equal(fixture.list.calls.count, 2);
    close_fixture(&fixture);
}

static void refuses_with_the_reason(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {".v", "give it a name"},
        {"n=.v", ".v stands outside of any aggregate function"},
        {"n=1,n=2", "two items named n"},
        {"rev=count", "the name rev is taken"},
        {"n=sum()", "sum takes"},
        {"n=sum(.v;)", "sum takes"},
        {"n=sum(.v;1;2)", "sum takes"},
        {"n=count(1;2)", "count takes"},
        {"n=quantile(.v)", "quantile takes"},
        {"n=quantile(.v;-0.1)", "from 0 to 1"},
        {"n=quantile(.v;.q)", "from 0 to 1"},
        {"n=top(.v;0)", "count from 1"},
        {"n=top(.v;1.5)", "count from 1"},
        {"n=sum(.v", "never closed"},
        {"n=", "expected an expression"},
        {"", "expected an expression"},
        {"n=sum(count(.v))", "count"},
        {"n=later,later=count", "later"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct fixture fixture;
        open_fixture(&fixture, wrong[i][0]);
        if (fixture.parsed || strstr(fixture.error.text, wrong[i][1]) == NULL)
            fail_msg("%s: %s", wrong[i][0], fixture.parsed ? "taken" : fixture.error.text);
        close_fixture(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calculates),
        cmocka_unit_test(names_items),
        cmocka_unit_test(what_fails_is_null),
        cmocka_unit_test(same_calls_share_a_state),
        cmocka_unit_test(refuses_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
