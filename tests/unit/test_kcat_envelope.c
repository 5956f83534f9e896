#include "stream/kcat_envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct opened {
    enum envelope_status status;
    struct json_line line;
    struct record_variables variables;
    char payload[256];
    struct scratch scratch;
};

/* Opens one line that stands in a buffer with padding. */
static struct opened open_line(const char *text)
{
    static char bytes[1024];
    struct opened opened = {.variables = {.file = "f"}};
    struct kcat_envelope *envelope = kcat_envelope_new();
    const char *payload = "";
    size_t length = 0;
    memset(bytes, '"', sizeof bytes);
    strcpy(bytes, text);
    opened.status = kcat_envelope_open(envelope, bytes, bytes + strlen(text), &opened.scratch,
                                       &opened.line, &opened.variables, &payload, &length);
    snprintf(opened.payload, sizeof opened.payload, "%.*s", (int)length, payload);
    kcat_envelope_free(envelope);
    return opened;
}

static void assert_slice(struct json_slice slice, const char *text)
{
    assert_int_equal(slice.length, strlen(text));
    assert_memory_equal(slice.text, text, slice.length);
}

static void payload_and_variables_are_taken_out(void **state)
{
    struct opened opened = open_line(
        "{\"topic\":\"t\",\"partition\":2,\"offset\":17,\"tstype\":\"create\",\"ts\":1700000000123,"
        "\"broker\":1,\"headers\":[\"h\",\"v\",\"n\",null],\"key\":\"k\\\"\",\"payload\":"
        "\"{\\\"a\\\":\\n 9007199254740993}\"}\n");
    (void)state;
    assert_int_equal(opened.status, ENVELOPE_PAYLOAD);
    assert_string_equal(opened.payload, "{\"a\":\t 9007199254740993}");
    assert_slice(opened.variables.topic, "\"t\"");
    assert_slice(opened.variables.partition, "2");
    assert_slice(opened.variables.offset, "17");
    assert_slice(opened.variables.ts, "1700000000123");
    assert_slice(opened.variables.key, "\"k\\\"\"");
    assert_slice(opened.variables.headers, "[\"h\",\"v\",\"n\",null]");
    scratch_free(&opened.scratch);
}

static void what_is_missing_reads_as_null(void **state)
{
    struct opened opened = open_line("{\"topic\":\"t\",\"payload\":\"{}\"}");
    (void)state;
    assert_int_equal(opened.status, ENVELOPE_PAYLOAD);
    assert_true(json_slice_absent(opened.variables.headers));
    assert_true(json_slice_absent(opened.variables.ts));
    scratch_free(&opened.scratch);
}

static void null_payloads_are_tombstones(void **state)
{
    struct opened opened = open_line(
        "{\"topic\":\"t\",\"offset\":1,\"key\":\"k\",\"payload\":null}");
    (void)state;
    assert_int_equal(opened.status, ENVELOPE_TOMBSTONE);
    scratch_free(&opened.scratch);
}

static void bytes_that_are_no_utf8_are_repaired_in_keys_and_kept_in_payloads(void **state)
{
    struct opened opened = open_line("{\"topic\":\"t\",\"key\":\"a\xff"
                                     "b\",\"payload\":\"{\\\"a\\\":\\\"\xff\\\"}\"}");
    (void)state;
    assert_int_equal(opened.status, ENVELOPE_PAYLOAD);
    assert_slice(opened.variables.key, "\"a\xef\xbf\xbd"
                                       "b\"");
    assert_string_equal(opened.payload, "{\"a\":\"\xff\"}");
    scratch_free(&opened.scratch);
}

static void other_lines_are_told_apart(void **state)
{
    static const struct {
        const char *line;
        enum envelope_status status;
    } rows[] = {{"  \n", ENVELOPE_BLANK},
                {"{\"a\":1}", ENVELOPE_REJECTED},
                {"{\"payload\":{\"a\":1}}", ENVELOPE_REJECTED},
                {"{\"payload\":\"x\"", ENVELOPE_REJECTED},
                {"{\"payload\":\"{}\",\"payload\":\"{}\"}", ENVELOPE_REJECTED}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct opened opened = open_line(rows[i].line);
        assert_int_equal(opened.status, rows[i].status);
        if (rows[i].status == ENVELOPE_REJECTED)
            assert_non_null(opened.line.reason);
        scratch_free(&opened.scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payload_and_variables_are_taken_out),
        cmocka_unit_test(what_is_missing_reads_as_null),
        cmocka_unit_test(null_payloads_are_tombstones),
        cmocka_unit_test(bytes_that_are_no_utf8_are_repaired_in_keys_and_kept_in_payloads),
        cmocka_unit_test(other_lines_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
