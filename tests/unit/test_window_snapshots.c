#include "window/window_snapshots.h"

#include "ndjson/json_scan.h"
#include "window/aggregate_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PARTITIONS = 2, PACE = 1000, SCENARIOS = 200, RECORDS = 400 };

/* Windows of random records, written to segments in memory. */
struct segment {
    uint64_t number;
    struct text_buffer text;
};

struct fixture {
    struct expression_set *inputs;
    struct aggregate_list list;
    struct group_list groups;
    struct json_scanner *scanner;
    struct window_plan plan;
    struct window_states states;
    struct window_snapshots snapshots;
    struct segment *segments;
    size_t segment_count;
    bool joins; /* of neighbouring segments, at random */
    int64_t watermarks[PARTITIONS];
    struct text_buffer out;
};

static const struct expression *compile(void *self, const char *text, struct error_text *error)
{
    return expression_add(self, text, error);
}

static void note_result(void *self, const struct window_result *result)
{
    struct fixture *fixture = self;
    struct scratch scratch = {0};
    text_buffer_add_format(&fixture->out, "%lld-%lld %lld rev %u%s%s", (long long)result->start,
                           (long long)result->end, (long long)result->last_event, result->revision,
                           result->final ? " final" : "", result->retract ? " retract" : "");
    text_buffer_add(&fixture->out, window_key_members(result->key), result->key->members_length);
    for (size_t i = 0; i < fixture->list.calls.count; i++) {
        struct value value = aggregate_result(&fixture->list.calls.items[i], result->states,
                                              &scratch);
        text_buffer_add_byte(&fixture->out, ' ');
        value_write(&fixture->out, &value);
    }
    text_buffer_add_byte(&fixture->out, '\n');
    scratch_free(&scratch);
}

static void open_fixture(struct fixture *fixture, const struct window_options *options,
                         const char *calls, bool update, int64_t every)
{
    struct aggregate_request request = {.text = calls};
    struct aggregate_compiler compiler;
    struct error_text error;
    memset(fixture, 0, sizeof *fixture);
    fixture->inputs = expression_set_new();
    compiler = (struct aggregate_compiler){compile, fixture->inputs};
    request.by = expression_add_list(fixture->inputs, ".g", &error);
    assert_non_null(request.by);
    if (!aggregate_list_parse(&fixture->list, &request, &compiler, &error))
        fail_msg("%s: %s", calls, error.text);
    fixture->groups = group_list_make(request.by);
    fixture->scanner = json_scanner_new(expression_set_projection(fixture->inputs),
                                        JSON_UTF8_CHECKED);
    assert_true(window_spec_make(&fixture->plan.spec, options, &error));
    fixture->plan.aggregates = &fixture->list.calls;
    fixture->plan.groups = &fixture->groups;
    fixture->plan.update = update;
    fixture->plan.every = every;
    fixture->plan.durable = true;
    fixture->plan.sink = (struct window_sink){note_result, NULL, fixture};
    fixture->states.plan = &fixture->plan;
    window_snapshots_init(&fixture->snapshots, &fixture->plan);
    for (size_t i = 0; i < PARTITIONS; i++)
        fixture->watermarks[i] = INT64_MIN;
}

static void close_fixture(struct fixture *fixture)
{
    for (size_t i = 0; i < fixture->segment_count; i++)
        text_buffer_free(&fixture->segments[i].text);
    free(fixture->segments);
    window_states_free(&fixture->states);
    window_snapshots_free(&fixture->snapshots);
    window_spec_free(&fixture->plan.spec);
    json_scanner_free(fixture->scanner);
    aggregate_list_free(&fixture->list);
    expression_set_free(fixture->inputs);
    text_buffer_free(&fixture->out);
}

