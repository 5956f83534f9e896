#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "record_fixture.h"

struct row {
    const char *expression, *record, *result; /* "!REASON": it fails on the record */
};

static const struct row native_rows[] = {
    /* paths */
    {".", "{\"a\":1}", "{\"a\":1}"},
    {".a", "{\"a\": 1.50 }", "1.50"},
    {".a", "{}", "null"},
    {".a.b", "{\"a\":{\"b\":\"x\\u0041\"}}", "\"x\\u0041\""},
    {".a.b.c", "{\"a\":null}", "null"},
    {".a.b", "{\"a\":5}", "!cannot index number with \"b\""},
    {".a.b.c", "{\"a\":{\"b\":\"s\"}}", "!cannot index string with \"c\""},
    {".a.b?", "{\"a\":5}", "!no result"},
    {".a.b?.c", "{\"a\":5}", "!no result"},
    {".a?.b", "{\"a\":5}", "!cannot index number with \"b\""},
    {".a[0]", "{\"a\":[7,8]}", "7"},
    {".a[2]", "{\"a\":[7,8]}", "null"},
    {".a[0]", "{\"a\":{}}", "!cannot index object with 0"},
    {".a.b", "{\"a\":[]}", "!cannot index array with \"b\""},
    {".a[-1]", "{\"a\":[7,8]}", "8"},
    {".a[1.5]", "{\"a\":[7,8]}", "null"},
    {".a[.i]", "{\"a\":[7,8],\"i\":1.0}", "8"},
    {".a[.k].x", "{\"a\":{\"b c\":{\"x\":1,\"x\":2}},\"k\":\"b c\"}", "2"},
    {".a[.k]", "{\"a\":3,\"k\":\"b\"}", "!cannot index number with \"b\""},
    {".a[.k]?", "{\"a\":3,\"k\":\"b\"}", "!no result"},
    {".a[[2]]", "{\"a\":[1,2]}", "[1]"},
    {".a[[1, 1.0]]", "{\"a\":[1,1,1,0]}", "[0,1]"},
    {".a[[]]", "{\"a\":[1]}", "[]"},
    {".[\"a b\"]", "{\"a b\":1}", "1"},
    {".\"a b\".c", "{\"a b\":{\"c\":2}}", "2"},
    {".a[\"b\\n\"]", "{\"a\":{\"b\\n\":3}}", "3"},
    {".a . \"b\"", "{\"a\":{\"b\":3}}", "3"},
    {"(.a).b", "{\"a\":{\"b\":3}}", "3"},
    {"(.a // .b).c", "{\"b\":{\"c\":3}}", "3"},
    {".a | .b", "{\"a\":{\"b\":3}}", "3"},
    {".a | .b | .", "{\"a\":{\"b\":3}}", "3"},
    {".and.if", "{\"and\":{\"if\":1}}", "1"},
    /* literals */
    {"9007199254740993", "{}", "9007199254740993"},
    {"1.50", "{}", "1.5"},
    {".5", "{}", "0.5"},
    {"007.", "{}", "7"},
    {"\"a\\u0041\\n\\/\"", "{}", "\"aA\\n/\""},
    {"null", "{}", "null"},
    {"[true, false, [], [1]]", "{}", "[true,false,[],[1]]"},
    {"1 # a comment", "{}", "1"},
    /* comparisons */
    {".a == 2", "{\"a\":2}", "true"},
    {".a == 2", "{\"a\":2.0}", "true"},
    {".a == 2", "{\"a\":\"2\"}", "false"},
    {".a == 2", "{\"a\":20}", "false"},
    {".a == 0", "{\"a\":-0}", "true"},
    {".a != 2", "{}", "true"},
    {"2 == .a", "{\"a\":2e0}", "true"},
    {"2 < .a", "{\"a\":2.5}", "true"},
    {"2 >= .a", "{\"a\":2.5}", "false"},
    {".a < 5", "{\"a\":\"x\"}", "false"},
    {".a < 5", "{\"a\":null}", "true"},
    {".a < 5", "{}", "true"},
    {".a.b < 5", "{\"a\":1}", "!cannot index number with \"b\""},
    {".a <= 9223372036854775807", "{\"a\":9223372036854775808}", "false"},
    {".a > -9223372036854775808", "{\"a\":-9223372036854775809}", "false"},
    {".a == 9007199254740993", "{\"a\":9007199254740992}", "false"},
    {".a == 9007199254740993", "{\"a\":9007199254740993}", "true"},
    {".a == .b", "{\"a\":1700000000123456789,\"b\":1700000000123456788}", "false"},
    {".a > .b", "{\"a\":1700000000123456789,\"b\":1700000000123456788}", "true"},
    {".a == \"click\"", "{\"a\":\"cl\\u0069ck\"}", "true"},
    {".a != \"click\"", "{\"a\":\"clicks\"}", "true"},
    {"\"click\" == .a", "{\"a\":\"click\"}", "true"},
    {".a > \"b\"", "{\"a\":\"c\"}", "true"},
    {".a == [1,{}]", "{\"a\":[1]}", NULL},
    {".a == [1,\"x\"]", "{\"a\":[1.0, \"\\u0078\"]}", "true"},
    {".a == .b", "{\"a\":{\"x\":1,\"y\":[2]},\"b\":{\"y\":[2.0],\"x\":1e0}}", "true"},
    {".a == null", "{}", "true"},
    {".a == true", "{\"a\":true}", "true"},
    {"1e400 > 1e399", "{}", "true"},
    {"0.1 + 0.2 == 0.3", "{}", "true"},
    {"0.1 + 0.2 == .a", "{\"a\":0.30}", "true"},
    {"1 / 3 == .a", "{\"a\":0.3333333333333333}", "true"},
    /* and or not // if */
    {".a and .b", "{\"a\":1,\"b\":0}", "true"},
    {".a and .b.c", "{\"a\":false,\"b\":1}", "false"},
    {".a or .b.c", "{\"a\":0,\"b\":1}", "true"},
    {".a or .b", "{}", "false"},
    {".a | not", "{}", "true"},
    {".a == 1 and .b == 2 or .c", "{\"a\":1,\"c\":1}", "true"},
    {".a // .b // 3", "{\"a\":false}", "3"},
    {".a.b? // 3", "{\"a\":1}", "3"},
    {".a?//3", "{}", "3"},
    {".a.b // 3", "{\"a\":1}", "!cannot index number with \"b\""},
    {"if .a then 1 elif .b then 2 else 3 end", "{\"b\":1}", "2"},
    {"if .a then 1 elif .b then 2 else 3 end", "{}", "3"},
    {"if .a | not then 1 else 2 end + 1", "{}", "2"},
    /* arithmetic */
    {".a + 1", "{\"a\":9007199254740993}", "9007199254740994"},
    {".a - .b", "{\"a\":1700000000123456789,\"b\":1700000000123456700}", "89"},
    {".a + .b", "{\"a\":19.99,\"b\":0.01}", "20"},
    {".a * 3", "{\"a\":0.1}", "0.3"},
    {".a * .a", "{\"a\":4294967296}", "18446744073709551616"},
    {".a / 4", "{\"a\":10}", "2.5"},
    {".a / 3", "{\"a\":10}", "3.3333333333333335"},
    {".a / 0", "{\"a\":10}",
     "!number (10) and number (0) cannot be divided because the divisor is zero"},
    {"1 + 2 * 3 - 4 / 2", "{}", "5"},
    {"10 - 2 - 3", "{}", "5"},
    {"-.a * 2 + 1", "{\"a\":5}", "-9"},
    {"-(.a)", "{\"a\":-0.5}", "0.5"},
    {"-.a", "{\"a\":\"x\"}", "!string (\"x\") cannot be negated"},
    {"2 * -3", "{}", "-6"},
    {".a + .b", "{\"a\":1}", "1"},
    {".a + .b", "{}", "null"},
    {".a + .b", "{\"a\":\"x\\n\",\"b\":\"\\u0041\"}", "\"x\\nA\""},
    {".a + .b", "{\"a\":[1, 2],\"b\":[ ]}", "[1, 2]"},
    {".a + [3]", "{\"a\":[1]}", "[1,3]"},
    {".a + 1", "{\"a\":\"x\"}", "!string (\"x\") and number (1) cannot be added"},
    {".a - .b", "{\"a\":null,\"b\":1}", "!null (null) and number (1) cannot be subtracted"},
    {".a.b + .c.d", "{\"a\":1,\"c\":\"x\"}", "!cannot index string with \"d\""},
    {"[.a, .b.c?, 1 + 1]", "{\"a\":\"\\u00e9\",\"b\":2}", "[\"\\u00e9\",2]"},
    {"170141183460469231731687303715884105727 + 1", "{}",
     "170141183460469230000000000000000000000"},
    /* functions */
    {".a | length", "{\"a\":\"\xc3\xa9\xf0\x9d\x84\x9e\"}", "2"},
    {".a | length", "{\"a\":[1,[2,3]]}", "2"},
    {".a | length", "{\"a\":{\"x\":1,\"y\":2,\"x\":3}}", "2"},
    {".a | length", "{\"a\":-1.5}", "1.5"},
    {".a | length", "{}", "0"},
    {".a | length", "{\"a\":true}", "!boolean (true) has no length"},
    {".a | tonumber", "{\"a\":\"9007199254740993\"}", "9007199254740993"},
    {".a | tonumber + 1", "{\"a\":\" +01.50 \"}", "2.5"},
    {".a | tonumber", "{\"a\":\"1x\"}", "!string (\"1x\") cannot be parsed as a number"},
    {".a | tonumber", "{\"a\":\"\"}", "!string (\"\") cannot be parsed as a number"},
    {".a | tonumber", "{\"a\":\"nan\"}", "!string (\"nan\") cannot be parsed as a number"},
    {".a | tostring", "{\"a\":1.50}", "\"1.5\""},
    {".a | tostring", "{\"a\":9007199254740993}", "\"9007199254740993\""},
    {".a | tostring", "{\"a\":null}", "\"null\""},
    {".a | startswith(\"ab\")", "{\"a\":\"abc\"}", "true"},
    {".a | startswith(\"abcd\")", "{\"a\":\"abc\"}", "false"},
    {".a | endswith(.b)", "{\"a\":\"abc\",\"b\":1}", "!cannot index string with \"b\""},
    {".a | endswith(\"bc\")", "{\"a\":\"abc\"}", "true"},
    {".a | endswith(\"\")", "{\"a\":\"abc\"}", "true"},
    {".a | endswith(1)", "{\"a\":\"abc\"}", "!endswith() requires string inputs"},
    {".a | contains(\"b\")", "{\"a\":\"a\\u0062c\"}", "true"},
    {".a | contains(\"b\")", "{\"a\":1}",
     "!number (1) and string (\"b\") cannot have their containment checked"},
    {".a | test(\"bc\")", "{\"a\":\"abc\"}", "true"},
    {".a | test(\"bc\")", "{\"a\":5}", "!number (5) cannot be matched, as it is not a string"},
    {".ua | startswith(\"Mozilla\") and length > 8", "{\"ua\":\"Mozilla/5.0\"}", "true"},
};

