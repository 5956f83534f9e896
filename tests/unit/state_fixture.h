#ifndef STATE_FIXTURE_H
#define STATE_FIXTURE_H

#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"
#include "state/snapshot_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A state directory for one test. */
struct state_fixture {
    char name[64];
    struct snapshot_store *store; /* NULL = closed */
    struct error_text error;
    enum exit_status status;
};

static inline void fixture_make(struct state_fixture *fixture)
{
    snprintf(fixture->name, sizeof fixture->name, "/tmp/evtools-state-XXXXXX");
    if (mkdtemp(fixture->name) == NULL)
        abort();
    fixture->store = NULL;
}

static inline bool fixture_open(struct state_fixture *fixture)
{
    fixture->store = snapshot_store_open(fixture->name, "evtest", &fixture->error,
                                         &fixture->status);
    return fixture->store != NULL;
}

static inline void fixture_close(struct state_fixture *fixture)
{
    snapshot_store_close(fixture->store);
    fixture->store = NULL;
}

static inline const char *fixture_path(const struct state_fixture *fixture, const char *file,
                                       char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", fixture->name, file);
    return path;
}

static inline void fixture_remove(struct state_fixture *fixture)
{
    DIR *listing = opendir(fixture->name);
    struct dirent *entry;
    char path[PATH_MAX];
    fixture_close(fixture);
    while ((entry = readdir(listing)) != NULL)
        if (entry->d_name[0] != '.')
            remove(fixture_path(fixture, entry->d_name, path));
    closedir(listing);
    rmdir(fixture->name);
}

static inline bool fixture_has(const struct state_fixture *fixture, const char *file)
{
    struct stat status;
    char path[PATH_MAX];
    return lstat(fixture_path(fixture, file, path), &status) == 0;
}

/* The file's bytes in *bytes, allocated; their number. */
static inline size_t fixture_read(const struct state_fixture *fixture, const char *file,
                                  char **bytes)
{
    char path[PATH_MAX];
    FILE *stream = fopen(fixture_path(fixture, file, path), "r");
    size_t length;
    *bytes = malloc(1 << 20);
    length = fread(*bytes, 1, 1 << 20, stream);
    fclose(stream);
    return length;
}

static inline void fixture_write(const struct state_fixture *fixture, const char *file,
                                 const char *bytes, size_t length)
{
    char path[PATH_MAX];
    int descriptor = open(fixture_path(fixture, file, path), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (write(descriptor, bytes, length) != (ssize_t)length)
        abort();
    close(descriptor);
}

static inline struct text_buffer text_of(const char *text)
{
    struct text_buffer buffer = {0};
    text_buffer_add_text(&buffer, text);
    return buffer;
}

/* A snapshot with one tool line {"n":N}, the kept segments of "rows", and one more line of rows
   unless `row` is NULL. */
static inline bool fixture_save(struct state_fixture *fixture, unsigned number, const char *row,
                                int64_t youngest, int64_t cutoff)
{
    struct snapshot_draft *draft = snapshot_draft_begin(fixture->store);
    text_buffer_add_format(snapshot_draft_lines(draft), "{\"kind\":\"tool\",\"n\":%u}\n", number);
    snapshot_draft_keep(draft, "rows", cutoff);
    if (row != NULL) {
        struct text_buffer lines = text_of(row);
        snapshot_draft_add_text(draft, "rows", youngest, &lines, 1);
    }
    return snapshot_draft_commit(draft, true, &fixture->error);
}

static inline bool fixture_take(void *context, const char *line, size_t length,
                                struct error_text *error)
{
    (void)error;
    text_buffer_add(context, line, length);
    text_buffer_add_byte(context, '\n');
    return true;
}

/* Everything that the newest good snapshot says: its tool line and its rows, "" = none. What is
   returned is good until the next call with the same buffer. */
static inline const char *fixture_load(struct state_fixture *fixture, struct text_buffer *text)
{
    struct saved_snapshot *saved = snapshot_store_load(fixture->store, &fixture->error,
                                                       &fixture->status);
    text->length = 0;
    if (saved != NULL &&
        (!saved_snapshot_manifest(saved, "tool", fixture_take, text, &fixture->error) ||
         !saved_snapshot_segments(saved, "rows", fixture_take, text, &fixture->error)))
        fixture->status = STATUS_STATE;
    text_buffer_add_byte(text, '\0');
    saved_snapshot_free(saved);
    return text->bytes;
}

#endif
