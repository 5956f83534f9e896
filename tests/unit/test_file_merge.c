#include "stream/file_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FILES = 37, EVENTS = 50 };

/* Files with events at ever later times, some of which have no place in time. */
struct files {
    struct input inputs[FILES];
    struct event events[FILES][EVENTS];
};

static void make_files(struct files *files, unsigned seed, size_t most)
{
    *files = (struct files){0};
    srand(seed);
    for (uint32_t i = 0; i < FILES; i++) {
        int64_t time = rand() % 20 - 10;
        struct input *input = &files->inputs[i];
        input->index = i;
        input->events = files->events[i];
        input->count = (size_t)rand() % (most + 1);
        for (size_t k = 0; k < input->count; k++) {
            time += rand() % 4;
            input->events[k].time = time;
            input->events[k].fate = rand() % 9 == 0 ? EVENT_REJECTED : EVENT_USE;
        }
    }
}

/* What is to come next, found the slow way. */
static struct input *find_next(struct files *files, bool timed)
{
    struct input *best = NULL;
    int64_t least = 0;
    for (size_t i = 0; i < FILES; i++) {
        struct input *input = &files->inputs[i];
        const struct event *event = &input->events[input->next];
        if (input->next == input->count)
            continue;
        int64_t time = timed && event->fate == EVENT_USE ? event->time : INT64_MIN;
        if (best == NULL || time < least) {
            best = input;
            least = time;
        }
    }
    return best;
}

static void check_order(unsigned seed, size_t most, bool timed)
{
    static struct files files;
    struct file_merge merge;
    struct input *input;
    make_files(&files, seed, most);
    file_merge_init(&merge, FILES, timed);
    for (size_t i = 0; i < FILES; i++)
        if (files.inputs[i].count > 0)
            file_merge_add(&merge, &files.inputs[i]);
    while ((input = file_merge_first(&merge)) != NULL) {
        const struct input *second = file_merge_second(&merge);
        assert_ptr_equal(input, find_next(&files, timed));
        while (input->next < input->count && file_merge_precedes(&merge, input, second)) {
            assert_ptr_equal(input, find_next(&files, timed));
            input->next++;
        }
        if (input->next < input->count)
            file_merge_advance(&merge);
        else
            file_merge_drop(&merge);
    }
    assert_null(find_next(&files, timed));
    file_merge_free(&merge);
}

static void files_come_by_time_then_operand(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 200; seed++) {
        check_order(seed, EVENTS - 1, true);
        check_order(seed, 1, true);
    }
}

static void without_time_one_file_comes_after_the_other(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 20; seed++)
        check_order(seed, EVENTS - 1, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_by_time_then_operand),
        cmocka_unit_test(without_time_one_file_comes_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