static void take(struct fixture *fixture, uint32_t partition, int64_t time, const char *record)
{
    size_t length = strlen(record);
    char *text = calloc(length + JSON_PADDING, 1);
    size_t slots = json_projection_slots(expression_set_projection(fixture->inputs));
    struct json_line line = {.slots = calloc(slots, sizeof *line.slots)};
    struct aggregate_argument *arguments = calloc(fixture->list.calls.count, sizeof *arguments);
    struct record_view view = {line.slots, NULL};
    struct window_record row = {.number = UINT32_MAX, .arguments = arguments, .time = time};
    struct scratch scratch = {0};
    struct error_text error;
    int64_t late_by;
    memcpy(text, record, length);
    assert_int_equal(json_scan_line(fixture->scanner, text, text + length, &line), SCAN_RECORD);
    assert_true(group_list_key(&fixture->groups, &view, &scratch, &row.key, &row.texts, &error));
    assert_true(aggregate_set_prepare(&fixture->list.calls, &view, line.slots[0], &scratch,
                                      arguments, &error));
    window_state_add(window_states_of(&fixture->states, partition), &row,
                     fixture->watermarks[partition], &late_by);
    scratch_free(&scratch);
    free(arguments);
    free(line.slots);
    free(text);
}

static void advance(struct fixture *fixture, uint32_t partition, int64_t watermark)
{
    if (watermark <= fixture->watermarks[partition])
        return;
    fixture->watermarks[partition] = watermark;
    if (partition < fixture->states.count)
        window_state_advance(fixture->states.items[partition], watermark);
}

static int64_t watermark_of(void *context, uint32_t partition)
{
    return ((const struct fixture *)context)->watermarks[partition];
}

/* As snapshot stores do, so that there are not too many. */
static void join_segments(struct fixture *fixture, size_t at)
{
    struct segment *joined = &fixture->segments[at], *next = joined + 1;
    text_buffer_add(&joined->text, next->text.bytes, next->text.length);
    joined->number = next->number;
    text_buffer_free(&next->text);
    fixture->segment_count--;
    memmove(next, next + 1, (fixture->segment_count - at - 1) * sizeof *next);
}

static void save(struct fixture *fixture)
{
    struct text_buffer text = {0};
    struct line_list lines = {0};
    size_t left = 0;
    if (window_snapshots_write(&fixture->snapshots, &fixture->states, &lines) > 0) {
        for (size_t i = 0; i < lines.count; i++)
            text_buffer_add(&text, lines.pieces[i].bytes, lines.pieces[i].length);
        line_list_free(&lines);
        fixture->segments = reallocate(fixture->segments,
                                       (fixture->segment_count + 1) * sizeof *fixture->segments);
        fixture->segments[fixture->segment_count++] = (struct segment){fixture->snapshots.number,
                                                                       text};
    }
    if (fixture->joins && fixture->segment_count > 1 && rand() % 8 == 0)
        join_segments(fixture, (size_t)rand() % (fixture->segment_count - 1));
    for (size_t i = 0; i < fixture->segment_count; i++) {
        if (fixture->segments[i].number >= fixture->snapshots.needed)
            fixture->segments[left++] = fixture->segments[i];
        else
            text_buffer_free(&fixture->segments[i].text);
    }
    fixture->segment_count = left;
}

/* Lines that are made before the moment of the save: what is prepared to the end leaves nothing to
   do. */
static void prepare(struct fixture *fixture)
{
    uint64_t before;
    if (!window_snapshots_prepare(&fixture->snapshots, &fixture->states))
        return;
    before = fixture->snapshots.save.rows;
    assert_true(window_snapshots_prepare(&fixture->snapshots, &fixture->states));
    assert_int_equal(fixture->snapshots.save.rows, before);
}

