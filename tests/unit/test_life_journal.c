/* Keys that were saved and restored answer as those that lived on. */
#include "state_fixture.h"

#include "time/timestamp.h"
#include "uniq/recent_keys.h"
#include "uniq/saved_life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { KEYS = 500, STEPS = 20000, WITHIN = 1000, SEED = 7 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* A string, a number or an array. */
static struct marked_key make_key(uint32_t number, char text[32])
{
    static const char *const formats[] = {"%u", "\"k%u\"", "[%u,\"x\"]"};
    struct marked_key key;
    static struct scratch scratch;
    struct json_slice slice = {text, 0, JSON_NUMBER, JSON_FLAG_INTEGER};
    slice.length = (uint32_t)sprintf(text, formats[number % 3], number);
    slice.kind = number % 3 == 0 ? JSON_NUMBER : number % 3 == 1 ? JSON_STRING : JSON_ARRAY;
    scratch_reset(&scratch);
    assert_true(json_key_make(slice, &scratch, &key.key));
    key.mark = json_key_fingerprint(&key.key, SEED);
    return key;
}

struct restoring {
    struct recent_keys *keys;
    bool exact;
    struct scratch scratch;
};

static bool take_life(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    struct saved_life life;
    (void)error;
    scratch_reset(&restoring->scratch);
    if (!saved_life_read(&life, line, length, restoring->exact, &restoring->scratch))
        return false;
    if (restoring->exact)
        life.key.mark = json_key_fingerprint(&life.key.key, SEED);
    recent_keys_restore(restoring->keys, &life.key, life.first, life.last);
    return true;
}

static struct recent_keys *restore(struct state_fixture *fixture, const struct recent_rules *rules,
                                   int64_t watermark)
{
    struct restoring restoring = {.keys = recent_keys_new(rules), .exact = rules->exact};
    struct saved_snapshot *saved = snapshot_store_load(fixture->store, &fixture->error,
                                                       &fixture->status);
    recent_keys_advance(restoring.keys, watermark);
    assert_non_null(saved);
    assert_true(saved_snapshot_segments(saved, "lives", take_life, &restoring, &fixture->error));
    saved_snapshot_free(saved);
    scratch_free(&restoring.scratch);
    return restoring.keys;
}

static bool step(struct recent_keys *keys, uint32_t number, int64_t time)
{
    char text[32];
    struct marked_key key = make_key(number, text);
    if (recent_keys_repeated(keys, &key, time))
        return true;
    recent_keys_add(keys, &key, time);
    return false;
}

static void save(struct state_fixture *fixture, struct life_journal *journal, int64_t watermark)
{
    struct snapshot_draft *draft = snapshot_draft_begin(fixture->store);
    snapshot_draft_keep(draft, "lives", watermark - WITHIN + 1);
    life_journal_save(journal, draft, "lives");
    assert_true(snapshot_draft_commit(draft, true, &fixture->error));
}

static void check(bool refresh, bool exact)
{
    const struct recent_rules rules = {WITHIN, refresh, exact};
    struct state_fixture fixture;
    struct life_journal journal = {0};
    struct recent_keys *lived = recent_keys_new(&rules);
    struct recent_keys *restored;
    uint32_t random = 1;
    int64_t time = 0;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    recent_keys_note_changes(lived, &journal, 0);
    for (int i = 0; i < STEPS; i++) {
        time += next_random(&random) % 3;
        recent_keys_advance(lived, time - 200);
        step(lived, next_random(&random) % KEYS, time - (int64_t)(next_random(&random) % 200));
        if (i % (STEPS / 30) == 0)
            save(&fixture, &journal, time - 200);
    }
    save(&fixture, &journal, time - 200);
    restored = restore(&fixture, &rules, time - 200);
    for (int i = 0; i < STEPS; i++) {
        uint32_t number = next_random(&random) % KEYS;
        int64_t moment = time - (int64_t)(next_random(&random) % 200);
        assert_int_equal(step(lived, number, moment), step(restored, number, moment));
        time += next_random(&random) % 3;
        recent_keys_advance(lived, time - 200);
        recent_keys_advance(restored, time - 200);
    }
    recent_keys_free(lived);
    recent_keys_free(restored);
    life_journal_free(&journal);
    fixture_remove(&fixture);
}

static void plain(void **state)
{
    (void)state;
    check(false, false);
}

static void exact(void **state)
{
    (void)state;
    check(false, true);
}

static void refreshed(void **state)
{
    (void)state;
    check(true, false);
}

static void refreshed_and_exact(void **state)
{
    (void)state;
    check(true, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(exact),
        cmocka_unit_test(refreshed),
        cmocka_unit_test(refreshed_and_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
