#include "expression/expression.h"
#include "ndjson/json_iterator.h"
#include "sql/column_type.h"
#include "sql/sql_dialect.h"
#include "sql/sql_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct row {
    const char *type, *json, *postgres, *sqlite; /* as written; NULL = refused */
};

static const struct row rows[] = {
    {"text", "\"a\\tb\\\\\\n'\\\"\"", "a\\tb\\\\\\n'\"", "\"a\\tb\\\\\\n''\\\"\""},
    {"text", "\"\\u0000\"", NULL, NULL},
    {"text", "\"\\u00e9\\ud83d\\ude00\\u0001\"", "é😀\001", "\"é😀\\u0001\""},
    {"text", "null", "\\N", "null"},
    {"text", "[1,\"x\"]", "[1,\"x\"]", "\"[1,\\\"x\\\"]\""},
    {"bigint", "9223372036854775807", "9223372036854775807", "9223372036854775807"},
    {"bigint", "9223372036854775808", NULL, NULL},
    {"bigint", "-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
    {"bigint", "1e3", "1000", "1000"},
    {"bigint", "\"-7\"", "-7", "-7"},
    {"bigint", "1.5", NULL, NULL},
    {"smallint", "-32768", "-32768", "-32768"},
    {"smallint", "-32769", NULL, NULL},
    {"integer", "2147483648", NULL, NULL},
    {"integer", "true", NULL, NULL},
    {"numeric", "1.50", "1.50", "1.5"},
    {"numeric", "-0", "-0", "0"},
    {"numeric", "1.0", "1.0", "1"},
    {"numeric", "18446744073709551615", "18446744073709551615", "\"18446744073709551615\""},
    {"numeric", "0.30000000000000004", "0.30000000000000004", "0.30000000000000004"},
    {"numeric", "0.300000000000000041", "0.300000000000000041", "\"0.300000000000000041\""},
    {"numeric", "\"12.5\"", "12.5", "12.5"},
    {"numeric", "\" 12.5\"", NULL, NULL},
    {"numeric", "\"\"", NULL, NULL},
    {"numeric", "1e131071", "1e131071", "\"1e131071\""},
    {"numeric", "1e131072", NULL, "\"1e131072\""},
    {"numeric", "1e-16383", "1e-16383", "\"1e-16383\""},
    {"numeric", "0e-16384", NULL, "0"},
    {"double", "0.1", "0.1", "0.1"},
    {"double", "1e400", NULL, NULL},
    {"double", "1e-400", NULL, NULL},
    {"double", "1.7976931348623157e308", "1.7976931348623157e308", "1.7976931348623157e308"},
    {"boolean", "true", "t", "1"},
    {"boolean", "\"true\"", NULL, NULL},
    {"timestamptz", "1999", "1970-01-01T00:00:00.000001Z", "\"1970-01-01T00:00:00.000001999Z\""},
    {"timestamptz", "-1", "1969-12-31T23:59:59.999999Z", "\"1969-12-31T23:59:59.999999999Z\""},
    {"timestamptz", "\"2024-05-01T12:00:00+02:00\"", "2024-05-01T10:00:00Z",
     "\"2024-05-01T10:00:00.000000000Z\""},
    {"timestamptz", "\"2024-05-01\"", NULL, NULL},
    {"date", "\"2024-02-29\"", "2024-02-29", "\"2024-02-29\""},
    {"date", "\"2023-02-29\"", NULL, NULL},
    {"date", "\"2024-05-01T01:00:00+02:00\"", "2024-04-30", "\"2024-04-30\""},
    {"uuid", "\"6F9619FF-8B86-D011-B42D-00CF4FC964FF\"", "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
     "\"6f9619ff-8b86-d011-b42d-00cf4fc964ff\""},
    {"uuid", "\"6F9619FF-8B86-D011-B42D-00CF4FC964F\\u0000\"", NULL, NULL},
    {"jsonb", "{\"a\":\"\\u0000\"}", NULL, "\"{\\\"a\\\":\\\"\\\\u0000\\\"}\""},
    {"jsonb", "{\"a\":\"\\\\u0000\"}", "{\"a\":\"\\\\\\\\u0000\"}",
     "\"{\\\"a\\\":\\\"\\\\\\\\u0000\\\"}\""},
    {"jsonb", "[[1e131072]]", NULL, "\"[[1e131072]]\""},
};

static void check(const struct row *row, const struct sql_dialect *dialect, const char *expected)
{
    struct scratch scratch = {0};
    char name[] = "c";
    struct sql_column column = {.name = name, .type = column_type_find(row->type, NULL)};
    struct sql_table table = {.dialect = dialect, .columns = &column, .count = 1};
    struct column_input input = {column.type,
                                 {true, TIME_UNIT_NS},
                                 dialect->kind,
                                 json_slice_at(row->json, row->json + strlen(row->json)),
                                 &scratch};
    struct sql_value value;
    struct error_text error;
    struct text_buffer out = {0};
    if (column_convert(&input, &value, &error)) {
        dialect->write_row(&table, &value, false, &out);
        if (dialect == &sql_dialect_postgres) /* TAB f TAB value LF */
            memmove(out.bytes, out.bytes + 3, out.length -= 4);
        else /* [value] */
            memmove(out.bytes, out.bytes + 1, out.length -= 2);
        text_buffer_add_byte(&out, '\0');
    }
    if (out.length == 0 || expected == NULL) {
        if (out.length > 0 || expected != NULL)
            fail_msg("%s %s for %s: %s", row->type, row->json, dialect->client,
                     out.length > 0 ? out.bytes : error.text);
    } else {
        assert_string_equal(out.bytes, expected);
    }
    text_buffer_free(&out);
    scratch_free(&scratch);
}

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(&rows[i], &sql_dialect_postgres, rows[i].postgres);
        check(&rows[i], &sql_dialect_sqlite, rows[i].sqlite);
    }
}