static void read_back(struct fixture *fixture, const struct text_buffer *text)
{
    struct window_watermarks watermarks = {watermark_of, fixture, PARTITIONS};
    char *padded = calloc(text->length + JSON_PADDING, 1);
    memcpy(padded, text->bytes, text->length);
    for (char *line = padded, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        if (!window_snapshots_read(&fixture->snapshots, &fixture->states, &watermarks, line,
                                   (size_t)(end - line)))
            fail_msg("%.*s", (int)(end - line), line);
    free(padded);
}

/* As a new process finds it. */
static void restart(struct fixture *fixture)
{
    struct window_watermarks watermarks = {watermark_of, fixture, PARTITIONS};
    struct window_snapshots before = fixture->snapshots;
    uint64_t open[PARTITIONS] = {0};
    int64_t ticks[PARTITIONS] = {0};
    uint32_t count = fixture->states.count;
    for (uint32_t i = 0; i < count; i++) {
        open[i] = window_state_open(fixture->states.items[i]);
        ticks[i] = window_state_tick(fixture->states.items[i]);
    }
    window_states_free(&fixture->states);
    window_snapshots_init(&fixture->snapshots, &fixture->plan);
    fixture->snapshots.spare = before.spare;
    fixture->snapshots.at_once = before.at_once;
    fixture->snapshots.step = before.step;
    fixture->snapshots.number = before.number;
    fixture->snapshots.needed = before.needed;
    for (size_t i = 0; i < fixture->segment_count; i++)
        read_back(fixture, &fixture->segments[i].text);
    fixture->snapshots.reading = 0;
    for (uint32_t i = 0; i < count; i++)
        window_state_set_tick(window_states_of(&fixture->states, i), ticks[i]);
    window_snapshots_end(&fixture->states, &watermarks);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(window_state_open(fixture->states.items[i]), open[i]);
    window_snapshots_free(&before);
}

static const char *const values[] = {
    "1",      "1.0",  "2.50", "-7", "0.1", "1e300", "null", "\"é\"", "12345678901234567890",
    "[1,{}]", "true", "3"};
/* Not all of them are numbers. */
static const char *const numbers[] = {"1", "1.0", "2.50", "-7", "0.1", "1e30", "null", "-0", "4"};
static const char *const keys[] = {"1", "1.0", "\"a\\n\"", "null", "[2,\"x\"]", "\"b\"", "1e0"};

#define PICK(list) (list[(size_t)rand() % (sizeof(list) / sizeof *(list))])

/* The same records to both; one of them is saved and started again now and then. */
static void stream_records(struct fixture *whole, struct fixture *broken, unsigned seed)
{
    int64_t time = 1000 * PACE, lag = rand() % 2 ? 0 : 5 * PACE;
    int pace = 1 + rand() % (2 * PACE), key_count = 1 + rand() % 7;
    for (int i = 0; i < RECORDS; i++) {
        char record[256];
        uint32_t partition = (uint32_t)(rand() % PARTITIONS);
        time += rand() % pace;
        int64_t at = time - (rand() % 3 == 0 ? rand() % (10 * PACE) : 0);
        snprintf(record, sizeof record, "{\"g\":%s,\"v\":%s,\"x\":%s,\"id\":%d}",
                 keys[rand() % key_count], PICK(numbers), PICK(values), i);
        advance(whole, partition, at - lag);
        advance(broken, partition, at - lag);
        take(whole, partition, at, record);
        take(broken, partition, at, record);
        if (rand() % 4 == 0)
            prepare(broken);
        if (rand() % 8 == 0)
            save(broken);
        if (rand() % 40 == 0) {
            save(broken);
            restart(broken);
        }
    }
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        advance(whole, i, INT64_MAX);
        advance(broken, i, INT64_MAX);
    }
    if (whole->out.length != broken->out.length ||
        memcmp(whole->out.bytes, broken->out.bytes, whole->out.length) != 0)
        fail_msg("seed %u: the results differ", seed);
}

static const char *const lists[] = {
    "count,sum(.v),stddev(.v),min(.v),max(.v)", "count,a=avg(.v),f=first(.x),l=last(.x)",
    "d=distinct(.v),all=collect(.x),n=count",   "approx_distinct(.id),quantile(.v; 0.3),top(.x; 3)",
    "all=collect(.id),s=stddev(.v),sum(.v)",
};

static void restarts_change_nothing(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= SCENARIOS; seed++) {
        static const char *const sizes[] = {"3us", "10us/1us", "20us/1us", "5us/7us"};
        struct window_options options = {.session = -1};
        struct fixture whole, broken;
        srand(seed);
        switch (rand() % 5) {
        case 0:
            options.session = 1 + rand() % (4 * PACE);
            options.max_session = rand() % 3 == 0 ? 8 * PACE : 0;
            break;
        case 1:
            options.cumulate = "10us/2us";
            break;
        case 2:
            break;
        default:
            options.window = PICK(sizes);
        }
        bool windowed = options.session >= 0 || options.cumulate != NULL || options.window != NULL;
        options.lateness = windowed && rand() % 3 == 0 ? rand() % (6 * PACE) : 0;
        bool update = rand() % 3 == 0;
        int64_t every = update && windowed && rand() % 2 ? 3 * PACE : 0;
        const char *list = PICK(lists);
        open_fixture(&whole, &options, list, update, every);
        open_fixture(&broken, &options, list, update, every);
        broken.joins = rand() % 2;
        broken.snapshots.spare = (uint64_t)(rand() % 3) * 1000;
        broken.snapshots.at_once = (uint64_t)(rand() % 3) * 500;
        broken.snapshots.step = 1 + (size_t)(rand() % 2000);
        stream_records(&whole, &broken, seed);
        close_fixture(&whole);
        close_fixture(&broken);
    }
}

