#include "latency/saved_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "{\"report\":\"evlatency 1\",\"from\":\".a\",\"to\":\"now\","
#define GOOD                                                                                       \
    HEAD "\"count\":3,\"negative\":1,\"beyond_1d\":0,\"min_ns\":-7,\"max_ns\":4097,\"sum_ns\":"    \
         "4095,\"histogram_ns\":[[-7,1],[5,1],[4096,1]]}"

static bool parses(const char *text, struct saved_report *report)
{
    struct error_text error;
    return saved_report_parse(report, text, strlen(text), &error);
}

static void check_good(const char *text)
{
    struct saved_report report;
    assert_true(parses(text, &report));
    assert_string_equal(report.from, ".a");
    assert_string_equal(report.to, "now");
    assert_int_equal(report.histogram.count, 3);
    assert_int_equal(report.histogram.negative, 1);
    assert_int_equal(report.histogram.max, 4097);
    assert_int_equal(latency_histogram_percentile(&report.histogram, 50000000), 5);
    saved_report_free(&report);
}

static void reads(void **state)
{
    struct saved_report report;
    (void)state;
    check_good(GOOD);
    check_good(GOOD "\n\n");
    check_good("{\"report\":\"an earlier one\"}\r\n" GOOD "\r\n");
    check_good("{\"report\":\"evlatency 1\",\n\"from\":\".a\",\n\"to\":\"now\",\n\"count\": 3,"
               "\"beyond_1d\":0,\"min_ns\":-7,\"max_ns\":4097,\n\"sum_ns\":4095,\n"
               "\"histogram_ns\":\n[\n [ -7 , 1 ] ,\n [5,1], [4096,\n1]\n]\n}\n");
    assert_true(
        parses(HEAD "\"count\":0,\"beyond_1d\":0,\"sum_ns\":0,\"histogram_ns\":[]}", &report));
    assert_int_equal(report.histogram.count, 0);
    saved_report_free(&report);
}

static void refuses(void **state)
{
#define REST ",\"min_ns\":5,\"max_ns\":5,\"sum_ns\":5,\"histogram_ns\":"
    static const char *const texts[] = {
        "",
        "\n \n",
        "[]",
        "{}",
        "{\"report\":\"evlatency 2\"}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[[5,1]]",
        HEAD "\"count\":2,\"beyond_1d\":0" REST "[[5,1]]}",
        HEAD "\"count\":1,\"beyond_1d\":2" REST "[[5,1]]}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[[4,1]]}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[[5,1],[9,0]]}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[[5,-1]]}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[[5,1.5]]}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[[5]]}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[5,1]}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[[\"5\",1]]}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "{\"5\":1}}",
        HEAD "\"count\":1,\"beyond_1d\":0" REST "[[99999999999999999999,1]]}",
        HEAD "\"count\":-1,\"beyond_1d\":0" REST "[]}",
        HEAD "\"count\":2,\"beyond_1d\":0,\"min_ns\":5,\"max_ns\":9,\"sum_ns\":99,"
             "\"histogram_ns\":[[5,1],[9,1]]}",
        HEAD "\"count\":2,\"beyond_1d\":0,\"min_ns\":4097,\"max_ns\":4096,\"sum_ns\":8192,"
             "\"histogram_ns\":[[4096,2]]}",
        HEAD "\"count\":1,\"beyond_1d\":0,\"min_ns\":4099,\"max_ns\":4099,\"sum_ns\":4099,"
             "\"histogram_ns\":[[4099,1]]}",
        HEAD "\"count\":1,\"count\":1,\"beyond_1d\":0" REST "[[5,1]]}",
    };
    struct saved_report report;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (parses(texts[i], &report))
            fail_msg("accepted %s", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
