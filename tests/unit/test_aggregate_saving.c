#include "window/aggregate.h"
#include "window/saved_number.h"

#include "ndjson/json_iterator.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STATE_SIZE = 256 };

static const char *const texts[] = {"1",     "1.0",    "-0",     "2.50",  "12345678901234567890",
                                    "1e300", "-1e300", "1e-320", "-7",    "0.1",
                                    "100",   "4e0",    "1e15",   "77.125"};
static const char *const others[] = {"true", "\"a\"", "\"\\u00e9\\n\\\"\"", "[1,[2.0,\"x\"],null]",
                                     "false"};

static struct json_slice pick(bool number)
{
    const char *text = number || rand() % 2
                           ? texts[(size_t)rand() % (sizeof texts / sizeof *texts)]
                           : others[(size_t)rand() % (sizeof others / sizeof *others)];
    return json_slice_at(text, text + strlen(text));
}

static void update(const struct aggregate *call, void *state)
{
    struct aggregate_argument argument = {.given = true};
    struct scratch scratch = {0};
    struct decimal decimal;
    char text[16];
    switch (call->function->takes) {
    case TAKES_ROW:
        break;
    case TAKES_VALUE:
        argument.value = value_from_slice(pick(false));
        break;
    case TAKES_NUMBER:
        argument.value = value_from_slice(pick(true));
        if (value_decimal_of(&argument.value, &decimal))
            argument.value = value_decimal(decimal);
        break;
    case TAKES_KEY:
        snprintf(text, sizeof text, "%d", rand() % 2000);
        assert_true(
            json_key_make(rand() % 4 ? json_slice_at(text, text + strlen(text)) : pick(false),
                          &scratch, &argument.key));
        break;
    case TAKES_LINE:
        argument.line = (struct json_slice){"{\"a\": [1]}", 10, JSON_OBJECT, 0};
        break;
    }
    call->function->update(call, state, &argument, rand() % 100 - 50);
    scratch_free(&scratch);
}

static struct json_slice line_of(const struct text_buffer *text, size_t from)
{
    return json_slice_at(text->bytes + from, text->bytes + text->length);
}

/* Everything that save() has to say, in as many pieces as it likes, into `state`. */
static void carry_over(const struct aggregate *call, void *state, bool anew, void *into)
{
    bool complete = false;
    for (int pieces = 0; !complete; pieces++) {
        struct text_buffer text = {0};
        complete = call->function->save(call, state, anew && pieces == 0, &text);
        if (!call->function->adds && call->function->clear != NULL)
            call->function->clear(into);
        if (!call->function->adds)
            memset(into, 0, call->function->size);
        assert_int_equal(line_of(&text, 0).length, text.length);
        assert_true(call->function->restore(call, into, line_of(&text, 0)));
        text_buffer_free(&text);
    }
}

static void assert_same(const struct aggregate *call, void *state, void *copy)
{
    struct text_buffer expected = {0}, found = {0};
    struct scratch scratch = {0};
    struct value value = call->function->result(call, state, &scratch);
    value_write(&expected, &value);
    value = call->function->result(call, copy, &scratch);
    value_write(&found, &value);
    assert_int_equal(expected.length, found.length);
    assert_memory_equal(expected.bytes, found.bytes, expected.length);
    scratch_free(&scratch);
    text_buffer_free(&expected);
    text_buffer_free(&found);
}

/* States go on after they were restored, and again: nothing may be lost or doubled. */
static void check_function(const struct aggregate_function *function, int updates)
{
    _Alignas(16) char state[STATE_SIZE] = {0}, copy[STATE_SIZE] = {0}, again[STATE_SIZE] = {0};
    struct aggregate call = {.function = function, .share = 0.4, .number = 5, .text = ""};
    if (function->save == NULL || function->restore == NULL)
        fail_msg("%s: is not saved", function->name);
    assert_true(function->size <= STATE_SIZE);
    for (int i = 0; i < updates; i++)
        update(&call, state);
    carry_over(&call, state, true, copy);
    assert_same(&call, state, copy);
    srand(7);
    for (int i = 0; i < updates / 3; i++)
        update(&call, state);
    carry_over(&call, state, false, copy);
    assert_same(&call, state, copy);
    carry_over(&call, copy, true, again);
    assert_same(&call, state, again);
    call.function->merge(&call, copy, state);
    call.function->merge(&call, again, state);
    assert_same(&call, copy, again);
    if (function->clear != NULL) {
        function->clear(state);
        function->clear(copy);
        function->clear(again);
    }
}