/* What is kept of many saves stays within a few times of what lives, also where nothing closes. */
static void segments_do_not_pile_up(void **state)
{
    (void)state;
    struct window_options options = {.session = -1};
    struct fixture fixture;
    size_t largest = 0;
    open_fixture(&fixture, &options, "count,sum(.v),distinct(.v)", true, 0);
    fixture.snapshots.spare = fixture.snapshots.at_once = 0;
    for (int i = 0; i < 20000; i++) {
        char record[64];
        size_t bytes = 0;
        snprintf(record, sizeof record, "{\"g\":%d,\"v\":%d}", i % 50, i % 300);
        take(&fixture, 0, 0, record);
        if (i % 10 != 0)
            continue;
        save(&fixture);
        for (size_t k = 0; k < fixture.segment_count; k++)
            bytes += fixture.segments[k].text.length;
        largest = bytes > largest ? bytes : largest;
    }
    /* 50 keys with 6 values each: about 100 bytes a cell, 60 a revision. */
    assert_in_range(largest, 50 * 100, 50 * 160 * 8);
    restart(&fixture);
    close_fixture(&fixture);
}

/* A save is as large as what changed, and nothing changed is nothing saved. */
static void a_save_is_what_changed(void **state)
{
    (void)state;
    struct window_options options = {.session = -1, .window = "1s"};
    struct fixture fixture;
    open_fixture(&fixture, &options, "count,all=collect(.id)", false, 0);
    for (int i = 0; i < 10000; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"g\":%d,\"id\":%d}", i % 1000, i);
        take(&fixture, 0, i, record);
    }
    save(&fixture);
    assert_int_equal(fixture.segment_count, 1);
    save(&fixture);
    assert_int_equal(fixture.segment_count, 1);
    take(&fixture, 0, 5, "{\"g\":7,\"id\":-1}");
    save(&fixture);
    assert_int_equal(fixture.segment_count, 2);
    text_buffer_add_byte(&fixture.segments[1].text, '\0');
    assert_string_equal(fixture.segments[1].text.bytes,
                        "{\"save\":3}\n{\"p\":0,\"key\":[7],\"slice\":0,\"version\":10001,"
                        "\"more\":true,\"states\":[11,[[5,-1]]]}\n");
    close_fixture(&fixture);
}

/* A save of many changes is made in small steps while records go on coming, and comes to an end. */
static void a_large_save_is_made_bit_by_bit(void **state)
{
    (void)state;
    enum { KEYS = 20000, PER_STEP = 50 };
    struct window_options options = {.session = -1, .window = "1h"};
    struct fixture fixture;
    struct line_list lines = {0};
    char record[64];
    uint64_t before = 0;
    size_t steps = 0;
    int id = 0;
    open_fixture(&fixture, &options, "count,all=collect(.id)", false, 0);
    for (; id < KEYS; id++) {
        snprintf(record, sizeof record, "{\"g\":%d,\"id\":%d}", id, id);
        take(&fixture, 0, id, record);
    }
    fixture.snapshots.step = 20000;
    while (!window_snapshots_prepare(&fixture.snapshots, &fixture.states)) {
        assert_in_range(line_list_length(&fixture.snapshots.save.lines) - before, 1, 21000);
        before = line_list_length(&fixture.snapshots.save.lines);
        steps++;
        for (int i = 0; i < PER_STEP; i++, id++) {
            snprintf(record, sizeof record, "{\"g\":%d,\"id\":%d}", id * 7 % KEYS, id);
            take(&fixture, 0, id, record);
        }
    }
    assert_in_range(steps, 50, 200);
    before = line_list_length(&fixture.snapshots.save.lines);
    assert_in_range(window_snapshots_write(&fixture.snapshots, &fixture.states, &lines), KEYS,
                    KEYS * 2);
    assert_int_equal(line_list_length(&lines), before);
    line_list_free(&lines);
    close_fixture(&fixture);
}

