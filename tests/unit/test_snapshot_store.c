#include "state_fixture.h"

#include "child_process.h"
#include "state/segment_text.h"
#include "state/segment_writer.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#define ROW_A "{\"row\":\"a\"}\n"
#define ROW_B "{\"row\":\"b\"}\n"

/* Of a child whose messages are of no interest. */
static void quieten(void)
{
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
}

static void what_was_saved_is_read_back(void **state)
{
    struct state_fixture fixture;
    struct text_buffer text = {0};
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    assert_string_equal(fixture_load(&fixture, &text), "");
    assert_int_equal(fixture.status, STATUS_OK);
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    assert_true(fixture_save(&fixture, 2, ROW_B, 20, INT64_MIN));
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_string_equal(fixture_load(&fixture, &text), "{\"kind\":\"tool\",\"n\":2}\n" ROW_A ROW_B);
    assert_int_equal(snapshot_store_figures(fixture.store).rows, 2);
    assert_int_equal(snapshot_store_figures(fixture.store).sequence, 2);
    text_buffer_free(&text);
    fixture_remove(&fixture);
}

static void segments_are_dropped_by_time_and_two_snapshots_stay(void **state)
{
    struct state_fixture fixture;
    struct text_buffer text = {0};
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    assert_true(fixture_save(&fixture, 2, ROW_B, 20, 10));
    assert_true(fixture_has(&fixture, "snapshot-000001.zst"));
    assert_true(fixture_save(&fixture, 3, NULL, 0, 11));
    assert_false(fixture_has(&fixture, "snapshot-000001.zst"));
    assert_true(fixture_has(&fixture, "snapshot-000002.zst"));
    assert_true(fixture_has(&fixture, "rows-000001.zst")); /* snapshot 2 names it */
    assert_true(fixture_save(&fixture, 4, NULL, 0, 11));
    assert_false(fixture_has(&fixture, "rows-000001.zst"));
    assert_true(fixture_has(&fixture, "rows-000002.zst"));
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_string_equal(fixture_load(&fixture, &text), "{\"kind\":\"tool\",\"n\":4}\n" ROW_B);
    text_buffer_free(&text);
    fixture_remove(&fixture);
}

static void files_of_others_stay(void **state)
{
    struct state_fixture fixture;
    (void)state;
    fixture_make(&fixture);
    fixture_write(&fixture, "notes.txt", "mine", 4);
    fixture_write(&fixture, "rows-1.zst", "mine", 4);
    fixture_write(&fixture, "rows-000009.zst", "left by a kill", 14);
    fixture_write(&fixture, "rows-000009.zst.tmp", "left by a kill", 14);
    assert_true(fixture_open(&fixture));
    assert_false(fixture_has(&fixture, "rows-000009.zst.tmp"));
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    assert_true(fixture_has(&fixture, "notes.txt"));
    assert_true(fixture_has(&fixture, "rows-1.zst"));
    assert_false(fixture_has(&fixture, "rows-000009.zst")); /* nobody names it */
    assert_true(fixture_has(&fixture, "snapshot-000010.zst"));
    fixture_remove(&fixture);
}

/* 80 snapshots of a row each: few files, all rows, in their order. */
static void small_segments_are_joined(void **state)
{
    enum { COUNT = 80 };
    struct state_fixture fixture;
    struct text_buffer text = {0};
    struct text_buffer wanted = {0};
    struct dirent *entry;
    DIR *listing;
    int files = 0;
    char row[32];
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    text_buffer_add_format(&wanted, "{\"kind\":\"tool\",\"n\":%d}\n", COUNT - 1);
    for (int i = 0; i < COUNT; i++) {
        snprintf(row, sizeof row, "{\"row\":%d}\n", i);
        text_buffer_add_text(&wanted, row);
        assert_true(fixture_save(&fixture, (unsigned)i, row, i, INT64_MIN));
    }
    text_buffer_add_byte(&wanted, '\0');
    fixture_close(&fixture);
    listing = opendir(fixture.name);
    while ((entry = readdir(listing)) != NULL)
        files += strncmp(entry->d_name, "rows-", 5) == 0;
    closedir(listing);
    assert_true(files <= 3 * 7 + 8); /* seven of each tier, and what the snapshot before names */
    assert_true(fixture_open(&fixture));
    assert_string_equal(fixture_load(&fixture, &text), wanted.bytes);
    text_buffer_free(&text);
    text_buffer_free(&wanted);
    fixture_remove(&fixture);
}

