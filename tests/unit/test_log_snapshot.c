/* Logs of waiting rows: what is saved comes back at the same positions. */
#include "state_fixture.h"

#include "state/log_marks.h"
#include "state/log_restore.h"
#include "state/log_snapshot.h"
#include "state/record_log.h"
#include "state/saved_row.h"

#include "ndjson/json_iterator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ROWS = 4000, HUGE_LENGTH = (5 << 20) / 2 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

struct kept_row {
    char *text;
    uint64_t position;
    int64_t time;
};

/* Keys that stand in the record, keys that do not (escapes, other spellings), long records. */
static void append_row(struct record_log *log, uint32_t number, uint32_t *random,
                       struct kept_row *kept)
{
    static const char *const keys[] = {"\"k%u\"", "%u", "\"\\u006b%u\"", "[%u,1.0]", "%u.50"};
    size_t padding = number % 997 == 5  ? HUGE_LENGTH
                     : number % 50 == 3 ? 70000
                                        : next_random(random) % 400;
    struct scratch scratch = {0};
    struct row_view row = {0};
    char key[40];
    int head;
    snprintf(key, sizeof key, keys[next_random(random) % 5], number);
    kept->text = malloc(padding + 80);
    head = sprintf(kept->text, "{\"key\":%s,\"pad\":\"", key);
    memset(kept->text + head, 'x', padding);
    strcpy(kept->text + head + padding, "\"}");
    row.text = kept->text;
    row.length = (uint32_t)strlen(kept->text);
    row.time = kept->time = (int64_t)(next_random(random) % 1000) - 500;
    assert_true(
        json_key_make(json_slice_at(row.text + 7, row.text + row.length), &scratch, &row.key));
    waiting_row_append(log, &row, 0, &kept->position);
    scratch_free(&scratch);
}

static void write_row(const struct waiting_row *waiting, struct text_buffer *out)
{
    struct row_view row;
    waiting_row_view(waiting, &row);
    struct json_slice record = {row.text, row.length, JSON_OBJECT, 0};
    saved_row_write_length(record, out);
    saved_row_write_key(&row.key, record, out);
    saved_row_write_record(record, out);
}

static void save(struct state_fixture *fixture, struct record_log *log, uint64_t *saved, bool wait)
{
    struct snapshot_draft *draft = snapshot_draft_begin(fixture->store);
    struct log_snapshot *snapshot = log_snapshot_begin("rows", write_row);
    snapshot_draft_keep(draft, "rows", INT64_MIN);
    log_snapshot_take(snapshot, draft, 3, log, saved);
    log_snapshot_end(snapshot, draft);
    assert_true(snapshot_draft_commit(draft, wait, &fixture->error));
}

struct restoring {
    struct record_log log;
    int64_t past;
    uint64_t tail;
    uint64_t rows;
    uint64_t fetched[LOG_RESTORE_STEPS];
};

struct read_row {
    _Alignas(max_align_t) struct row_view view;
};

static bool read_row(struct saved_row *saved, struct scratch *scratch, void *context)
{
    struct row_view *view = &((struct read_row *)context)->view;
    view->time = saved->time;
    view->text = saved->record.text;
    view->length = saved->record.length;
    return saved_row_read_key(saved, scratch, &view->key) && saved_row_end(saved);
}

static struct record_log *log_of(void *owner, uint32_t partition)
{
    struct restoring *restoring = owner;
    assert_int_equal(partition, 3);
    return &restoring->log;
}

/* Each row is announced in all steps before it is restored, but for the first ones. */
static void fetch_row(void *owner, uint32_t partition, const void *row, unsigned step)
{
    struct restoring *restoring = owner;
    assert_int_equal(partition, 3);
    assert_non_null(row);
    restoring->fetched[step]++;
}

static bool put_row(void *owner, uint32_t partition, const void *context, uint64_t position)
{
    const struct row_view *view = &((const struct read_row *)context)->view;
    struct restoring *restoring = owner;
    (void)partition;
    restoring->rows++;
    return view->time < restoring->past ||
           waiting_row_restore(&restoring->log, view, 0, position) != NULL;
}

static bool put_mark(void *owner, const struct log_mark *mark)
{
    const struct restoring *restoring = owner;
    waiting_row_mark(waiting_row_at(&restoring->log, mark->position), (uint8_t)mark->value);
    return mark->partition == 3;
}

