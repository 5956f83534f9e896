#include "replay/recording.h"
#include "replay/replay_clock.h"
#include "replay/time_shift.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static void reads_speeds(void **state)
{
    static const struct {
        const char *text;
        int64_t recorded, taken;
    } rows[] = {
        {"1x", 1000, 1000},
        {"60x", 60000, 1000},
        {"0.5x", 1000, 2000},
        {"1.5x", 1500, 1000},
        {"3x", 10, 3},
        {"3x", -10, -4},
        {"1x", -7, -7},
        {"010x", 1000, 100},
        {"0.001x", 1, 1000},
        {"1.0x", 1000, 1000},
        {"999999999x", 999999999, 1},
        {"0.000000001x", INT64_MAX, INT64_MAX},
        {"0.1x", INT64_MIN, INT64_MIN},
        {"0.999999999x", INT64_MAX / 2, INT64_C(4611686023039073926)},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct replay_speed speed;
        assert_true(replay_speed_parse(rows[i].text, &speed, NULL));
        assert_int_equal(replay_speed_scale(speed, rows[i].recorded), rows[i].taken);
    }
}

static void refuses_other_speeds(void **state)
{
    static const char *const rows[] = {
        "",        "x",   "60",          "fast",          "0x",  "0.0x", "-1x",
        "+1x",     "1.x", ".5x",         "1e3x",          "1x ", "1X",   "1xx",
        "maximum", "MAX", "1234567890x", "0.1234567890x", "1,5x"};
    struct replay_speed speed = {7, 8};
    struct error_text error;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_false(replay_speed_parse(rows[i], &speed, &error));
        assert_true(speed.factor == 7 && speed.divisor == 8);
    }
    replay_speed_parse("60", &speed, &error);
    assert_string_equal(error.text, "'60' lacks its x (60x)");
    replay_speed_parse("fast", &speed, &error);
    assert_string_equal(error.text, "'fast' is not a speed (1x, 60x, 0.5x, max)");
}

static void counts_from_the_first_record(void **state)
{
    struct replay_clock clock = {.speed = {10, 1}};
    (void)state;
    assert_false(clock.started);
    replay_clock_start(&clock, 5000, 100);
    assert_true(clock.started);
    assert_int_equal(replay_clock_due(&clock, 5000), 100);
    assert_int_equal(replay_clock_due(&clock, 6000), 200);
    assert_int_equal(replay_clock_due(&clock, 4000), 0);
    clock.speed = (struct replay_speed){0, 1};
    assert_int_equal(replay_clock_due(&clock, 6000), INT64_MIN);
}

static void measures_recordings(void **state)
{
    struct recording recording = {0};
    (void)state;
    assert_int_equal(recording_period(&recording), 0);
    recording_note(&recording, -100);
    assert_int_equal(recording_period(&recording), 0);
    recording_note(&recording, 200);
    assert_int_equal(recording_period(&recording), 600);
    recording_note(&recording, 100);
    recording_note(&recording, -200);
    assert_int_equal(recording.earliest, -200);
    assert_int_equal(recording.latest, 200);
    assert_int_equal(recording_period(&recording), 533);
}

/* The member is what lies between the bars. */
static void moves_times_in_place(void **state)
{
    static const int64_t noon = INT64_C(1714564800000000000);
    static const struct {
        const char *line;
        enum json_kind kind;
        uint8_t flags;
        enum time_unit unit;
        int64_t time;
        const char *result;
    } rows[] = {
        {"{\"t\":|1|,\"x\":1.50}", JSON_NUMBER, 0, TIME_UNIT_NS, 25, "{\"t\":25,\"x\":1.50}"},
        {"{ \"t\" : |1.00| }", JSON_NUMBER, 0, TIME_UNIT_S, noon, "{ \"t\" : 1714564800.00 }"},
        {"{\"t\":|\"1714521600123\"|}", JSON_STRING, 0, TIME_UNIT_MS, noon,
         "{\"t\":\"1714564800000\"}"},
        {"{\"a\":{\"t\":|\"2020-01-01T00:00:00.000+02:00\"|}}", JSON_STRING, 0, TIME_UNIT_NS, noon,
         "{\"a\":{\"t\":\"2024-05-01T14:00:00.000+02:00\"}}"},
        {"{\"t\":|\"2020-01-01T00:00:00\\u002b02:00\"|}", JSON_STRING, JSON_FLAG_ESCAPED,
         TIME_UNIT_UTC, noon, "{\"t\":\"2024-05-01T14:00:00+02:00\"}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scratch scratch = {0};
        struct text_buffer out = {0};
        const char *first = strchr(rows[i].line, '|'), *second = strchr(first + 1, '|');
        size_t before = (size_t)(first - rows[i].line), inside = (size_t)(second - first - 1);
        char line[128];
        memcpy(line, rows[i].line, before);
        memcpy(line + before, first + 1, inside);
        strcpy(line + before + inside, second + 1);
        struct json_slice member = {line + before, (uint32_t)inside, (uint8_t)rows[i].kind,
                                    rows[i].flags};
        time_shift_write(line, strlen(line), member, rows[i].unit, rows[i].time, &scratch, &out);
        assert_int_equal(out.length, strlen(rows[i].result));
        assert_memory_equal(out.bytes, rows[i].result, out.length);
        text_buffer_free(&out);
        scratch_free(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(reads_speeds),
        cmocka_unit_test(refuses_other_speeds),
        cmocka_unit_test(counts_from_the_first_record),
        cmocka_unit_test(measures_recordings),
        cmocka_unit_test(moves_times_in_place),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
