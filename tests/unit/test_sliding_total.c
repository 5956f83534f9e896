#include "window/sliding_total.h"

#include "window/aggregate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CELLS = 400, WIDTH = 20, STATES = 128 };

/* Cells of one key, some of them not there, in the order of time. */
struct fixture {
    struct aggregate_set aggregates;
    struct sliding_total *total;
    struct cell *cells[CELLS];
    struct cell *oldest;
};

static void add_call(struct fixture *fixture, const char *name)
{
    struct aggregate call = {.function = aggregate_function_find(name, strlen(name)), .text = name};
    aggregate_set_add(&fixture->aggregates, &call);
}

static struct cell *cell_at(struct fixture *fixture, int64_t first)
{
    struct cell *older = NULL;
    if (fixture->cells[first] != NULL)
        return fixture->cells[first];
    struct cell *cell = allocate_zeroed(1, sizeof *cell + fixture->aggregates.size);
    cell->first = first;
    for (int64_t i = first; i-- > 0 && older == NULL;)
        older = fixture->cells[i];
    cell->older = older;
    cell->newer = older == NULL ? fixture->oldest : older->newer;
    *(older == NULL ? &fixture->oldest : &older->newer) = cell;
    if (cell->newer != NULL)
        cell->newer->older = cell;
    return fixture->cells[first] = cell;
}

static void update(struct fixture *fixture, int64_t first)
{
    struct cell *cell = cell_at(fixture, first);
    int number = rand() % 1000;
    char text[16];
    struct aggregate_argument arguments[4] = {
        {.given = true}, {.given = true}, {.given = true}, {.given = true}};
    snprintf(text, sizeof text, "%d", number);
    arguments[1].value = value_integer(number);
    for (size_t i = 2; i < 4; i++)
        arguments[i].value = value_from_slice(
            (struct json_slice){text, (uint32_t)strlen(text), JSON_NUMBER, JSON_FLAG_INTEGER});
    aggregate_set_update(&fixture->aggregates, cell->states, arguments, first);
    sliding_total_update(fixture->total, &fixture->aggregates, cell, arguments, first);
}

static void drop_before(struct fixture *fixture, int64_t start)
{
    while (fixture->oldest != NULL && fixture->oldest->first < start) {
        struct cell *cell = fixture->oldest;
        sliding_total_drop(fixture->total, &fixture->aggregates, cell);
        fixture->oldest = cell->newer;
        if (fixture->oldest != NULL)
            fixture->oldest->older = NULL;
        fixture->cells[cell->first] = NULL;
        aggregate_set_clear(&fixture->aggregates, cell->states);
        free(cell);
    }
}

static void add_text(const struct aggregate_set *aggregates, const void *states,
                     struct text_buffer *out)
{
    struct scratch scratch = {0};
    for (size_t i = 0; i < aggregates->count; i++) {
        struct value value = aggregate_result(&aggregates->items[i], states, &scratch);
        value_write(out, &value);
        text_buffer_add_byte(out, ' ');
    }
    text_buffer_add_byte(out, '\0');
    scratch_free(&scratch);
}

static void check(struct fixture *fixture, int64_t start, int64_t end)
{
    _Alignas(16) char slid[STATES] = {0}, merged[STATES] = {0};
    struct text_buffer found = {0}, expected = {0};
    if (fixture->oldest == NULL || fixture->oldest->first >= end)
        return;
    for (struct cell *cell = fixture->oldest; cell != NULL && cell->first < end; cell = cell->newer)
        aggregate_set_merge(&fixture->aggregates, merged, cell->states);
    sliding_total_merge(fixture->total, &fixture->aggregates, fixture->oldest,
                        (struct sliding_range){start, (end - 1) / WIDTH * WIDTH, end}, slid);
    add_text(&fixture->aggregates, slid, &found);
    add_text(&fixture->aggregates, merged, &expected);
    assert_string_equal(found.bytes, expected.bytes);
    aggregate_set_clear(&fixture->aggregates, slid);
    aggregate_set_clear(&fixture->aggregates, merged);
    text_buffer_free(&found);
    text_buffer_free(&expected);
}

/* Records come ahead of the window, inside it and late, some windows have none at all. */
static void slides_as_if_merged(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 60; seed++) {
        struct fixture fixture = {0};
        srand(seed);
        add_call(&fixture, "count");
        add_call(&fixture, "sum");
        add_call(&fixture, "max");
        add_call(&fixture, "last");
        assert_true(fixture.aggregates.size <= STATES);
        fixture.total = sliding_total_new(&fixture.aggregates);
        int density = 1 + rand() % 12;
        for (int64_t start = 0; start + WIDTH + 5 < CELLS; start += 1 + rand() % 2) {
            drop_before(&fixture, start);
            for (int i = 0; i < 6; i++)
                if (rand() % density == 0)
                    update(&fixture, start + (rand() % 3 ? WIDTH - 2 : 0) + rand() % 7);
            check(&fixture, start, start + WIDTH);
        }
        drop_before(&fixture, CELLS);
        sliding_total_free(fixture.total, &fixture.aggregates);
        aggregate_set_free(&fixture.aggregates);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slides_as_if_merged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