static const struct row foreign_rows[] = {
    {".a as $x | $x + 1", "{\"a\":1}", "2"},
    {"(.a as $x | $x + 1)", "{\"a\":1}", "2"},
    {"[.a as $x | $x]", "{\"a\":1}", "[1]"},
    {"if .a as [$x] | $x then 1 else 2 end", "{\"a\":[1]}", "1"},
    {"1 + (.a and (\"b\" as $z | true) | 2)", "{\"a\":1}", "3"},
    {"{x: .a, env}", "{\"a\":1,\"env\":2}", "{\"x\":1,\"env\":2}"},
    {".a % 2", "{\"a\":5}", "1"},
    {".a % -1", "{\"a\":-9223372036854775808}", "0"},
    {".a % 0", "{\"a\":5}",
     "!number (5) and number (0) cannot be divided (remainder) because the divisor is zero"},
    {"select(.a)", "{}", "!no result"},
    {".a, .b", "{}", "!several results"},
    {".a[]", "{\"a\":[1,2]}", "!several results"},
    {".a[]", "{\"a\":[1]}", "1"},
    {"error(\"x\")", "{}", "!x"},
    {"error({a:1})", "{}", "!{\"a\":1}"},
    {".a | test(\"^b.?\")", "{\"a\":\"bc\"}", "true"},
    {".a | contains([1])", "{\"a\":[1,2]}", "true"},
    {".a[1:3]", "{\"a\":\"abcd\"}", "\"bc\""},
    {".a[-2:]", "{\"a\":\"abcd\"}", "\"cd\""},
    {".a | ascii_downcase", "{\"a\":\"ABC\"}", "\"abc\""},
    {".a as $x | [$x, $line, $file]", "{\"a\":1}", "[1,17,\"clicks.ndjson\"]"},
    {"\"\\(.a)-\\(.b)\"", "{\"a\":1,\"b\":\"x\"}", "\"1-x\""},
    {".a += 1 | .a", "{\"a\":1}", "2"},
    {".a |= (. // 3) | .a", "{}", "3"},
    {".a[.n] = 1", "{\"a\":[],\"n\":1e9}", "!array index beyond 1000000"},
    {".a[.n] |= 1 | .a", "{\"a\":[],\"n\":1}", "[null,1]"},
    {"del(.a[0]) | .a", "{\"a\":[1,2]}", "[2]"},
    {"del(.a[nan])", "{\"a\":[1,2]}", "!not an array index"},
    {".a | index(\"\")", "{\"a\":\"abc\"}", "!an empty string is everywhere"},
    {".a | [indices([1,2]), indices(2), index([3])]", "{\"a\":[1,2,1,2]}", "[[0,2],[1,3],null]"},
    {".a | rindex(.[1:2])", "{\"a\":\"abcb\"}", "3"},
    {".a | reduce .[] as $x (0; . * 2 + $x)", "{\"a\":[1,2]}", "4"},
    {".a | . * 1000000000 | explode", "{\"a\":\"xy\"}", "!repeated string beyond 1 MiB"},
    {".a | gsub(\"b+\";\"x\")", "{\"a\":\"abbcb\"}", "\"axcx\""},
    {".a | split(\"b+\"; null)", "{\"a\":\"abbcb\"}", "[\"a\",\"c\",\"\"]"},
    {".a | implode", "{\"a\":[1114112,-1,1e300]}", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {".a %= -1 | .a", "{\"a\":-1e19}", "0"},
    {".a[.n] += 1", "{\"a\":[],\"n\":536870912}", "!array index beyond 1000000"},
    {"setpath([\"a\",.n]; 1)", "{\"a\":[],\"n\":1e9}", "!array index beyond 1000000"},
    {".a *= .n", "{\"a\":\"x\",\"n\":1e9}", "!repeated string beyond 1 MiB"},
    {".a |= empty", "{\"a\":1}", "{}"},
    {".[] += 1", "{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":3}"},
    {".a | [scan(\"^a|c\")]", "{\"a\":\"abc\"}", "[\"a\",\"c\"]"},
    {"def f: .a; f", "{\"a\":3}", "3"},
    {"try error(\"x\") catch .", "{}", "\"x\""},
    {".a | tojson", "{\"a\":[1]}", "\"[1]\""},
    {"1 as $x | 2 # comment", "{}", "2"},
};

/* Native, but these operands are libjq's. */
static const struct row mixed_rows[] = {
    {".a * 3", "{\"a\":\"xy\"}", "\"xyxyxy\""},
    {".a * 1000000000", "{\"a\":\"xy\"}", "!repeated string beyond 1 MiB"},
    {".a + .b", "{\"a\":{\"x\":1},\"b\":{\"y\":2}}", "{\"x\":1,\"y\":2}"},
    {".a * .b", "{\"a\":{\"x\":{\"p\":1}},\"b\":{\"x\":{\"q\":2}}}", "{\"x\":{\"p\":1,\"q\":2}}"},
    {".a - .b", "{\"a\":[1,2,1],\"b\":[1]}", "[2]"},
    {".a / \",\"", "{\"a\":\"x,y\"}", "[\"x\",\"y\"]"},
    {".a | tostring", "{\"a\":{ \"x\" : [1] }}", "\"{\\\"x\\\":[1]}\""},
};

static const struct row refused_rows[] = {
    {"", NULL, "byte 1: expected an expression: ``"},
    {".a == ", NULL, "byte 7: expected an expression: `.a == `"},
    {".a ==== 2", NULL, "byte 6: expected an expression: `.a ==== 2`"},
    {".a == .b == .c", NULL,
     "byte 10: comparisons do not chain, join them with 'and': `.a == .b == .c`"},
    {".a b", NULL, "byte 4: expected an operator or the end: `.a b`"},
    {".a.", NULL, "byte 4: expected a member's name: `.a.`"},
    {"(.a", NULL, "byte 1: what is opened here is never closed: `(.a`"},
    {".a]", NULL, "byte 3: this bracket closes nothing: `.a]`"},
    {"\"abc", NULL, "byte 1: this string has no end: `\"abc`"},
    {"\"a\\x\"", NULL, "byte 3: no such escape in a string: `\"a\\x\"`"},
    {"\"\\ud800\"", NULL, "byte 2: no such escape in a string: `\"\\ud800\"`"},
    {".a & .b", NULL, "byte 4: this character begins nothing: `.a & .b`"},
    {"\"\xff\"", NULL, "byte 2: not UTF-8"},
    {"if .a then 1 end", NULL,
     "byte 14: expected an operator, 'elif' or 'else': `if .a then 1 end`"},
    {"foo(.a)", NULL, "foo/1 is not defined: `foo(.a)`"},
    {"$price", NULL, "byte 1: no --table price, and no variable of this name: `$price`"},
    {"env.PATH", NULL,
     "byte 1: env is not allowed here: it reads the environment; let the shell put the value into "
     "the expression"},
    {"\"\\($ENV.HOME)\"", NULL,
     "byte 5: $ENV is not allowed here: it reads the environment; let the shell put the value "
     "into the expression"},
    {"{a: input}", NULL, "byte 5: input is not allowed here: it takes records away from the tool"},
    {"import \"a\" as a; .", NULL,
     "byte 1: import is not allowed here: it reads files; write the function into the expression"},
    {".t | todate", NULL,
     "byte 6: todate is not allowed here: it ends the process on large numbers, and is an hour "
     "off in summer time; compare times as integers or as RFC 3339 text"},
    {".a | halt_error", NULL,
     "byte 6: halt_error is not allowed here: it ends the process; use error(\"...\"), which "
     "rejects the record"},
    {".a[.n:]", NULL,
     "byte 6: [A:B] with calculated bounds is not allowed here: it ends the process where a bound "
     "is not a number; write the bounds as numbers"},
    {".s | gsub(\"^\"; \"x\")", NULL,
     "byte 6: gsub with a pattern that may match the empty string is not allowed here: it does "
     "not end on some text; use one that must match something, without look-around"},
    {".s | [match(\"x*\"; \"g\")]", NULL,
     "byte 7: match with a pattern that may match the empty string is not allowed here: it does "
     "not end on some text; use one that must match something, without look-around"},
    {".s | gsub(.p; \"x\")", NULL,
     "byte 6: gsub with a calculated pattern is not allowed here: it does not end on some "
     "patterns; write pattern and flags as strings"},
};

static void check(const struct row *row, bool native)
{
    struct record_fixture fixture = {0};
    fixture.variables.file = "clicks.ndjson";
    fixture.variables.line = 17;
    fixture.set = expression_set_new();
    const struct expression *expression = expression_add(fixture.set, row->expression,
                                                         &fixture.error);
    if (!row->result) {
        assert_non_null(expression);
        assert_false(expression_native(expression));
    } else {
        const char *result = fixture_evaluate(&fixture, expression, row->record);
        bool fails = row->result[0] == '!';
        if (strcmp(result, row->result + fails) != 0 || fixture.evaluated == fails)
            fail_msg("%s on %s: %s instead of %s", row->expression, row->record, result,
                     row->result);
        if (expression_native(expression) != native)
            fail_msg("%s is %snative", row->expression, native ? "not " : "");
    }
    fixture_close(&fixture);
}

static void native_expressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof native_rows / sizeof native_rows[0]; i++)
        check(&native_rows[i], true);
}