static void note_saved(void *owner, uint32_t partition, uint64_t tail)
{
    struct restoring *restoring = owner;
    (void)partition;
    restoring->tail = tail;
}

static bool try_restore(struct state_fixture *fixture, struct restoring *restoring, uint64_t count)
{
    const struct log_restorer restorer = {.rows = "rows",
                                          .marks = "rows-marks",
                                          .row_size = sizeof(struct read_row),
                                          .read = read_row,
                                          .owner = restoring,
                                          .count = count,
                                          .log = log_of,
                                          .fetch = fetch_row,
                                          .restore = put_row,
                                          .mark = put_mark,
                                          .saved = note_saved};
    struct saved_snapshot *saved;
    bool fine;
    fixture_close(fixture);
    assert_true(fixture_open(fixture));
    saved = snapshot_store_load(fixture->store, &fixture->error, &fixture->status);
    assert_non_null(saved);
    record_log_init(&restoring->log);
    fine = log_restore(&restorer, saved, &fixture->error);
    saved_snapshot_free(saved);
    return fine;
}

static void restore(struct state_fixture *fixture, struct restoring *restoring)
{
    assert_true(try_restore(fixture, restoring, 4));
    assert_int_equal(restoring->tail, record_log_tail(&restoring->log));
    for (unsigned step = 0; step < LOG_RESTORE_STEPS; step++)
        assert_in_range(restoring->fetched[step], 1, restoring->rows);
}

static void expect_row(const struct record_log *log, const struct kept_row *kept)
{
    const struct waiting_row *row = waiting_row_at(log, kept->position);
    struct row_view view;
    assert_non_null(row);
    waiting_row_view(row, &view);
    assert_int_equal(view.time, kept->time);
    assert_int_equal(view.length, strlen(kept->text));
    assert_memory_equal(view.text, kept->text, view.length);
}

/* A walk meets what was put back, and what fills the holes takes part in nothing. */
static size_t count_rows(const struct record_log *log)
{
    size_t count = 0;
    for (uint64_t at = record_log_first(log); at != LOG_NOWHERE;) {
        const struct waiting_row *row = waiting_row_at(log, at);
        count += (row->state & ROW_GONE) == 0;
        at = record_log_next(log, at, waiting_row_size(row));
    }
    return count;
}

static void rows_come_back_where_they_were(void **state)
{
    static struct kept_row kept[ROWS];
    struct state_fixture fixture;
    struct record_log log;
    uint64_t saved = 0;
    uint32_t random = 1;
    (void)state;
    fixture_make(&fixture);
    record_log_init(&log);
    assert_true(fixture_open(&fixture));
    for (uint32_t i = 0; i < ROWS; i++) {
        append_row(&log, i, &random, &kept[i]);
        if (i % 700 == 699)
            save(&fixture, &log, &saved, true);
    }
    save(&fixture, &log, &saved, true);
    assert_int_equal(saved, record_log_tail(&log));
    /* All of them; most of them, with holes in between; few, with whole segments missing. */
    for (int64_t past = -500; past <= 499; past += 333) {
        struct restoring restoring = {.past = past};
        size_t living = 0;
        struct kept_row later;
        restore(&fixture, &restoring);
        for (size_t i = 0; i < ROWS; i++) {
            if (kept[i].time < past)
                continue;
            expect_row(&restoring.log, &kept[i]);
            living++;
        }
        assert_int_equal(count_rows(&restoring.log), living);
        assert_int_equal(restoring.log.records, living);
        append_row(&restoring.log, 1, &random, &later);
        assert_true(later.position >= saved);
        assert_true(past > -500 || later.position == saved);
        expect_row(&restoring.log, &later);
        free(later.text);
        record_log_free(&restoring.log);
    }
    for (size_t i = 0; i < ROWS; i++)
        free(kept[i].text);
    record_log_free(&log);
    fixture_remove(&fixture);
}

