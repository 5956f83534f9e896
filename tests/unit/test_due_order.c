#include "attribution/due_order.h"

#include "attribution/attribution_row.h"
#include "cli/diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct record_log *compared;

static int compare(const void *a, const void *b)
{
    const struct expiry_due *left = a;
    const struct expiry_due *right = b;
    struct attribution_row left_row, right_row;
    attribution_row_view(waiting_row_at(compared, left->position), &left_row);
    attribution_row_view(waiting_row_at(compared, right->position), &right_row);
    return attribution_row_compare(&left_row, &right_row);
}

/* Ids that share beginnings, some behind the bytes that are compared at once, some with escapes,
   some no strings, some equal: then the records tell. */
static struct json_slice random_id(char *text)
{
    static const char *const strings[] = {"\"\"",
                                          "\"a\"",
                                          "\"aaaaaaaa\"",
                                          "\"aaaaaaaaaaaaaaaa\"",
                                          "\"aaaaaaaaaaaaaaaab\"",
                                          "\"aaaaaaaaaaaaaaaaa\"",
                                          "\"aaaaaaaaaaaaaaab\"",
                                          "\"\xc3\xa9\"",
                                          "\"\xf0\x9f\x98\x80\""};
    static const char *const escaped[] = {"\"\\u0061\"", "\"a\\u0000\"", "\"\\u00e9b\""};
    switch (random() % 6) {
    case 0:
        return (struct json_slice){"null", 4, JSON_NULL, 0};
    case 1:
        return (struct json_slice){text, (uint32_t)sprintf(text, "%ld", random() % 30), JSON_NUMBER,
                                   JSON_FLAG_INTEGER};
    case 2:
        strcpy(text, escaped[random() % 3]);
        return (struct json_slice){text, (uint32_t)strlen(text), JSON_STRING, JSON_FLAG_ESCAPED};
    case 3:
        return (struct json_slice){text,
                                   (uint32_t)sprintf(text,
                                                     random() % 2 ? "\"pv_%ld\"" : "\"viewed_%ld\"",
                                                     random() % 200000),
                                   JSON_STRING, 0};
    default:
        strcpy(text, strings[random() % 9]);
        return (struct json_slice){text, (uint32_t)strlen(text), JSON_STRING, 0};
    }
}

static struct expiry_due add(struct record_log *log, int64_t time)
{
    char record[64], id[64];
    struct attribution_row row = {.time = time, .text = record};
    uint64_t position;
    row.length = (uint32_t)sprintf(record, "{\"n\":%ld}", random() % 100000);
    row.key = (struct json_key){.bytes = "", .kind = JSON_NULL, .text = {"null", 4, JSON_NULL, 0}};
    row.id = random_id(id);
    row.weight = (struct json_slice){"1", 1, JSON_NUMBER, JSON_FLAG_INTEGER};
    attribution_row_append(log, &row, &position);
    return (struct expiry_due){time, position};
}

static void run(size_t count, int64_t times)
{
    struct record_log log;
    struct due_order order = {0};
    struct due_rows due = {allocate(count * sizeof *due.rows), count, count};
    struct expiry_due *expected = allocate(count * sizeof *expected);
    record_log_init(&log);
    for (size_t i = 0; i < count; i++)
        due.rows[i] = add(&log, random() % times - times / 2);
    memcpy(expected, due.rows, count * sizeof *expected);
    compared = &log;
    qsort(expected, count, sizeof *expected, compare);
    due_order_sort(&order, &log, &due);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(compare(&expected[i], &due.rows[i]), 0);
    due_order_free(&order);
    due_rows_free(&due);
    free(expected);
    record_log_free(&log);
}

static void rows_are_sorted_as_they_compare(void **state)
{
    (void)state;
    srandom(11);
    for (size_t count = 0; count < 60; count++)
        for (int64_t times = 1; times < 300; times *= 4)
            run(count, times);
    run(3000, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_sorted_as_they_compare)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