/* A source that makes many large fills, and notes that done() was called. */
struct many {
    uint64_t left;
    bool done;
};

static bool fill_many(void *context, struct text_buffer *out, uint64_t *rows)
{
    struct many *many = context;
    for (int i = 0; i < 5000 && many->left > 0; i++, many->left--, ++*rows)
        text_buffer_add_format(out, "{\"row\":%llu,\"text\":\"%0100d\"}\n",
                               (unsigned long long)many->left, 0);
    return many->left > 0;
}

static void done_many(void *context)
{
    ((struct many *)context)->done = true;
}

struct counted {
    uint64_t rows;
    uint64_t next;
};

static bool take_counted(void *context, const char *line, size_t length, struct error_text *error)
{
    struct counted *counted = context;
    struct line_fields fields;
    uint64_t row;
    (void)error;
    if (!line_fields_begin(&fields, line, length) || !line_fields_natural(&fields, "row", &row) ||
        row != counted->next)
        return false;
    counted->next--;
    counted->rows++;
    return true;
}

static void large_segments_come_back_in_blocks(void **state)
{
    struct state_fixture fixture;
    struct many many = {60000, false};
    struct segment_source source = {"rows", INT64_MAX, &many, fill_many, done_many};
    struct snapshot_draft *draft;
    struct saved_snapshot *saved;
    struct counted counted = {0, 60000};
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    draft = snapshot_draft_begin(fixture.store);
    snapshot_draft_add(draft, &source);
    assert_true(snapshot_draft_commit(draft, false, &fixture.error));
    assert_null(snapshot_draft_begin(fixture.store)); /* one at a time */
    assert_true(snapshot_store_wait(fixture.store, &fixture.error));
    assert_true(many.done);
    saved = snapshot_store_load(fixture.store, &fixture.error, &fixture.status);
    assert_non_null(saved);
    assert_true(saved_snapshot_segments(saved, "rows", take_counted, &counted, &fixture.error));
    assert_int_equal(counted.rows, 60000);
    counted = (struct counted){0, 59999}; /* refused in the midst: the other thread ends too */
    assert_false(saved_snapshot_segments(saved, "rows", take_counted, &counted, &fixture.error));
    assert_non_null(strstr(fixture.error.text, "rows-000001.zst: line 1: not what"));
    saved_snapshot_free(saved);
    fixture_remove(&fixture);
}

/* What a child says of the directory: its status and the first line of its error. */
struct probe {
    struct state_fixture *fixture;
    void (*before)(struct state_fixture *fixture);
};

static void load_in_child(void *context)
{
    struct probe *probe = context;
    struct text_buffer text = {0};
    if (probe->before != NULL)
        probe->before(probe->fixture);
    if (!fixture_open(probe->fixture)) {
        printf("%s", probe->fixture->error.text);
        fflush(stdout);
        _exit(probe->fixture->status);
    }
    const char *found = fixture_load(probe->fixture, &text);
    printf("%s", probe->fixture->status == STATUS_OK ? found : probe->fixture->error.text);
    fflush(stdout);
    _exit(probe->fixture->status);
}

static struct child_outcome probe_child(struct state_fixture *fixture,
                                        void (*before)(struct state_fixture *fixture))
{
    return child_run(load_in_child, &(struct probe){fixture, before}, NULL);
}

static void a_second_run_is_told_who_has_the_directory(void **state)
{
    struct state_fixture fixture;
    struct child_outcome outcome;
    struct state_fixture again;
    char holder[64];
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    again = fixture;
    outcome = probe_child(&again, NULL);
    assert_int_equal(outcome.status, STATUS_LOCKED);
    snprintf(holder, sizeof holder, "in use by process %ld", (long)getpid());
    assert_non_null(strstr(outcome.output, holder));
    fixture_close(&fixture);
    outcome = probe_child(&again, NULL);
    assert_int_equal(outcome.status, STATUS_OK);
    fixture_remove(&fixture);
}

static void open_to_group(struct state_fixture *fixture)
{
    chmod(fixture->name, 0750);
}

static void other_user(struct state_fixture *fixture)
{
    (void)fixture;
    if (seteuid(65534) != 0)
        _exit(99);
}

