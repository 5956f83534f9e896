#include "generate/send_pace.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct line_writer discard;

static int64_t wait_for(struct send_pace *pace, int64_t time)
{
    int64_t begin = clock_steady();
    while (send_pace_wait(pace, time, &discard) == SEND_EARLY)
        ;
    return clock_steady() - begin;
}

/* 100 ms of event time at ten times the speed; a sleep may end late on a busy machine, never early.
 */
static void test_factor(void **state)
{
    struct send_pace pace;
    (void)state;
    send_pace_init(&pace, 10, 7 * NS_PER_SECOND);
    int64_t took = wait_for(&pace, 7 * NS_PER_SECOND + 100 * NS_PER_MS);
    assert_true(took >= 9 * NS_PER_MS && took < NS_PER_SECOND);
    assert_true(wait_for(&pace, 7 * NS_PER_SECOND + 90 * NS_PER_MS) < 5 * NS_PER_MS);
}

/* 98 records on time and two a second late: the second latest decides. */
static void test_error(void **state)
{
    struct send_pace pace;
    (void)state;
    send_pace_init(&pace, 1, 0);
    assert_int_equal(send_pace_error(&pace, 0.99), 0);
    wait_for(&pace, 0);
    for (int i = 0; i < 97; i++)
        send_pace_wait(&pace, pace.now - pace.steady_start, &discard);
    wait_for(&pace, -NS_PER_SECOND);
    wait_for(&pace, -NS_PER_SECOND);
    int64_t error = send_pace_error(&pace, 0.99);
    assert_true(error >= NS_PER_SECOND && error < NS_PER_SECOND + NS_PER_SECOND / 4);
    assert_true(send_pace_error(&pace, 0.5) < NS_PER_SECOND / 4);
}

static void test_speeds(void **state)
{
    const char *const refused[] = {"", "x", "0x", "-1x", "1", "1x ", "infx", "1e9x", "maximal"};
    struct send_speed speed;
    struct error_text error;
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(send_speed_store(&speed, refused[i], &error));
    assert_true(send_speed_store(&speed, "max", &error) && speed.factor == 0);
    assert_true(send_speed_store(&speed, "0.5x", &error) && speed.factor == 0.5);
    assert_true(send_speed_store(&speed, "60x", &error) && speed.factor == 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factor),
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_speeds),
    };
    return cmocka_run_group_tests_name("send_pace", tests, NULL, NULL);
}
