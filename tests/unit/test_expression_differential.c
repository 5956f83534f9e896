/* Random expressions of the native subset over random records: native and libjq must give the same
   result, or both none, or both an error. SEED=N and EXPRESSIONS=N choose another run. Numbers are
   few and dyadic or thirds, so that libjq's doubles are as exact as the decimals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ndjson/json_iterator.h"
#include "record_fixture.h"

/* libjq 1.6 loses a few values when a builtin fails inside of `try`; our own use of it is held free
   of leaks by test_expression. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libjq.so";
}

enum { BATCH = 40, RECORDS = 30, DEPTH = 3 };

struct source {
    uint64_t state;
};

static size_t below(struct source *source, size_t limit)
{
    source->state = source->state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(source->state >> 33) % limit;
}

#define PICK(source, table) ((table)[below((source), sizeof(table) / sizeof((table)[0]))])

static const char *const numbers[] = {"0", "1", "2",   "-1",  "4",   "0.5",  "-0.25",
                                      "3", "6", "1.5", "1.0", "2e0", "10e-1"};
static const char *const strings[] = {
    "\"\"",    "\"a\"",   "\"ab\"",  "\"b\"", "\"abc\"",     "\"12\"",       "\"01\"",
    "\" 7 \"", "\"1e1\"", "\"x y\"", "\"-\"", "\"\\u00e9\"", "\"\\u0061b\"", "\"k\\\"\\n\""};
static const char *const names[] = {"a", "b", "c", "d", "x y"};

static void write_value(struct source *source, struct text_buffer *out, size_t depth)
{
    size_t kind = below(source, depth > 0 ? 11 : 8);
    kind -= kind == 10;
    size_t count = kind >= 8 ? below(source, 4) : 0;
    if (kind < 2)
        text_buffer_add_text(out, kind == 0 ? "null" : below(source, 2) ? "true" : "false");
    else if (kind < 5)
        text_buffer_add_text(out, PICK(source, numbers));
    else if (kind < 8)
        text_buffer_add_text(out, PICK(source, strings));
    if (kind < 8)
        return;
    text_buffer_add_byte(out, kind == 8 ? '[' : '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_buffer_add_text(out, below(source, 2) ? "," : " , ");
        if (kind == 9)
            text_buffer_add_format(out, "\"%s\": ", names[i]);
        write_value(source, out, depth - 1);
    }
    text_buffer_add_byte(out, kind == 8 ? ']' : '}');
}

static void write_record(struct source *source, struct text_buffer *out)
{
    text_buffer_add_byte(out, '{');
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (below(source, 5) == 0)
            continue;
        text_buffer_add_format(out, "%s\"%s\":", out->bytes[out->length - 1] == '{' ? "" : ",",
                               names[i]);
        write_value(source, out, 2);
    }
    text_buffer_add_byte(out, '}');
}

/* A comparison that is not in parentheses must not become an operand of another one. */
struct generated {
    struct text_buffer text;
    bool naked;
};

static void generate(struct source *source, struct generated *out, size_t depth);

static void generate_operand(struct source *source, struct generated *out, size_t depth,
                             bool wrap_naked)
{
    struct generated operand = {{0}, false};
    generate(source, &operand, depth);
    bool wrapped = (operand.naked && wrap_naked) || below(source, 3) == 0;
    if (wrapped)
        text_buffer_add_byte(&out->text, '(');
    text_buffer_add(&out->text, operand.text.bytes, operand.text.length);
    if (wrapped)
        text_buffer_add_byte(&out->text, ')');
    out->naked = out->naked || (operand.naked && !wrapped);
    text_buffer_free(&operand.text);
}

static void generate_path(struct source *source, struct generated *out)
{
    static const char *const paths[] = {".a",
                                        ".b",
                                        ".c",
                                        ".d",
                                        ".a.b",
                                        ".a.a",
                                        ".b[0]",
                                        ".[\"x y\"]",
                                        ".",
                                        ".b?",
                                        ".a.b?",
                                        ".c[1]?",
                                        ".b.a?.c",
                                        ".d[-1]",
                                        ".a[1.5]?",
                                        ".[0]?",
                                        ".g",
                                        ".a[.b | tostring]?",
                                        ".c[.d | length]",
                                        ".a.b.c",
                                        ".d.\"x y\"",
                                        ".a[\"b\"].a",
                                        ".b.c?.a?"};
    text_buffer_add_text(&out->text, PICK(source, paths));
}

static void generate_leaf(struct source *source, struct generated *out)
{
    static const char *const others[] = {"null", "true", "false", "[]", "[1, \"a\"]", "$line"};
    size_t kind = below(source, 8);
    if (kind < 5)
        generate_path(source, out);
    else
        text_buffer_add_text(&out->text, kind == 5   ? PICK(source, numbers)
                                         : kind == 6 ? PICK(source, strings)
                                                     : PICK(source, others));
}

