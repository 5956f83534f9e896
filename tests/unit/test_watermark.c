#include "time/watermark.h"

#include "time/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void is_undefined_until_awaited_streams_are_seen(void **state)
{
    struct watermark w;
    (void)state;
    watermark_init(&w, 5);
    size_t a = watermark_add_stream(&w, true), b = watermark_add_stream(&w, true);
    assert_int_equal(w.current, WATERMARK_UNDEFINED);
    assert_false(watermark_observe(&w, a, 100));
    assert_int_equal(w.current, WATERMARK_UNDEFINED);
    assert_int_equal(w.holder, b);
    assert_true(watermark_observe(&w, b, 50));
    assert_int_equal(w.current, 45);
    assert_int_equal(w.holder, b);
    watermark_free(&w);
}

static void does_not_wait_for_streams_not_named(void **state)
{
    struct watermark w;
    (void)state;
    watermark_init(&w, 0);
    size_t a = watermark_add_stream(&w, false), b = watermark_add_stream(&w, false);
    assert_true(watermark_observe(&w, a, 100));
    assert_int_equal(w.current, 100);
    /* b joins behind W, which waits for it where it is. */
    assert_false(watermark_observe(&w, b, 50));
    assert_false(watermark_observe(&w, a, 200));
    assert_int_equal(w.current, 100);
    assert_true(watermark_observe(&w, b, 150));
    assert_int_equal(w.current, 150);
    watermark_free(&w);
}

static void never_falls_and_ignores_disorder(void **state)
{
    struct watermark w;
    (void)state;
    watermark_init(&w, 10);
    size_t a = watermark_add_stream(&w, true);
    assert_true(watermark_observe(&w, a, 100));
    assert_false(watermark_observe(&w, a, 100));
    assert_false(watermark_observe(&w, a, 20));
    assert_int_equal(w.current, 90);
    assert_true(watermark_observe(&w, a, 101));
    assert_int_equal(w.current, 91);
    watermark_free(&w);
}

static void ended_streams_leave_and_the_last_one_ends_it(void **state)
{
    struct watermark w;
    (void)state;
    watermark_init(&w, 0);
    size_t a = watermark_add_stream(&w, true), b = watermark_add_stream(&w, true);
    watermark_observe(&w, a, 100);
    assert_true(watermark_end_stream(&w, b));
    assert_int_equal(w.current, 100);
    assert_true(watermark_end_stream(&w, a));
    assert_int_equal(w.current, WATERMARK_END);
    assert_int_equal(w.holder, SIZE_MAX);
    assert_false(watermark_end_stream(&w, a));
    watermark_free(&w);
}

static void idle_streams_leave_until_they_speak(void **state)
{
    struct watermark w;
    (void)state;
    watermark_init(&w, 0);
    size_t a = watermark_add_stream(&w, true), b = watermark_add_stream(&w, true);
    watermark_observe(&w, a, 100);
    assert_true(watermark_set_idle(&w, b)); /* unseen streams can be idle too */
    assert_int_equal(w.current, 100);
    assert_true(watermark_observe(&w, a, 200));
    assert_false(watermark_observe(&w, b, 150)); /* back behind W: late, and W stays */
    assert_false(watermark_observe(&w, a, 300));
    assert_int_equal(w.current, 200);
    assert_int_equal(w.holder, b);
    assert_true(watermark_observe(&w, b, 250));
    assert_int_equal(w.current, 250);
    /* A record that is no new maximum wakes as well. */
    assert_true(watermark_set_idle(&w, b));
    assert_int_equal(w.current, 300);
    assert_false(watermark_observe(&w, b, 240));
    assert_false(watermark_observe(&w, a, 400));
    assert_int_equal(w.current, 300);
    watermark_free(&w);
}

static void the_clock_takes_over_when_all_are_idle(void **state)
{
    struct watermark w;
    (void)state;
    watermark_init(&w, 0);
    size_t a = watermark_add_stream(&w, true);
    watermark_observe(&w, a, 100);
    assert_false(watermark_set_idle(&w, a));
    assert_int_equal(w.current, 100);
    assert_int_equal(w.holder, SIZE_MAX);
    assert_true(watermark_raise(&w, 150));
    assert_false(watermark_raise(&w, 150));
    assert_false(watermark_raise(&w, 120));
    assert_int_equal(w.current, 150);
    assert_false(watermark_observe(&w, a, 130));
    assert_true(watermark_observe(&w, a, 151));
    assert_int_equal(w.current, 151);
    watermark_free(&w);
}