static void only_a_directory_of_ours_alone_is_used(void **state)
{
    struct state_fixture fixture;
    struct state_fixture linked;
    struct child_outcome outcome;
    (void)state;
    fixture_make(&fixture);
    outcome = probe_child(&fixture, open_to_group);
    assert_int_equal(outcome.status, STATUS_STATE);
    assert_non_null(strstr(outcome.output, "others may use it (mode 0750)"));
    chmod(fixture.name, 0700);
    if (geteuid() == 0) {
        outcome = probe_child(&fixture, other_user);
        assert_int_equal(outcome.status, STATUS_STATE);
        chown(fixture.name, 65534, 65534);
        outcome = probe_child(&fixture, NULL);
        assert_int_equal(outcome.status, STATUS_STATE);
        assert_non_null(strstr(outcome.output, "belongs to another user"));
        chown(fixture.name, 0, 0);
    }
    linked = fixture;
    strcat(linked.name, "-link");
    assert_int_equal(symlink(fixture.name, linked.name), 0);
    outcome = probe_child(&linked, NULL);
    assert_int_equal(outcome.status, STATUS_STATE);
    assert_non_null(strstr(outcome.output, "not a directory"));
    strcat(linked.name, "/");
    outcome = probe_child(&linked, NULL);
    assert_int_equal(outcome.status, STATUS_STATE);
    linked.name[strlen(linked.name) - 1] = '\0';
    unlink(linked.name);
    fixture_remove(&fixture);
}

static void symbolic_links_in_the_way_are_not_followed(void **state)
{
    struct state_fixture fixture;
    char path[PATH_MAX];
    char *bytes;
    (void)state;
    fixture_make(&fixture);
    fixture_write(&fixture, "victim", "precious", 8);
    /* The name of the next file, which the stale *.tmp rule removes at the start. */
    assert_true(fixture_open(&fixture));
    assert_int_equal(symlink("victim", fixture_path(&fixture, "rows-000001.zst.tmp", path)), 0);
    assert_false(fixture_save(&fixture, 1, ROW_A, 1, INT64_MIN));
    assert_non_null(strstr(fixture.error.text, "rows-000001.zst.tmp: File exists"));
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_int_equal(symlink("victim", fixture_path(&fixture, "rows-000001.zst", path)), 0);
    assert_false(fixture_save(&fixture, 1, ROW_A, 1, INT64_MIN));
    fixture_close(&fixture);
    fixture_path(&fixture, "LOCK", path);
    unlink(path);
    assert_int_equal(symlink("victim", path), 0);
    assert_false(fixture_open(&fixture));
    assert_int_equal(fixture_read(&fixture, "victim", &bytes), 8);
    assert_memory_equal(bytes, "precious", 8);
    free(bytes);
    fixture_remove(&fixture);
}

/* Loads in this process, with what is warned of thrown away. */
static enum exit_status load_quietly(struct state_fixture *fixture, struct text_buffer *text)
{
    int errors = dup(STDERR_FILENO);
    quieten();
    assert_true(fixture_open(fixture));
    fixture_load(fixture, text);
    fixture_close(fixture);
    dup2(errors, STDERR_FILENO);
    close(errors);
    return fixture->status;
}

/* Each damage to one file leads to the snapshot before, and to status 4 if that is damaged too. */
static void check_damage(struct state_fixture *fixture, const char *file, const char *bytes,
                         size_t length, struct text_buffer *text)
{
    fixture_write(fixture, file, bytes, length);
    assert_int_equal(load_quietly(fixture, text), STATUS_OK);
    assert_string_equal(text->bytes, "{\"kind\":\"tool\",\"n\":1}\n" ROW_A);
}

