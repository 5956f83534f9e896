#include "join/interval_join.h"

#include "join/join_side.h"
#include "time/watermark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Results as text: "L1+R2 " for a pair of rows named by their times, "L1 " for an unmatched row,
   "L1! " for a late one. */
struct fixture {
    struct interval_join *join;
    struct scratch scratch;
    char results[4096];
    bool (*accept)(void *self, const struct join_result *pair);
};

static void note(void *self, const struct join_result *result)
{
    struct fixture *fixture = self;
    size_t at = strlen(fixture->results);
    char *out = fixture->results + at;
    size_t room = sizeof fixture->results - at;
    if (result->left != NULL && result->right != NULL)
        snprintf(out, room, "L%d+R%d ", (int)result->left->time, (int)result->right->time);
    else
        snprintf(out, room, "%s%d%s ", result->left != NULL ? "L" : "R", (int)result->time,
                 result->late ? "!" : "");
}

static void open_join(struct fixture *fixture, struct join_rules rules)
{
    struct join_listener listener = {fixture, note, fixture->accept};
    fixture->join = interval_join_new(&rules, &listener);
    fixture->results[0] = '\0';
    fixture->scratch = (struct scratch){0};
}

static void close_join(struct fixture *fixture)
{
    interval_join_free(fixture->join);
    scratch_free(&fixture->scratch);
}

static unsigned add(struct fixture *fixture, enum side side, const char *key, int64_t time)
{
    char record[400];
    struct row_view row = {.time = time, .text = record};
    struct json_slice slice;
    row.length = (uint32_t)snprintf(record, sizeof record, "{\"key\":\"%s\",\"n\":%0300d}", key, 0);
    slice = (struct json_slice){record + 7, (uint32_t)strlen(key) + 2, JSON_STRING, 0};
    assert_true(json_key_make(slice, &fixture->scratch, &row.key));
    return interval_join_add(fixture->join, side, &row);
}

/* Runs a script of steps such as "L10 R12 W20 E": rows of one key, watermarks, the end. */
static const char *run(struct join_rules rules, const char *script)
{
    static struct fixture fixture;
    open_join(&fixture, rules);
    for (const char *at = script; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        int64_t number = strtoll(at + 1, NULL, 10);
        if (*at == 'W')
            interval_join_advance(fixture.join, number);
        else if (*at == 'E')
            interval_join_advance(fixture.join, WATERMARK_END);
        else
            add(&fixture, *at == 'L' ? SIDE_LEFT : SIDE_RIGHT, "k", number);
    }
    close_join(&fixture);
    return fixture.results;
}

static struct join_rules rules(enum join_kind kind, int64_t lower, int64_t upper)
{
    return (struct join_rules){.within = {lower, upper, true}, .kind = kind};
}

static void both_bounds_count(void **state)
{
    (void)state;
    assert_string_equal(run(rules(JOIN_INNER, 0, 5), "L10 R9 R10 R15 R16 E"), "L10+R10 L10+R15 ");
    assert_string_equal(run(rules(JOIN_INNER, -5, -2), "R4 R5 R8 R9 L10 E"), "L10+R5 L10+R8 ");
    assert_string_equal(run(rules(JOIN_INNER, 3, 1), "L10 R11 R12 R13 E"), "");
    assert_string_equal(run(rules(JOIN_INNER, INT64_MIN, INT64_MAX), "L-900 R900 R-999 E"),
                        "L-900+R900 L-900+R-999 ");
    assert_string_equal(run(rules(JOIN_INNER, INT64_MIN, 0), "R-5 L0 R1 E"), "L0+R-5 ");
}

static void results_of_one_row_come_by_time_then_arrival(void **state)
{
    (void)state;
    assert_string_equal(run(rules(JOIN_INNER, -9, 9), "R7 R3 R5 R3 L4 E"),
                        "L4+R3 L4+R3 L4+R5 L4+R7 ");
}

static void unmatched_rows_come_strictly_behind_their_last_partner(void **state)
{
    (void)state;
    assert_string_equal(run(rules(JOIN_LEFT, 0, 5), "L10 W15"), "");
    assert_string_equal(run(rules(JOIN_LEFT, 0, 5), "L10 W16"), "L10 ");
    assert_string_equal(run(rules(JOIN_LEFT, 0, 5), "L10 W15 R15 W16 E"), "L10+R15 ");
    assert_string_equal(run(rules(JOIN_RIGHT, -5, 0), "R10 W15"), "");
    assert_string_equal(run(rules(JOIN_RIGHT, -5, 0), "R10 W16"), "R10 ");
    assert_string_equal(run(rules(JOIN_FULL, 1, 0), "L10 R10 W10 W11"), "R10 L10 ");
}