static void arithmetic_at_the_edge_saturates(void **state)
{
    struct watermark w;
    (void)state;
    watermark_init(&w, INT64_MAX);
    size_t a = watermark_add_stream(&w, true);
    assert_false(watermark_observe(&w, a, -5));
    assert_int_equal(w.current, INT64_MIN);
    assert_true(watermark_observe(&w, a, 5));
    assert_int_equal(w.current, 5 - INT64_MAX);
    watermark_free(&w);
}

/* The definition, word for word, computed anew from the full history at every question. */
enum { MODEL_STREAMS = 8 };
struct model {
    struct {
        bool awaited, idle, ended;
        int64_t maximum;
    } streams[MODEL_STREAMS];
    size_t count;
    int64_t delay, current;
};

static void model_settle(struct model *model)
{
    int64_t minimum = INT64_MAX;
    bool any = false, all_ended = model->count > 0;
    for (size_t i = 0; i < model->count; i++) {
        all_ended = all_ended && model->streams[i].ended;
        if (model->streams[i].ended || model->streams[i].idle)
            continue;
        if (model->streams[i].maximum == INT64_MIN) {
            if (model->streams[i].awaited)
                return;
            continue;
        }
        any = true;
        if (model->streams[i].maximum < minimum)
            minimum = model->streams[i].maximum;
    }
    int64_t now = all_ended ? WATERMARK_END : any ? minimum - model->delay : INT64_MIN;
    if (now > model->current)
        model->current = now;
}

static void apply_to_both(struct watermark *w, struct model *model, uint64_t random)
{
    size_t stream = model->count ? (random >> 8) % model->count : 0;
    int64_t before = model->current, time = (int64_t)((random >> 16) % 400);
    unsigned operation = random & 31;
    bool rose = false;

    if (model->count == 0 || (operation == 0 && model->count < MODEL_STREAMS)) {
        bool awaited = (random >> 40) & 1;
        assert_int_equal(watermark_add_stream(w, awaited), model->count);
        model->streams[model->count].maximum = INT64_MIN;
        model->streams[model->count++].awaited = awaited;
        return;
    }
    if (operation == 1) {
        rose = watermark_end_stream(w, stream);
        model->streams[stream].ended = true;
    } else if (operation <= 4) {
        rose = watermark_set_idle(w, stream);
        model->streams[stream].idle = true;
    } else if (operation == 5) {
        rose = watermark_raise(w, time);
        if (time > model->current)
            model->current = time;
    } else {
        rose = watermark_observe(w, stream, time);
        model->streams[stream].idle = false;
        if (time > model->streams[stream].maximum)
            model->streams[stream].maximum = time;
    }
    if (operation != 5)
        model_settle(model);
    assert_int_equal(w->current, model->current);
    assert_int_equal(rose, model->current > before);
}

static void agrees_with_the_definition(void **state)
{
    uint64_t random = 88172645463325252u;
    (void)state;
    for (int run = 0; run < 20000; run++) {
        struct model model = {.delay = run % 7, .current = INT64_MIN};
        struct watermark w;
        watermark_init(&w, model.delay);
        for (int i = 0; i < 60; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            apply_to_both(&w, &model, random);
        }
        watermark_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(is_undefined_until_awaited_streams_are_seen),
        cmocka_unit_test(does_not_wait_for_streams_not_named),
        cmocka_unit_test(never_falls_and_ignores_disorder),
        cmocka_unit_test(ended_streams_leave_and_the_last_one_ends_it),
        cmocka_unit_test(idle_streams_leave_until_they_speak),
        cmocka_unit_test(the_clock_takes_over_when_all_are_idle),
        cmocka_unit_test(arithmetic_at_the_edge_saturates),
        cmocka_unit_test(agrees_with_the_definition),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