static void damage_everywhere(struct state_fixture *fixture, const char *file,
                              struct text_buffer *text)
{
    char *bytes;
    size_t length = fixture_read(fixture, file, &bytes);
    for (size_t bit = 0; bit < 8 * length; bit++) {
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        check_damage(fixture, file, bytes, length, text);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
    for (size_t size = 0; size < length; size++)
        check_damage(fixture, file, bytes, size, text);
    bytes[length] = '\0';
    check_damage(fixture, file, bytes, length + 1, text);
    fixture_write(fixture, file, bytes, length);
    assert_int_equal(load_quietly(fixture, text), STATUS_OK);
    assert_string_equal(text->bytes, "{\"kind\":\"tool\",\"n\":2}\n" ROW_A ROW_B);
    free(bytes);
}

static void every_flipped_bit_and_every_truncation_is_found(void **state)
{
    struct state_fixture fixture;
    struct text_buffer text = {0};
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    assert_true(fixture_save(&fixture, 2, ROW_B, 20, INT64_MIN));
    fixture_close(&fixture);
    damage_everywhere(&fixture, "snapshot-000002.zst", &text);
    damage_everywhere(&fixture, "rows-000002.zst", &text);
    text_buffer_free(&text);
    fixture_remove(&fixture);
}

static void a_damaged_snapshot_is_told_and_none_good_is_no_empty_start(void **state)
{
    struct state_fixture fixture;
    struct child_outcome outcome;
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    assert_true(fixture_save(&fixture, 2, ROW_B, 20, INT64_MIN));
    fixture_close(&fixture);
    fixture_write(&fixture, "snapshot-000002.zst", "nonsense, and longer than a seal", 32);
    outcome = probe_child(&fixture, NULL);
    assert_int_equal(outcome.status, STATUS_OK);
    assert_non_null(strstr(outcome.errors, "snapshot-000002.zst: damaged"));
    assert_string_equal(outcome.output, "{\"kind\":\"tool\",\"n\":1}\n" ROW_A);
    fixture_write(&fixture, "rows-000001.zst", "", 0);
    outcome = probe_child(&fixture, NULL);
    assert_int_equal(outcome.status, STATUS_STATE);
    assert_non_null(strstr(outcome.errors, "rows-000001.zst: damaged"));
    assert_non_null(strstr(outcome.output, "no snapshot in it is whole"));
    fixture_remove(&fixture);
}

static void after_a_fall_back_the_next_snapshot_gets_a_new_number(void **state)
{
    struct state_fixture fixture;
    struct text_buffer text = {0};
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    assert_true(fixture_save(&fixture, 2, ROW_B, 20, INT64_MIN));
    fixture_close(&fixture);
    fixture_write(&fixture, "rows-000002.zst", "", 0);
    int errors = dup(STDERR_FILENO);
    quieten();
    assert_true(fixture_open(&fixture));
    assert_string_equal(fixture_load(&fixture, &text), "{\"kind\":\"tool\",\"n\":1}\n" ROW_A);
    dup2(errors, STDERR_FILENO);
    close(errors);
    assert_true(fixture_save(&fixture, 3, ROW_B, 20, INT64_MIN));
    assert_false(fixture_has(&fixture, "snapshot-000002.zst"));
    assert_true(fixture_has(&fixture, "snapshot-000001.zst"));
    assert_string_equal(fixture_load(&fixture, &text), "{\"kind\":\"tool\",\"n\":3}\n" ROW_A ROW_B);
    text_buffer_free(&text);
    fixture_remove(&fixture);
}

/* A full disk: the last snapshot stays good, nothing is left behind, and done() is called. */
static void a_full_disk_leaves_the_snapshot_before(void **state)
{
    struct state_fixture fixture;
    struct text_buffer text = {0};
    struct rlimit former;
    struct rlimit small;
    struct many many = {60000, false};
    struct segment_source source = {"rows", INT64_MAX, &many, fill_many, done_many};
    struct snapshot_draft *draft;
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    draft = snapshot_draft_begin(fixture.store);
    snapshot_draft_add(draft, &source);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &former);
    small = former;
    small.rlim_cur = 4096;
    setrlimit(RLIMIT_FSIZE, &small);
    assert_false(snapshot_draft_commit(draft, true, &fixture.error));
    setrlimit(RLIMIT_FSIZE, &former);
    assert_non_null(strstr(fixture.error.text, "rows-000002.zst: File too large"));
    assert_true(many.done);
    assert_false(fixture_has(&fixture, "rows-000002.zst.tmp"));
    fixture_close(&fixture);
    assert_true(fixture_open(&fixture));
    assert_string_equal(fixture_load(&fixture, &text), "{\"kind\":\"tool\",\"n\":1}\n" ROW_A);
    text_buffer_free(&text);
    fixture_remove(&fixture);
}