static void every_aggregate_comes_back(void **state)
{
    (void)state;
    static const int updates[] = {0, 1, 2, 10, 300, 5000, 40000};
    for (size_t i = 0; aggregate_function_name(i) != NULL; i++) {
        const char *name = aggregate_function_name(i);
        for (size_t k = 0; k < sizeof updates / sizeof *updates; k++)
            check_function(aggregate_function_find(name, strlen(name)), updates[k]);
    }
    check_function(&aggregate_records, 20000);
}

/* Room for a line and what must be readable behind it. */
enum { READABLE = 64 };

static void foreign_states_are_refused(void **state)
{
    (void)state;
    static const char foreign[][READABLE] = {
        "\"\"",
        "{\"count\":-1}",
        "{\"count\":1}",
        "[[1]]",
        "[[\"x\",1]]",
        "[{\"a\":1}]",
        "{\"time\":1}",
        "{\"hashes\":[1]}",
        "{\"hashes\":[\"zz\"]}",
        "{\"registers\":\"00\"}",
        "{\"count\":1,\"sum\":\"1e\"}",
        "{\"count\":1,\"sum\":\"\"}",
        "{\"count\":1,\"sum\":\"1.5\"}",
        "{\"count\":1,\"sum\":\"-\"}",
        "{\"count\":1,\"sum\":\"x\"}",
        "{\"count\":1,\"sum\":\"1e99999999999\"}",
        "{\"count\":1,\"largest\":1,\"buckets\":[[1]]}",
        "{\"count\":1,\"largest\":1,\"buckets\":[[1,0,1]]}",
    };
    /* min, max and their like keep any value; top and distinct any but objects. */
    static const char *const names[] = {"count",           "sum",     "first", "stddev",
                                        "approx_distinct", "quantile"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t k = 0; k < sizeof foreign / sizeof *foreign; k++) {
            _Alignas(16) char bytes[STATE_SIZE] = {0};
            struct aggregate call = {
                .function = aggregate_function_find(names[i], strlen(names[i]))};
            struct json_slice slice = json_slice_at(foreign[k], foreign[k] + strlen(foreign[k]));
            if (call.function->restore(&call, bytes, slice))
                fail_msg("%s: %s", names[i], foreign[k]);
            if (call.function->clear != NULL)
                call.function->clear(bytes);
        }
}

static void numbers_keep_their_bits(void **state)
{
    (void)state;
    double numbers[] = {0,       -0.0,      1,        0.1,       -1e308, DBL_MAX,
                        DBL_MIN, 0x1p-1074, INFINITY, -INFINITY, 1.0 / 3};
    for (int i = 0; i < 20000; i++) {
        struct text_buffer text = {0};
        uint64_t bits = (uint64_t)rand() << 42 ^ (uint64_t)rand() << 21 ^ (uint64_t)rand();
        double number, found;
        if (i < (int)(sizeof numbers / sizeof *numbers))
            number = numbers[i];
        else
            memcpy(&number, &bits, sizeof number);
        if (isnan(number))
            continue;
        saved_number_write(&text, " ", number);
        assert_true(saved_number_read(line_of(&text, 1), &found));
        assert_memory_equal(&number, &found, sizeof number);
        text_buffer_free(&text);
    }
}

static void decimals_keep_their_zeros(void **state)
{
    (void)state;
    const int128 largest = ((int128)INT64_MAX << 64) | (int128)UINT64_MAX;
    const struct decimal decimals[] = {{0, 0},         {150, -2},         {-150, 3},
                                       {largest, -40}, {-largest - 1, 0}, {0, -5},
                                       {7, INT32_MAX}, {1, INT32_MIN}};
    for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++) {
        struct text_buffer text = {0};
        struct decimal found;
        saved_decimal_write(&text, " ", decimals[i]);
        assert_true(saved_decimal_read(line_of(&text, 1), &found));
        assert_true(found.coefficient == decimals[i].coefficient);
        assert_int_equal(found.exponent, decimals[i].exponent);
        text_buffer_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_aggregate_comes_back),
        cmocka_unit_test(foreign_states_are_refused),
        cmocka_unit_test(numbers_keep_their_bits),
        cmocka_unit_test(decimals_keep_their_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