static void generate_binary(struct source *source, struct generated *out, size_t depth)
{
    static const char *const loose[] = {" and ", " or ", " // "};
    static const char *const tight[] = {" == ", " != ", " < ", " <= ", " > ",
                                        " >= ", " + ",  " - ", " * ",  "+"};
    bool is_loose = below(source, 2) == 0;
    const char *operator= is_loose ? PICK(source, loose) : PICK(source, tight);
    generate_operand(source, out, depth, !is_loose);
    text_buffer_add_text(&out->text, operator);
    generate_operand(source, out, depth, !is_loose);
    out->naked = out->naked || strpbrk(operator, "=<>") != NULL;
}

/* Dividing by a calculated number would leave the dyadic ones and thirds. */
static void generate_division(struct source *source, struct generated *out, size_t depth)
{
    static const char *const divisors[] = {"2", "4", "0.5", "3", ".a", ".b", ".c", "\"b\"", "null"};
    generate_operand(source, out, depth, true);
    text_buffer_add_format(&out->text, " / %s", PICK(source, divisors));
}

static void generate_pipe(struct source *source, struct generated *out, size_t depth)
{
    static const char *const functions[] = {"not",
                                            "not",
                                            "tostring",
                                            "tostring",
                                            "(.a? // .)",
                                            "length",
                                            "tostring",
                                            "tonumber",
                                            "startswith(\"a\")",
                                            "endswith(\"b\")",
                                            "contains(\"b\")",
                                            "test(\"ab\")",
                                            "startswith(.a?)",
                                            ".a",
                                            ".[0]?",
                                            ". == 1",
                                            "-.",
                                            ".b // 2",
                                            "[., 1]",
                                            ". + ."};
    text_buffer_add_byte(&out->text, '(');
    struct generated operand = {{0}, false};
    generate(source, &operand, depth);
    text_buffer_add(&out->text, operand.text.bytes, operand.text.length);
    text_buffer_free(&operand.text);
    text_buffer_add_format(&out->text, " | %s)", PICK(source, functions));
}

static void generate_condition(struct source *source, struct generated *out, size_t depth)
{
    struct generated inner = {{0}, false};
    text_buffer_add_text(&inner.text, "if ");
    generate_operand(source, &inner, depth, false);
    text_buffer_add_text(&inner.text, " then ");
    generate_operand(source, &inner, depth, false);
    if (below(source, 2)) {
        text_buffer_add_text(&inner.text, " elif ");
        generate_operand(source, &inner, depth, false);
        text_buffer_add_text(&inner.text, " then ");
        generate_operand(source, &inner, depth, false);
    }
    text_buffer_add_text(&inner.text, " else ");
    generate_operand(source, &inner, depth, false);
    text_buffer_add_text(&inner.text, " end");
    text_buffer_add(&out->text, inner.text.bytes, inner.text.length);
    text_buffer_free(&inner.text);
}

static void generate_array(struct source *source, struct generated *out, size_t depth)
{
    struct generated inner = {{0}, false};
    size_t count = 1 + below(source, 3);
    for (size_t i = 0; i < count; i++) {
        text_buffer_add_byte(&inner.text, i == 0 ? '[' : ',');
        generate_operand(source, &inner, depth, false);
    }
    text_buffer_add(&out->text, inner.text.bytes, inner.text.length);
    text_buffer_add_byte(&out->text, ']');
    text_buffer_free(&inner.text);
}

static void generate(struct source *source, struct generated *out, size_t depth)
{
    size_t kind = depth == 0 ? 0 : below(source, 12);
    if (kind < 2) {
        generate_leaf(source, out);
    } else if (kind < 7) {
        generate_binary(source, out, depth - 1);
    } else if (kind < 8) {
        generate_division(source, out, depth - 1);
    } else if (kind < 10) {
        generate_pipe(source, out, depth - 1);
    } else if (kind == 10) {
        if (below(source, 2)) {
            generate_condition(source, out, depth - 1);
            return;
        }
        text_buffer_add_text(&out->text, "-");
        generate_operand(source, out, depth - 1, true);
    } else {
        generate_array(source, out, depth - 1);
    }
}

/* Expressions compiled both ways: libjq has all of a batch in one program, which gives per
   expression the array of its results, or "!" for an error. */
struct batch {
    size_t outcomes[3]; /* one result, none, error */
    struct expression_set *set;
    char *texts[BATCH];
    const struct expression *native[BATCH];
    const struct expression *foreign;
};

