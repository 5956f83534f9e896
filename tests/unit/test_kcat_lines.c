#include "generate/kcat_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The hashes that Kafka's own tests expect of its murmur2. */
static void test_partition_is_kafkas(void **state)
{
    (void)state;
    const struct {
        const char *key;
        int32_t hash;
    } cases[] = {{"21", -973932308},
                 {"foobar", -790332482},
                 {"a-little-bit-long-string", -985981536},
                 {"a-little-bit-longer-string", -1486304829},
                 {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
                 {"abc", 479470107}};
    struct kcat_lines lines = {.partitions = 65521};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(kcat_lines_partition(&lines, cases[i].key, strlen(cases[i].key)),
                         ((uint32_t)cases[i].hash & 0x7fffffff) % 65521);
}

static void test_lines(void **state)
{
    (void)state;
    const char payload[] = "{\"a\":\"\\n\x01\t\xff\"}";
    struct kcat_lines lines;
    struct text_buffer out = {0};
    struct kcat_message message = {.partition = 1,
                                   .time = 1700000000123456789,
                                   .headers = "[\"record_type\",\"2\"]",
                                   .key = "k",
                                   .key_length = 1,
                                   .payload = payload,
                                   .payload_length = sizeof payload - 1};
    kcat_lines_init(&lines, "requests", 2);
    kcat_lines_add(&lines, &message, &out);
    message.headers = NULL;
    message.payload = NULL;
    message.time = -1;
    kcat_lines_add(&lines, &message, &out);
    text_buffer_add_byte(&out, '\0');
    assert_string_equal(
        out.bytes,
        "{\"topic\":\"requests\",\"partition\":1,\"offset\":0,\"tstype\":\"create\","
        "\"ts\":1700000000123,\"broker\":1,\"headers\":[\"record_type\",\"2\"],\"key\":\"k\","
        "\"payload\":\"{\\\"a\\\":\\\"\\\\n\\u0001\\t\xff\\\"}\"}\n"
        "{\"topic\":\"requests\",\"partition\":1,\"offset\":1,\"tstype\":\"create\","
        "\"ts\":-1,\"broker\":1,\"key\":\"k\",\"payload\":null}\n");
    text_buffer_free(&out);
    kcat_lines_free(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partition_is_kafkas),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests_name("kcat_lines", tests, NULL, NULL);
}