/* While the writer thread is at it, rows expire, new ones come, flags and links change. */
static void a_log_may_change_while_it_is_written(void **state)
{
    enum { SOME = 1500 };
    static struct kept_row kept[SOME];
    struct state_fixture fixture;
    struct restoring restoring = {.past = INT64_MIN};
    struct record_log log;
    struct kept_row later;
    uint64_t saved = 0;
    uint32_t random = 2;
    (void)state;
    fixture_make(&fixture);
    record_log_init(&log);
    assert_true(fixture_open(&fixture));
    for (uint32_t i = 0; i < SOME; i++)
        append_row(&log, i, &random, &kept[i]);
    save(&fixture, &log, &saved, false);
    for (uint32_t i = 0; i < SOME; i++) {
        struct waiting_row *row = waiting_row_at(&log, kept[i].position);
        waiting_row_mark(row, ROW_MATCHED | ROW_GONE);
        waiting_row_set_link(row, kept[i].position, kept[0].position);
    }
    record_log_release(&log, INT64_MAX);
    assert_int_equal(log.records, 0);
    for (uint32_t i = 0; i < SOME; i++) {
        append_row(&log, i, &random, &later);
        free(later.text);
    }
    assert_true(snapshot_store_wait(fixture.store, &fixture.error));
    assert_int_equal(log.pins, 0);
    assert_int_equal(log.detained_count, 0);
    restore(&fixture, &restoring);
    for (size_t i = 0; i < SOME; i++) {
        expect_row(&restoring.log, &kept[i]);
        assert_int_equal(waiting_row_at(&restoring.log, kept[i].position)->state & ROW_FLAGS, 0);
        free(kept[i].text);
    }
    record_log_free(&restoring.log);
    record_log_free(&log);
    fixture_remove(&fixture);
}

/* What is said of rows comes back with them; a partition that is not there is refused by the line
   that names it. */
static void marks_are_put_on_their_rows(void **state)
{
    enum { SOME = 3000, MARKED = 2500 };
    static struct kept_row kept[SOME];
    struct state_fixture fixture;
    struct restoring restoring = {.past = INT64_MIN};
    struct log_marks marks = {0};
    struct log_snapshot *snapshot;
    struct snapshot_draft *draft;
    struct record_log log;
    uint64_t saved = 0;
    uint32_t random = 3;
    (void)state;
    fixture_make(&fixture);
    record_log_init(&log);
    assert_true(fixture_open(&fixture));
    for (uint32_t i = 0; i < SOME; i++)
        append_row(&log, i, &random, &kept[i]);
    log_marks_add(&marks, &(struct log_mark){kept[MARKED].position, kept[MARKED].time, 3, 2});
    draft = snapshot_draft_begin(fixture.store);
    snapshot = log_snapshot_begin("rows", write_row);
    log_snapshot_take(snapshot, draft, 3, &log, &saved);
    log_snapshot_end(snapshot, draft);
    log_marks_save(&marks, draft, "rows-marks");
    assert_true(snapshot_draft_commit(draft, true, &fixture.error));
    restore(&fixture, &restoring);
    for (uint32_t i = 0; i < SOME; i++) {
        const struct waiting_row *row = waiting_row_at(&restoring.log, kept[i].position);
        assert_int_equal(row->state & ROW_FLAGS, i == MARKED ? ROW_GONE : 0);
        free(kept[i].text);
    }
    record_log_free(&restoring.log);
    assert_false(try_restore(&fixture, &restoring, 3));
    assert_non_null(strstr(fixture.error.text, "rows-000001.zst: line 1: not what this version"));
    record_log_free(&restoring.log);
    record_log_free(&log);
    fixture_remove(&fixture);
}

static void memory_held_back_is_used_again(void **state)
{
    struct record_log log;
    uint64_t position;
    uint64_t bytes;
    (void)state;
    record_log_init(&log);
    for (int i = 0; i < 400; i++)
        record_log_append(&log, 1 << 20, 0, &position);
    record_log_pin(&log, record_log_first(&log), record_log_tail(&log));
    record_log_pin(&log, record_log_first(&log), record_log_tail(&log));
    bytes = log.bytes;
    record_log_release(&log, 1);
    record_log_unpin(&log);
    assert_int_equal(log.bytes, bytes);
    record_log_append(&log, 1 << 20, 1, &position);
    assert_true(log.bytes > bytes);
    bytes = log.bytes;
    record_log_unpin(&log);
    for (int i = 0; i < 300; i++)
        record_log_append(&log, 1 << 20, 1, &position);
    assert_int_equal(log.bytes, bytes);
    /* Of what nobody needs, little is kept. */
    for (int64_t time = 2; time < 2000; time++) {
        record_log_append(&log, 1 << 20, time, &position);
        record_log_release(&log, time);
    }
    assert_true(log.bytes < 40 * LOG_SEGMENT_SIZE);
    record_log_free(&log);
}