static void batch_open(struct batch *batch, struct source *source)
{
    struct error_text error;
    struct text_buffer program = {0};
    memset(batch->outcomes, 0, sizeof batch->outcomes);
    batch->set = expression_set_new();
    for (size_t i = 0; i < BATCH; i++) {
        struct generated generated = {{0}, false};
        generate(source, &generated, DEPTH);
        text_buffer_add_byte(&generated.text, 0);
        batch->texts[i] = generated.text.bytes;
        batch->native[i] = expression_add(batch->set, batch->texts[i], &error);
        if (!batch->native[i])
            fail_msg("%s: %s", batch->texts[i], error.text);
        text_buffer_add_format(&program, "%s(try [%s] catch \"!\")", i == 0 ? "[" : ",\n",
                               batch->texts[i]);
    }
    text_buffer_add(&program, "]", 2);
    batch->foreign = expression_compile_foreign(batch->set, program.bytes, &error);
    if (!batch->foreign)
        fail_msg("%.90s", error.text);
    text_buffer_free(&program);
}

static void batch_close(struct batch *batch)
{
    for (size_t i = 0; i < BATCH; i++)
        free(batch->texts[i]);
    expression_set_free(batch->set);
}

/* Decimals have no negative zero, and libjq's shows as text only. */
static bool shows_negative_zero(struct json_slice slice)
{
    return memmem(slice.text, slice.length, "-0\"", 3) ||
           memmem(slice.text, slice.length, "-0,", 3);
}

static void compare(struct batch *batch, size_t number, struct record_fixture *fixture,
                    struct json_slice expected)
{
    struct value value;
    const char *text = batch->texts[number];
    bool one = expression_evaluate(batch->native[number], &fixture->view, &fixture->scratch, &value,
                                   &fixture->error);
    bool none = !one && strcmp(fixture->error.text, "no result") == 0;
    const char *outcome = one ? "[" : none ? "[]" : "\"!\"";
    struct json_slice result = {.kind = JSON_ABSENT};
    batch->outcomes[one ? 0 : none ? 1 : 2]++;
    if (one)
        result = value_slice(&value, &fixture->scratch);
    bool same = one ? expected.kind == JSON_ARRAY && json_array_length(expected) == 1 &&
                          json_compare(json_element(expected, 0), result) == 0
                    : expected.length == strlen(outcome) &&
                          memcmp(expected.text, outcome, expected.length) == 0;
    if (!same && !shows_negative_zero(expected))
        fail_msg("%s\non %s\nnative: %s%.*s, libjq: %.*s", text, fixture->text,
                 one ? "" : fixture->error.text, (int)result.length, result.text,
                 (int)expected.length, expected.text);
}

static void compare_record(struct batch *batch, struct source *source)
{
    struct text_buffer record = {0};
    struct record_fixture fixture = {.set = batch->set};
    struct value all;
    fixture.variables.line = 3;
    write_record(source, &record);
    text_buffer_add_byte(&record, 0);
    if (!fixture_scan(&fixture, record.bytes))
        fail_msg("%s: %s", record.bytes, fixture.error.text);
    if (!expression_evaluate(batch->foreign, &fixture.view, &fixture.scratch, &all, &fixture.error))
        fail_msg("%s", fixture.error.text);
    struct json_iterator results = json_iterator_start(all.slice);
    struct json_slice result;
    for (size_t i = 0; json_iterator_next(&results, NULL, &result); i++)
        compare(batch, i, &fixture, result);
    fixture.set = NULL;
    fixture_close(&fixture);
    text_buffer_free(&record);
}

static size_t setting(const char *name, size_t usual)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : usual;
}

static void native_agrees_with_libjq(void **state)
{
    size_t seed = setting("SEED", 1), wanted = setting("EXPRESSIONS", 800), native = 0, all = 0;
    size_t outcomes[3] = {0, 0, 0};
    struct source source = {seed};
    (void)state;
    print_message("SEED=%zu EXPRESSIONS=%zu\n", seed, wanted);
    for (; all < wanted; all += BATCH) {
        struct batch batch;
        batch_open(&batch, &source);
        for (size_t i = 0; i < BATCH; i++)
            native += expression_native(batch.native[i]);
        for (size_t i = 0; i < RECORDS; i++)
            compare_record(&batch, &source);
        for (size_t i = 0; i < 3; i++)
            outcomes[i] += batch.outcomes[i];
        batch_close(&batch);
    }
    print_message("%zu results, %zu without, %zu errors\n", outcomes[0], outcomes[1], outcomes[2]);
    print_message("%zu of %zu expressions native\n", native, all);
    assert_true(native * 20 > all * 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(native_agrees_with_libjq)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