/* More is added to one group than a step writes of it: the steps grow. */
static void a_save_ends_whatever_is_added(void **state)
{
    (void)state;
    struct window_options options = {.session = -1, .window = "1h"};
    enum { PER_STEP = 100, SIZE = 3000 };
    struct fixture fixture;
    char id[SIZE] = "", record[SIZE + 40];
    size_t steps = 0;
    open_fixture(&fixture, &options, "all=collect(.id)", false, 0);
    fixture.snapshots.step = 100000;
    memset(id, 'x', sizeof id - 1);
    snprintf(record, sizeof record, "{\"g\":1,\"id\":\"%s\"}", id);
    do
        for (int i = 0; i < PER_STEP; i++)
            take(&fixture, 0, i, record);
    while (!window_snapshots_prepare(&fixture.snapshots, &fixture.states) && ++steps < 200);
    assert_in_range(steps, 1, 199);
    close_fixture(&fixture);
}

/* Room for a line and what must be readable behind it. */
enum { READABLE = 128 };

static void foreign_lines_are_refused(void **state)
{
    (void)state;
    static const char save[READABLE] = "{\"save\":1}";
    static const char lines[][READABLE] = {
        "{}",
        "{\"save\":0}",
        "{\"save\":1}",
        "{\"save\":2}",
        "{\"save\":1,\"x\":2}",
        "{\"p\":0,\"key\":[1],\"slice\":1,\"version\":1,\"states\":[1]}",
        "{\"p\":0,\"key\":[1],\"slice\":0,\"version\":1,\"states\":[]}",
        "{\"p\":0,\"key\":[1],\"slice\":0,\"version\":1,\"states\":[1,2]}",
        "{\"p\":0,\"key\":[1],\"slice\":0,\"version\":1,\"states\":[-1]}",
        "{\"p\":0,\"key\":[1],\"slice\":0,\"version\":1,\"states\":[null]}",
        "{\"p\":0,\"key\":[],\"slice\":0,\"version\":1,\"states\":[1]}",
        "{\"p\":0,\"key\":[{}],\"slice\":0,\"version\":1,\"states\":[1]}",
        "{\"p\":0,\"key\":1,\"slice\":0,\"version\":1,\"states\":[1]}",
        "{\"p\":9,\"key\":[1],\"slice\":0,\"version\":1,\"states\":[1]}",
        "{\"p\":0,\"key\":[2],\"slice\":0,\"version\":1,\"more\":true,\"states\":[1]}",
        "{\"p\":0,\"key\":[1],\"first\":0,\"last\":1,\"version\":1,\"written\":0,\"rev\":0,"
        "\"states\":[1]}",
        "{\"p\":0,\"key\":[1],\"end\":1000000000,\"version\":1,\"rev\":1}",
        "{\"p\":0,\"key\":[1],\"gone\":1}",
    };
    struct window_options options = {.session = -1, .window = "1s"};
    struct fixture fixture;
    struct window_watermarks watermarks = {watermark_of, &fixture, PARTITIONS};
    open_fixture(&fixture, &options, "count", false, 0);
    fixture.snapshots.number = 1;
    assert_true(window_snapshots_read(&fixture.snapshots, &fixture.states, &watermarks, save,
                                      strlen(save)));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (window_snapshots_read(&fixture.snapshots, &fixture.states, &watermarks, lines[i],
                                  strlen(lines[i])))
            fail_msg("%s", lines[i]);
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restarts_change_nothing),
        cmocka_unit_test(segments_do_not_pile_up),
        cmocka_unit_test(a_save_is_what_changed),
        cmocka_unit_test(a_large_save_is_made_bit_by_bit),
        cmocka_unit_test(a_save_ends_whatever_is_added),
        cmocka_unit_test(foreign_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