static void rows_of_one_step_come_by_time_right_before_left(void **state)
{
    (void)state;
    assert_string_equal(run(rules(JOIN_FULL, 1, 1), "L9 L8 R8 R20 L20 W30"), "R8 L8 L9 R20 L20 ");
}

static void late_rows_probe_and_are_not_stored(void **state)
{
    (void)state;
    assert_string_equal(run(rules(JOIN_FULL, -5, 5), "R20 W20 L14 L15 E"), "L14! L15+R20 ");
    assert_string_equal(run(rules(JOIN_INNER, -5, 50), "L20 W60 R54 E"), "L20+R54 ");
    assert_string_equal(run(rules(JOIN_RIGHT, -5, 50), "W60 R54 L54 E"), "R54! ");
    /* Not late, but past its last partner. */
    assert_string_equal(run(rules(JOIN_LEFT, -9, -5), "W20 L22 E"), "L22 ");
}

static void anti_joins_give_no_pairs(void **state)
{
    (void)state;
    assert_string_equal(run(rules(JOIN_LEFT_ANTI, -5, 5), "L1 R1 L20 R40 E"), "L20 ");
    assert_string_equal(run(rules(JOIN_RIGHT_ANTI, -5, 5), "L1 R1 L20 R40 E"), "R40 ");
}

static void once_uses_both_up_the_earliest_first(void **state)
{
    struct join_rules once = rules(JOIN_FULL, -9, 9);
    (void)state;
    once.once = true;
    assert_string_equal(run(once, "L3 L1 L2 R4 R5 R6 R7 E"), "L1+R4 L2+R5 L3+R6 R7 ");
}

static void one_left_holds_the_place(void **state)
{
    struct join_rules last = rules(JOIN_LEFT, -9, 9), first = last;
    (void)state;
    last.keep = KEEP_LAST;
    first.keep = KEEP_FIRST;
    assert_string_equal(run(last, "R1 L2 R3 L4 R5 L3 R6 E"), "L2+R1 L2+R3 L4+R5 L4+R6 L3 ");
    assert_string_equal(run(first, "L4 L2 R5 L3 R6 E"), "L2+R5 L2+R6 L3 L4 ");
    /* A right that was matched while it waited is dropped. */
    assert_string_equal(run(last, "R1 L2 L3 E"), "L2+R1 L3 ");
}

static bool odd_right(void *self, const struct join_result *pair)
{
    (void)self;
    return pair->right->time % 2 != 0;
}

static void pairs_that_are_not_accepted_do_not_count(void **state)
{
    struct fixture fixture = {.accept = odd_right};
    struct join_rules once = rules(JOIN_FULL, -9, 9);
    (void)state;
    once.once = true;
    open_join(&fixture, once);
    add(&fixture, SIDE_RIGHT, "k", 2);
    add(&fixture, SIDE_RIGHT, "k", 3);
    add(&fixture, SIDE_LEFT, "k", 4);
    interval_join_advance(fixture.join, WATERMARK_END);
    assert_string_equal(fixture.results, "L4+R3 R2 ");
    close_join(&fixture);
}

static void null_keys_match_nothing(void **state)
{
    struct fixture fixture = {.accept = NULL};
    struct row_view row = {.time = 1, .text = "{}", .length = 2};
    (void)state;
    open_join(&fixture, rules(JOIN_LEFT, -9, 9));
    row.key = (struct json_key){.bytes = "", .kind = JSON_NULL};
    assert_int_equal(interval_join_add(fixture.join, SIDE_RIGHT, &row), 0);
    assert_int_equal(interval_join_add(fixture.join, SIDE_LEFT, &row), FATE_RESULT);
    assert_string_equal(fixture.results, "L1 ");
    close_join(&fixture);
}

static void open_results_are_counted(void **state)
{
    struct fixture fixture = {.accept = NULL};
    (void)state;
    open_join(&fixture, rules(JOIN_LEFT, -9, 9));
    add(&fixture, SIDE_LEFT, "a", 1);
    add(&fixture, SIDE_LEFT, "b", 20);
    add(&fixture, SIDE_LEFT, "c", 21);
    add(&fixture, SIDE_RIGHT, "c", 22);
    interval_join_advance(fixture.join, 15);
    assert_int_equal(interval_join_open_results(fixture.join), 1);
    close_join(&fixture);
}

static size_t results_at_the_end(struct fixture *fixture)
{
    size_t count = 0;
    fixture->results[0] = '\0';
    interval_join_advance(fixture->join, WATERMARK_END);
    for (const char *at = fixture->results; *at != '\0'; at++)
        count += *at == ' ';
    return count;
}

/* Rows are marked matched, replaced, used up, come late, expire: what is called open at any moment
   is what the end gives then. */