static void impossible_positions_are_refused(void **state)
{
    struct record_log log;
    size_t gap;
    (void)state;
    record_log_init(&log);
    assert_null(record_log_restore(&log, 100, 0, 5, &gap));
    assert_non_null(record_log_restore(&log, 100, 0, 7 * LOG_SEGMENT_UNITS + 50, &gap));
    assert_int_equal(gap, 200);
    assert_null(record_log_restore(&log, 100, 0, 7 * LOG_SEGMENT_UNITS + 74, &gap));
    assert_non_null(record_log_restore(&log, 100, 0, 7 * LOG_SEGMENT_UNITS + 75, &gap));
    assert_int_equal(gap, 0);
    assert_null(record_log_restore(&log, 100, 0, 8 * LOG_SEGMENT_UNITS - 1, &gap));
    assert_null(record_log_restore(&log, 100, 0, 6 * LOG_SEGMENT_UNITS, &gap));
    assert_null(record_log_restore(&log, 100, 0, UINT64_MAX / 2, &gap));
    assert_false(record_log_restore_tail(&log, UINT64_MAX / 2));
    record_log_free(&log);
}

static void marks_come_back(void **state)
{
    enum { MARKS = 10000 };
    struct state_fixture fixture;
    struct log_marks marks = {0};
    struct text_buffer text = {0};
    struct snapshot_draft *draft;
    struct log_mark mark;
    const char *at;
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    for (uint32_t i = 0; i < MARKS; i++)
        log_marks_add(&marks, &(struct log_mark){UINT64_C(9000000000) * i, -(int64_t)i, i % 7, i});
    assert_int_equal(marks.youngest, 0);
    draft = snapshot_draft_begin(fixture.store);
    log_marks_save(&marks, draft, "rows");
    assert_int_equal(marks.count, 0);
    log_marks_save(&marks, draft, "rows");
    assert_true(snapshot_draft_commit(draft, true, &fixture.error));
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    at = fixture_load(&fixture, &text);
    for (uint32_t i = 0; i < MARKS; i++) {
        size_t length = strcspn(at, "\n");
        assert_true(log_mark_read(&mark, at, length));
        assert_int_equal(mark.position, UINT64_C(9000000000) * i);
        assert_int_equal(mark.time, -(int64_t)i);
        assert_int_equal(mark.partition, i % 7);
        assert_int_equal(mark.value, i);
        at += length + 1;
    }
    assert_string_equal(at, "");
    text_buffer_free(&text);
    fixture_remove(&fixture);
}

/* Lines with a good checksum that this version does not write. */
static void strange_lines_are_refused(void **state)
{
    static const char *const lines[] = {
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":12,\"key_at\":5,\"key_length\":1,\"record\":{"
        "\"key\":1}}",
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":9,\"key_at\":9,\"key_length\":1,\"record\":{"
        "\"key\":1}}",
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":9,\"key_at\":7,\"key_length\":2,\"record\":{"
        "\"key\":1}}",
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":9,\"key\":{},\"record\":{\"key\":1}}",
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":9,\"key\":1,\"more\":1,\"record\":{\"key\":1}}",
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":1,\"key\":1,\"record\":1}",
        "{\"p\":0,\"at\":9,\"time\":1,\"record\":{\"key\":1}}",
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":9,\"key\":\"a,\"record\":{\"key\":1}}",
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":9,\"key\":1.,\"record\":{\"key\":1}}",
        "{\"p\":0,\"at\":9,\"time\":1,\"length\":9,\"key\":[1,],\"record\":{\"key\":1}}",
        "{}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[200] = "";
        struct scratch scratch = {0};
        struct json_key key;
        struct saved_row row;
        strcpy(line, lines[i]);
        bool fine = saved_row_begin(&row, line, strlen(line)) &&
                    saved_row_read_key(&row, &scratch, &key) && saved_row_end(&row);
        scratch_free(&scratch);
        assert_false(fine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back_where_they_were),
        cmocka_unit_test(a_log_may_change_while_it_is_written),
        cmocka_unit_test(marks_are_put_on_their_rows),
        cmocka_unit_test(memory_held_back_is_used_again),
        cmocka_unit_test(impossible_positions_are_refused),
        cmocka_unit_test(marks_come_back),
        cmocka_unit_test(strange_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
