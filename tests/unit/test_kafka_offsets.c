#include "stream/kafka_offsets.h"

#include "ndjson/json_iterator.h"
#include "state/snapshot_draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct json_slice slice(const char *text)
{
    return text == NULL ? (struct json_slice){.text = NULL, .kind = JSON_ABSENT}
                        : json_slice_at(text, text + strlen(text));
}

/* A record as its envelope describes it; NULL = the member is missing. */
static bool pass(struct kafka_offsets *offsets, const char *topic, const char *partition,
                 const char *offset, const char *ts)
{
    struct record_variables variables = {.topic = slice(topic),
                                         .partition = slice(partition),
                                         .offset = slice(offset),
                                         .ts = slice(ts)};
    return kafka_offsets_pass(offsets, &variables);
}

static void records_at_or_below_the_last_offset_were_seen(void **state)
{
    struct kafka_offsets offsets = {.capacity = 0};
    (void)state;
    assert_false(pass(&offsets, "\"t\"", "0", "0", "1"));
    assert_true(pass(&offsets, "\"t\"", "0", "0", "1"));
    assert_false(pass(&offsets, "\"t\"", "0", "7", "1"));
    assert_true(pass(&offsets, "\"t\"", "0", "6", "1"));
    assert_true(pass(&offsets, "\"t\"", "0", "7", "1"));
    assert_false(pass(&offsets, "\"t\"", "0", "8", "1"));
    assert_false(pass(&offsets, "\"t\"", "1", "0", "1"));
    assert_false(pass(&offsets, "\"u\"", "0", "0", "1"));
    kafka_offsets_free(&offsets);
}

static void without_an_offset_everything_is_new(void **state)
{
    struct kafka_offsets offsets = {.capacity = 0};
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_false(pass(&offsets, NULL, "0", "5", NULL));
        assert_false(pass(&offsets, "\"t\"", NULL, "5", NULL));
        assert_false(pass(&offsets, "\"t\"", "0", NULL, NULL));
        assert_false(pass(&offsets, "\"t\"", "0", "\"5\"", NULL));
    }
    assert_int_equal(offsets.names.count, 0);
    kafka_offsets_free(&offsets);
}

/* Saves a snapshot of the offsets into the directory. */
static void save(const char *directory, const struct kafka_offsets *offsets)
{
    struct error_text error;
    enum exit_status status;
    struct snapshot_store *store = snapshot_store_open(directory, "test", &error, &status);
    struct snapshot_draft *draft;
    saved_snapshot_free(snapshot_store_load(store, &error, &status));
    draft = snapshot_draft_begin(store);
    kafka_offsets_save(offsets, snapshot_draft_lines(draft));
    assert_true(snapshot_draft_commit(draft, true, &error));
    snapshot_store_close(store);
}

static void restore(const char *directory, struct kafka_offsets *offsets)
{
    struct error_text error;
    enum exit_status status;
    struct snapshot_store *store = snapshot_store_open(directory, "test", &error, &status);
    struct saved_snapshot *saved = snapshot_store_load(store, &error, &status);
    assert_non_null(saved);
    assert_true(kafka_offsets_restore(offsets, saved, &error));
    saved_snapshot_free(saved);
    snapshot_store_close(store);
}

static void assert_no_time(const char *directory, const char *reason)
{
    struct error_text error = {""};
    int64_t ts;
    assert_false(kafka_offsets_since(directory, &ts, &error));
    assert_non_null(strstr(error.text, reason));
}

static void remove_directory(const char *directory)
{
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    assert_int_equal(system(command), 0);
}

static void offsets_come_back(void **state)
{
    char directory[] = "kafka-offsets-XXXXXX";
    struct kafka_offsets offsets = {.capacity = 0};
    struct kafka_offsets restored = {.capacity = 0};
    (void)state;
    assert_non_null(mkdtemp(directory));
    for (int i = 0; i < 50; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", i);
        pass(&offsets, "\"a \\\"b\\\" \\u00e4\"", number, "9223372036854775806", NULL);
    }
    pass(&offsets, "\"t\"", "3", "10", "1700000000123");
    save(directory, &offsets);
    restore(directory, &restored);
    assert_int_equal(restored.names.count, 51);
    assert_true(pass(&restored, "\"a \\\"b\\\" \\u00e4\"", "49", "9223372036854775806", NULL));
    assert_true(pass(&restored, "\"t\"", "3", "10", NULL));
    assert_false(pass(&restored, "\"t\"", "3", "11", NULL));
    kafka_offsets_free(&offsets);
    kafka_offsets_free(&restored);
    remove_directory(directory);
}

static void since_is_the_earliest_time_of_both_snapshots(void **state)
{
    char directory[] = "kafka-since-XXXXXX";
    struct kafka_offsets offsets = {.capacity = 0};
    struct error_text error;
    int64_t ts = 0;
    (void)state;
    assert_no_time("no-such-directory", "No such file");
    assert_non_null(mkdtemp(directory));
    assert_no_time(directory, "no snapshot yet");
    save(directory, &offsets);
    assert_no_time(directory, "no Kafka record");
    pass(&offsets, "\"t\"", "0", "1", "5000");
    pass(&offsets, "\"t\"", "1", "1", "4000");
    save(directory, &offsets);
    assert_true(kafka_offsets_since(directory, &ts, &error));
    assert_int_equal(ts, 4000);
    pass(&offsets, "\"t\"", "1", "2", "6000");
    save(directory, &offsets);
    assert_true(kafka_offsets_since(directory, &ts, &error));
    assert_int_equal(ts, 4000);
    save(directory, &offsets);
    assert_true(kafka_offsets_since(directory, &ts, &error));
    assert_int_equal(ts, 5000);
    pass(&offsets, "\"t\"", "2", "0", NULL);
    save(directory, &offsets);
    assert_no_time(directory, "no time stamp");
    kafka_offsets_free(&offsets);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_at_or_below_the_last_offset_were_seen),
        cmocka_unit_test(without_an_offset_everything_is_new),
        cmocka_unit_test(offsets_come_back),
        cmocka_unit_test(since_is_the_earliest_time_of_both_snapshots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