static void what_is_open_is_what_the_end_gives(void **state)
{
    static const enum join_kind kinds[] = {JOIN_LEFT, JOIN_RIGHT, JOIN_FULL, JOIN_LEFT_ANTI};
    static const char *const keys[] = {"a", "b", "c", "d"};
    (void)state;
    srandom(11);
    for (int round = 0; round < 400; round++) {
        struct fixture fixture = {.accept = NULL};
        struct join_rules chosen = rules(kinds[round % 4], -5, 9);
        chosen.once = round / 4 % 3 == 1;
        chosen.keep = round / 4 % 3 == 2 ? KEEP_LAST : KEEP_ALL;
        open_join(&fixture, chosen);
        for (int step = 0, steps = (int)(random() % 60); step < steps; step++) {
            fixture.results[0] = '\0';
            add(&fixture, random() % 2 ? SIDE_LEFT : SIDE_RIGHT, keys[random() % 4],
                step + random() % 8);
            if (step % 5 == 4)
                interval_join_advance(fixture.join, step - 2);
        }
        uint64_t open = interval_join_open_results(fixture.join);
        assert_int_equal(open, results_at_the_end(&fixture));
        assert_int_equal(interval_join_open_results(fixture.join), 0);
        close_join(&fixture);
    }
}

/* evjoin(1) promises at most 40 bytes beyond the row's own, whatever the number of rows. */
static void bookkeeping_stays_under_forty_bytes_per_row(void **state)
{
    enum { COUNT = 700000 };
    struct record_log other;
    struct join_side side;
    struct pair_index index;
    struct index_entry first;
    struct scratch scratch = {0};
    uint64_t own = 0;
    double worst = 0;
    (void)state;
    record_log_init(&other);
    join_side_init(&side, SIDE_LEFT, &index, 1000000, true);
    pair_index_init(&index, &side.log, &other);
    for (int i = 0; i < COUNT; i++) {
        char record[64];
        struct row_view row = {.time = i * INT64_C(4096) + i * INT64_C(7919) % 100000};
        row.text = record;
        row.length = (uint32_t)snprintf(record, sizeof record, "{\"key\":%d,\"n\":\"%.*s\"}", i,
                                        i % 7, "abcdefg");
        struct json_slice key = {record + 7, (uint32_t)strcspn(record + 7, ","), JSON_NUMBER,
                                 JSON_FLAG_INTEGER};
        assert_true(json_key_make(key, &scratch, &row.key));
        key_index_find(&index.keys, row.key.hash, &first);
        join_side_store(&side, &row, &first, false);
        own += row.length;
        if (i < 50000 || i % 500 != 0)
            continue;
        uint64_t used = index.keys.bytes + expiry_bytes(&side.expiry);
        for (size_t s = 0; s < side.log.count; s++)
            used += side.log.segments[s].used;
        double bookkeeping = (double)(used - own) / (i + 1);
        worst = bookkeeping > worst ? bookkeeping : worst;
    }
    print_message("bookkeeping: at most %.1f bytes per row\n", worst);
    assert_true(worst <= 40);
    join_side_free(&side);
    key_index_free(&index.keys);
    scratch_free(&scratch);
}

static void a_steady_stream_of_any_order_stays_bounded(void **state)
{
    struct fixture fixture = {.accept = NULL};
    struct join_counts early = {0}, late = {0};
    (void)state;
    open_join(&fixture, rules(JOIN_FULL, 0, 20000));
    for (int i = 0; i < 400000; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i % 3 == 0 ? i % 1000 : i);
        fixture.results[0] = '\0';
        add(&fixture, (enum side)(i % 2), key, i + random() % 5000);
        interval_join_advance(fixture.join, i);
        if (i == 100000)
            interval_join_count(fixture.join, &early);
    }
    interval_join_count(fixture.join, &late);
    assert_true(late.held[0] + late.held[1] < 50000);
    assert_true(late.bytes < early.bytes + (4 << 20));
    close_join(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_bounds_count),
        cmocka_unit_test(results_of_one_row_come_by_time_then_arrival),
        cmocka_unit_test(unmatched_rows_come_strictly_behind_their_last_partner),
        cmocka_unit_test(rows_of_one_step_come_by_time_right_before_left),
        cmocka_unit_test(late_rows_probe_and_are_not_stored),
        cmocka_unit_test(anti_joins_give_no_pairs),
        cmocka_unit_test(once_uses_both_up_the_earliest_first),
        cmocka_unit_test(one_left_holds_the_place),
        cmocka_unit_test(pairs_that_are_not_accepted_do_not_count),
        cmocka_unit_test(null_keys_match_nothing),
        cmocka_unit_test(open_results_are_counted),
        cmocka_unit_test(what_is_open_is_what_the_end_gives),
        cmocka_unit_test(bookkeeping_stays_under_forty_bytes_per_row),
        cmocka_unit_test(a_steady_stream_of_any_order_stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