static void a_snapshot_of_another_tool_is_refused(void **state)
{
    struct state_fixture fixture;
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    fixture_close(&fixture);
    fixture.store = snapshot_store_open(fixture.name, "evother", &fixture.error, &fixture.status);
    assert_null(snapshot_store_load(fixture.store, &fixture.error, &fixture.status));
    assert_int_equal(fixture.status, STATUS_STATE);
    assert_non_null(strstr(fixture.error.text, "was made by evtest, not evother"));
    fixture_remove(&fixture);
}

/* A sealed file of this text in the directory, which is not open. */
static void write_sealed(struct state_fixture *fixture, const char *name, const char *text)
{
    struct state_directory directory;
    struct text_buffer lines = text_of(text);
    struct segment segment = {.rows = 0};
    struct segment_source source = {.role = "snapshot"};
    strcpy(segment.file, name);
    assert_true(state_directory_open(&directory, fixture->name, &fixture->error, &fixture->status));
    segment_text_source(&source, &lines, 0);
    assert_true(segment_write_file(&directory, &source, &segment, &fixture->error));
    source.done(source.context);
    state_directory_close(&directory);
}

static void a_newer_format_is_refused_and_nonsense_passed_over(void **state)
{
    static const char *const nonsense[] = {
        "{\"kind\":\"snapshot\",\"format\":1}\n",
        "nonsense\n",
        "",
        "{\"kind\":\"end\",\"lines\":0}\n",
        "{\"kind\":\"snapshot\",\"format\":1,\"tool\":\"evtest\",\"version\":\"0\",\"sequence\":2,"
        "\"written_at\":\"\"}\n",
        "{\"kind\":\"snapshot\",\"format\":1,\"tool\":\"evtest\",\"version\":\"0\",\"sequence\":2,"
        "\"written_at\":\"\"}\n{\"kind\":\"end\",\"lines\":2}\n",
        "{\"kind\":\"snapshot\",\"format\":1,\"tool\":\"evtest\",\"version\":\"0\",\"sequence\":1,"
        "\"written_at\":\"\"}\n{\"kind\":\"end\",\"lines\":1}\n",
    };
    struct state_fixture fixture;
    struct text_buffer text = {0};
    char path[PATH_MAX];
    (void)state;
    fixture_make(&fixture);
    assert_true(fixture_open(&fixture));
    assert_true(fixture_save(&fixture, 1, ROW_A, 10, INT64_MIN));
    fixture_close(&fixture);
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        write_sealed(&fixture, "snapshot-000002.zst", nonsense[i]);
        if (!fixture_has(&fixture, "snapshot-000002.zst"))
            continue; /* nothing is no file */
        assert_int_equal(load_quietly(&fixture, &text), STATUS_OK);
        assert_string_equal(text.bytes, "{\"kind\":\"tool\",\"n\":1}\n" ROW_A);
        unlink(fixture_path(&fixture, "snapshot-000002.zst", path));
    }
    write_sealed(&fixture, "snapshot-000002.zst",
                 "{\"kind\":\"snapshot\",\"format\":2,\"shape\":\"unheard of\"}\n[]\n");
    assert_int_equal(load_quietly(&fixture, &text), STATUS_STATE);
    assert_non_null(
        strstr(fixture.error.text, "snapshot-000002.zst: has format 2, made by a newer"));
    text_buffer_free(&text);
    fixture_remove(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_is_read_back),
        cmocka_unit_test(segments_are_dropped_by_time_and_two_snapshots_stay),
        cmocka_unit_test(files_of_others_stay),
        cmocka_unit_test(small_segments_are_joined),
        cmocka_unit_test(large_segments_come_back_in_blocks),
        cmocka_unit_test(a_second_run_is_told_who_has_the_directory),
        cmocka_unit_test(only_a_directory_of_ours_alone_is_used),
        cmocka_unit_test(symbolic_links_in_the_way_are_not_followed),
        cmocka_unit_test(every_flipped_bit_and_every_truncation_is_found),
        cmocka_unit_test(a_damaged_snapshot_is_told_and_none_good_is_no_empty_start),
        cmocka_unit_test(after_a_fall_back_the_next_snapshot_gets_a_new_number),
        cmocka_unit_test(a_full_disk_leaves_the_snapshot_before),
        cmocka_unit_test(a_snapshot_of_another_tool_is_refused),
        cmocka_unit_test(a_newer_format_is_refused_and_nonsense_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
