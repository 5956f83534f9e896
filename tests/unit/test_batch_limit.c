#include "sql/batch_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SHARE = 100 }; /* ns from the end of one write to the end of the next */

/* The limit after `count` further writes that each take so much of the time. */
static uint64_t after(struct batch_limit *limit, int count, int64_t taken)
{
    for (int i = 0; i < count; i++) {
        int64_t end = (limit->written == 0 ? 1 : limit->written) + SHARE;
        batch_limit_adapt(limit, end - taken, end);
    }
    return limit->current;
}

static void it_grows_while_writing_takes_most_of_the_time(void **state)
{
    struct batch_limit limit = batch_limit_make(5000, 80000);
    (void)state;
    assert_int_equal(limit.current, 5000);
    assert_int_equal(after(&limit, 1, 99), 5000); /* nothing to compare with yet */
    assert_int_equal(after(&limit, 1, 51), 10000);
    assert_int_equal(after(&limit, 2, 99), 40000);
    assert_int_equal(after(&limit, 9, 99), 80000);
}

static void it_shrinks_as_soon_as_it_does_not(void **state)
{
    struct batch_limit limit = batch_limit_make(5000, 80000);
    (void)state;
    after(&limit, 9, 99);
    assert_int_equal(after(&limit, 1, 50), 40000);
    assert_int_equal(after(&limit, 9, 0), 5000);
}

static void one_that_is_given_stays(void **state)
{
    struct batch_limit limit = batch_limit_make(7, 7);
    (void)state;
    assert_int_equal(after(&limit, 9, 99), 7);
    assert_int_equal(after(&limit, 9, 0), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_grows_while_writing_takes_most_of_the_time),
        cmocka_unit_test(it_shrinks_as_soon_as_it_does_not),
        cmocka_unit_test(one_that_is_given_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