static void identify(struct text_buffer *out, enum sql_kind kind, const char *bytes)
{
    struct sql_value value = {.kind = kind, .text = {bytes, strlen(bytes)}};
    sql_value_identify(&value, 1, out);
}

static void assert_identities(const char *a, const char *b, enum sql_kind kind, bool equal)
{
    struct text_buffer left = {0}, right = {0};
    identify(&left, kind, a);
    identify(&right, kind, b);
    assert_true(equal ==
                (left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0));
    text_buffer_free(&left);
    text_buffer_free(&right);
}

static void test_identity(void **state)
{
    (void)state;
    assert_identities("1", "1.0", SQL_NUMBER, true);
    assert_identities("100", "1e2", SQL_NUMBER, true);
    assert_identities("9007199254740993", "9007199254740992", SQL_NUMBER, false);
    assert_identities("1", "1.0", SQL_TEXT, false);
    /* Two columns never look like two others. */
    struct text_buffer left = {0}, right = {0};
    identify(&left, SQL_TEXT, "ab");
    identify(&left, SQL_TEXT, "c");
    identify(&right, SQL_TEXT, "a");
    identify(&right, SQL_TEXT, "bc");
    assert_memory_not_equal(left.bytes, right.bytes, left.length);
    text_buffer_free(&left);
    text_buffer_free(&right);
}

static void test_times_of_one_microsecond_are_one_key(void **state)
{
    struct sql_value early = {.kind = SQL_TIME, .time = -1},
                     late = {.kind = SQL_TIME, .time = -999};
    struct text_buffer texts[3] = {0};
    (void)state;
    sql_value_identify(&early, 1000, &texts[0]);
    sql_value_identify(&late, 1000, &texts[1]);
    sql_value_identify(&late, 1, &texts[2]);
    assert_int_equal(texts[0].length, texts[1].length);
    assert_memory_equal(texts[0].bytes, texts[1].bytes, texts[0].length);
    assert_int_not_equal(texts[1].length, texts[2].length);
    for (size_t i = 0; i < 3; i++)
        text_buffer_free(&texts[i]);
}

static void test_names(void **state)
{
    static const char *const right[] = {"a", "_a1", "public.t", "SELECT", "A_b.c_D"};
    static const char *const wrong[] = {"",     "1a", "a b", "a\"b", "a.b.c",   ".a",
                                        "a.",   "é",  "a;",  "a'",   "EVSQL_x", "x.evsql_batch",
                                        "a\nb", "a--"};
    struct error_text error;
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_true(sql_table_name_check(right[i], &error));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(sql_table_name_check(wrong[i], &error));
    char longest[65] = {0};
    memset(longest, 'n', 63);
    assert_true(sql_name_check(longest, &error));
    longest[63] = 'n';
    assert_false(sql_name_check(longest, &error));
    struct text_buffer out = {0};
    sql_name_write(&out, "s.t");
    assert_memory_equal(out.bytes, "\"s\".\"t\"", out.length);
    text_buffer_free(&out);
}

static void test_typed_lists(void **state)
{
    static const char *const texts[] = {"k:text=.k", "k:timestamptz=.a.b:ms", "k=.k", ".k:ms",
                                        "\"k\":text={a:1}|.a"};
    static const char *const types[] = {"text", "timestamptz", "", "", "text"};
    static const char *const units[] = {"", "ms", "", "ms", ""};
    struct error_text error;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct expression_set *set = expression_set_new();
        const struct expression_list *list = expression_add_typed_list(set, texts[i], &error);
        assert_non_null(list);
        const struct expression_item *item = &list->items[0];
        assert_string_equal(item->name, "k");
        assert_string_equal(item->type == NULL ? "" : item->type, types[i]);
        assert_string_equal(item->unit == NULL ? "" : item->unit, units[i]);
        expression_set_free(set);
    }
    struct expression_set *set = expression_set_new();
    assert_null(expression_add_list(set, texts[0], &error));
    assert_null(expression_add_typed_list(set, "k:text=", &error));
    assert_null(expression_add_typed_list(set, "k:text:x=.k", &error));
    expression_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_times_of_one_microsecond_are_one_key),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_typed_lists),
    };
    return cmocka_run_group_tests_name("sql_values", tests, NULL, NULL);
}
