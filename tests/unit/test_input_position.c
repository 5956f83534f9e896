#include "stream/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char bytes[100];

/* Three lines of 10 bytes were scanned, as the lines 5 to 7 from byte 40 on. */
static struct input make_input(struct event events[3])
{
    struct input input = {.events = events, .count = 3, .line_number = 7};
    memset(events, 0, 3 * sizeof *events);
    for (size_t i = 0; i < 3; i++) {
        events[i].offset = 40 + 10 * i;
        events[i].number = 5 + i;
    }
    input.source.position = 70;
    input.source.line = input.source.limit = bytes;
    return input;
}

static void assert_position(const struct input *input, uint64_t offset, uint64_t line,
                            bool skipping)
{
    struct input_position position = input_position(input);
    assert_int_equal(position.offset, offset);
    assert_int_equal(position.line, line);
    assert_int_equal(position.skipping, skipping);
}

static void what_was_not_dispatched_is_read_again(void **state)
{
    struct event events[3];
    struct input input = make_input(events);
    (void)state;
    assert_position(&input, 40, 4, false);
    input.next = 1;
    assert_position(&input, 50, 5, false);
    input.next = 3;
    assert_position(&input, 70, 7, false);
    input.open_line = true;
    assert_position(&input, 70, 6, false);
}

static void a_long_line_is_skipped_once_it_was_told(void **state)
{
    struct event events[3];
    struct input input = make_input(events);
    (void)state;
    input.next = 3;
    input.source.skipping = true;
    input.source.limit = bytes + sizeof bytes;
    assert_position(&input, 70, 7, false);
    byte_source_take(&input.source, input.source.limit);
    input.line_number++;
    assert_position(&input, 170, 8, true);
    input.next = 2;
    assert_position(&input, 60, 6, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_dispatched_is_read_again),
        cmocka_unit_test(a_long_line_is_skipped_once_it_was_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