static void foreign_expressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof foreign_rows / sizeof foreign_rows[0]; i++)
        check(&foreign_rows[i], false);
}

static void operands_for_libjq(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mixed_rows / sizeof mixed_rows[0]; i++)
        check(&mixed_rows[i], true);
}

static void refused_expressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused_rows / sizeof refused_rows[0]; i++) {
        struct error_text error = {""};
        struct expression_set *set = expression_set_new();
        if (expression_add(set, refused_rows[i].expression, &error))
            fail_msg("%s is accepted", refused_rows[i].expression);
        assert_string_equal(error.text, refused_rows[i].result);
        expression_set_free(set);
    }
}

static const char *describe(struct record_fixture *fixture, const char *text, const char *record)
{
    fixture->set = expression_set_new();
    const struct expression *expression = expression_add(fixture->set, text, &fixture->error);
    assert_non_null(expression);
    assert_true(fixture_scan(fixture, record));
    expression_describe(expression, &fixture->view, &fixture->out);
    text_buffer_add_byte(&fixture->out, 0);
    return fixture->out.bytes;
}

static void describes(void **state)
{
    static const struct row rows[] = {
        {".type == 2 and .user.id != null and .type < 5", "{\"type\":\"req\"}",
         ".type=\"req\", .user.id=null"},
        {".[\"a b\"][0] == 1", "{\"a b\":[7]}", ".[\"a b\"][0]=7"},
        {".a", "{\"a\":\"0123456789012345678901234567890123456789\xc3\xa9\"}",
         ".a=\"012345678901234567890123456789012345678..."},
        {"select(.a.b > 1) | .c", "{\"a\":{\"b\":3}}", ".a.b=3"},
        {"1 == 1", "{}", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct record_fixture fixture = {0};
        assert_string_equal(describe(&fixture, rows[i].expression, rows[i].record), rows[i].result);
        fixture_close(&fixture);
    }
}

static void assert_explained(const char *text, const char *expected)
{
    struct error_text error;
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    struct expression_set *set = expression_set_new();
    expression_explain(expression_add(set, text, &error), "--where", out);
    fclose(out);
    assert_string_equal(printed, expected);
    free(printed);
    expression_set_free(set);
}

static void explains(void **state)
{
    (void)state;
    assert_explained(" .a == .b.c ", "--where: .a == .b.c  native, reads .a .b.c\n");
    assert_explained(".a | ascii_downcase",
                     "--where: .a | ascii_downcase  libjq: ascii_downcase is not in the native "
                     "subset; about 5 us per record, integers beyond 2^53 are rounded, reads .a\n");
}

static void bare_paths_are_slots(void **state)
{
    struct error_text error;
    struct expression_set *set = expression_set_new();
    size_t slot, again;
    (void)state;
    assert_true(expression_path_slot(expression_add(set, ".a.b", &error), &slot));
    assert_true(expression_path_slot(expression_add(set, " (.a.b) ", &error), &again));
    assert_int_equal(slot, again);
    assert_false(expression_path_slot(expression_add(set, ".a + 1", &error), &slot));
    assert_string_equal(expression_path_name(expression_add(set, ".a.b", &error)), "b");
    assert_string_equal(expression_path_name(expression_add(set, ".[\"x y\"][0]", &error)), "x y");
    assert_null(expression_path_name(expression_add(set, ".a[.b]", &error)));
    assert_null(expression_path_name(expression_add(set, ".a | .b", &error)));
    assert_null(expression_path_name(expression_add(set, ".", &error)));
    expression_set_free(set);
}

/* jq binds a name to the last of its members; the headers come as kcat prints them. */
static void kafka_variables(void **state)
{
    static const struct row rows[] = {
        {"[$topic, $partition, $offset, $key, $ts]", "{}", "[\"t\",3,9007199254740993,null,17]"},
        {"$headers.b", "{}", "\"3\""},
        {"$headers", "{}", "{\"a\":null,\"b\":\"3\"}"},
        {"$headers | keys", "{}", "[\"a\",\"b\"]"},
        {"$headers.a.x", "{}", "null"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct record_fixture fixture = {.set = expression_set_new()};
        fixture.variables.topic = (struct json_slice){"\"t\"", 3, JSON_STRING, 0};
        fixture.variables.partition = (struct json_slice){"3", 1, JSON_NUMBER, JSON_FLAG_INTEGER};
        fixture.variables.offset = (struct json_slice){"9007199254740993", 16, JSON_NUMBER,
                                                       JSON_FLAG_INTEGER};
        fixture.variables.ts = (struct json_slice){"17", 2, JSON_NUMBER, JSON_FLAG_INTEGER};
        fixture.variables.headers = (struct json_slice){
            "[\"b\",\"1\",\"a\",null,\"\\u0062\",\"3\"]", 30, JSON_ARRAY, 0};
        const char *result = fixture_evaluate(
            &fixture, expression_add(fixture.set, rows[i].expression, &fixture.error),
            rows[i].record);
        if (i == 2)
            assert_string_equal(result, "{\"a\":null,\"\\u0062\":\"3\"}");
        else
            assert_string_equal(result, rows[i].result);
        fixture_close(&fixture);
    }
}

static void members_read_twice_are_rejected(void **state)
{
    struct record_fixture fixture = {.set = expression_set_new()};
    (void)state;
    const struct expression *expression = expression_add(fixture.set, ".a == 1", &fixture.error);
    fixture_evaluate(&fixture, expression, "{\"a\":1,\"a\":1}");
    assert_false(fixture.evaluated);
    assert_memory_equal(fixture.error.text, "scan: member", 12);
    fixture_close(&fixture);
}

static void the_environment_stays(void **state)
{
    struct error_text error;
    struct expression_set *set = expression_set_new();
    (void)state;
    setenv("HOME", "/home/somebody", 1);
    assert_non_null(expression_add(set, "[.a[]]", &error));
    assert_string_equal(getenv("HOME"), "/home/somebody");
    assert_true(strncmp(expression_libjq_version(), "libjq 1.", 8) == 0);
    expression_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(native_expressions),
        cmocka_unit_test(foreign_expressions),
        cmocka_unit_test(operands_for_libjq),
        cmocka_unit_test(refused_expressions),
        cmocka_unit_test(describes),
        cmocka_unit_test(explains),
        cmocka_unit_test(bare_paths_are_slots),
        cmocka_unit_test(kafka_variables),
        cmocka_unit_test(members_read_twice_are_rejected),
        cmocka_unit_test(the_environment_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
