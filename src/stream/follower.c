#include "stream/follower.h"

#include "cli/diagnostics.h"
#include "state/committed_length.h"
#include "stream/positions.h"
#include "stream/stream_state.h"
#include "time/timestamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_INTERVAL NS_PER_SECOND

/* Looks by the clock after which it is told that a file is absent. */
enum { ABSENT_TOLD = 2 };

/* IN_ATTRIB: the last name of a file that is open was removed. */
enum {
    FILE_EVENTS = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF,
    FOLDER_EVENTS = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR
};

struct followed {
    struct input *input;
    const char *name; /* NULL = standard input: it cannot be replaced */
    int file_watch;   /* -1 = none */
    int folder_watch;
    int next_watch;    /* of another file that has the name, while it is empty */
    bool look;         /* something may have changed */
    bool by_clock;     /* it is time to look, whether it has or not */
    unsigned absent;   /* looks by the clock since the name has led nowhere */
    bool former;       /* the name is that of another file already */
    bool limited;      /* FILE.committed says how far this one may be read */
    bool other_length; /* it is of another file, and that was told */
    int next;          /* the file that takes its place, once this one is at its end; -1 = none */
};

struct follower {
    struct stream *stream;
    int inotify; /* -1 = there is none */
    struct followed *files;
    size_t count;
    int64_t next_look; /* steady clock ns */
};

struct follower *follower_new(struct stream *stream)
{
    struct follower *follower = allocate_zeroed(1, sizeof *follower);
    follower->stream = stream;
    follower->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    follower->next_look = INT64_MAX;
    return follower;
}

void follower_free(struct follower *follower)
{
    if (follower == NULL)
        return;
    for (size_t i = 0; i < follower->count; i++)
        if (follower->files[i].next >= 0)
            close(follower->files[i].next);
    if (follower->inotify >= 0)
        close(follower->inotify);
    free(follower->files);
    free(follower);
}

/* Two operands may be one file: they share the watch. */
static void drop_watch(struct follower *follower, int *slot)
{
    int watch = *slot;
    *slot = -1;
    for (size_t i = 0; i < follower->count; i++)
        if (follower->files[i].file_watch == watch || follower->files[i].next_watch == watch)
            return;
    inotify_rm_watch(follower->inotify, watch);
}

/* The file that is open is watched, wherever a rotation moves it. */
static void watch_file(struct follower *follower, struct followed *file)
{
    char path[64];
    if (file->file_watch >= 0)
        drop_watch(follower, &file->file_watch);
    if (follower->inotify < 0 || file->input->source.descriptor < 0)
        return;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file->input->source.descriptor);
    file->file_watch = inotify_add_watch(follower->inotify, path, FILE_EVENTS);
}

static void watch_folder(struct follower *follower, struct followed *file)
{
    const char *slash = file->name == NULL ? NULL : strrchr(file->name, '/');
    char *folder;
    file->folder_watch = -1;
    if (follower->inotify < 0 || file->name == NULL)
        return;
    folder = duplicate_text(slash == NULL ? "." : file->name);
    if (slash != NULL)
        folder[slash == file->name ? 1 : slash - file->name] = '\0';
    file->folder_watch = inotify_add_watch(follower->inotify, folder, FOLDER_EVENTS);
    free(folder);
}

/* Reads FILE.committed. Returns true if more of the file may be read than before. */
static bool limit_reading(struct followed *file)
{
    struct byte_source *source = &file->input->source;
    struct committed_length committed;
    struct error_text error;
    uint64_t before = source->allowed;
    enum committed_found found = COMMITTED_ABSENT;
    if (file->name != NULL && source->descriptor >= 0)
        found = committed_length_read(file->name, &committed, &error);
    if (found == COMMITTED_FAILED)
        die(STATUS_IO, "%s", error.text);
    if (found == COMMITTED_ABSENT)
        return false;
    if (committed.device == source->device && committed.inode == source->inode) {
        file->limited = true;
        source->allowed = committed.length;
        return source->allowed > before;
    }
    if (file->former)
        return false;
    if (!file->limited)
        source->allowed = 0;
    file->limited = true;
    if (!file->other_length)
        warn("%s.committed is that of another file: nothing of %s is read until it is its own",
             file->name, file->name);
    file->other_length = true;
    return false;
}

/* A durable writer publishes a length before it writes: what was in the file before none was found
   is another's, and may be read; not what has come since. */
static void allow_reading(struct followed *file)
{
    struct byte_source *source = &file->input->source;
    struct stat status;
    if (file->limited || file->former || file->name == NULL || source->descriptor < 0 ||
        (source->allowed != UINT64_MAX && source->allowed > source->start + source->consumed) ||
        fstat(source->descriptor, &status) != 0)
        return;
    limit_reading(file);
    if (!file->limited)
        source->allowed = (uint64_t)status.st_size;
}

void follower_add(struct follower *follower, struct input *input)
{
    bool named = input->source.descriptor != STDIN_FILENO;
    input->source.follow = true;
    input->followed = follower->count + 1;
    follower->files = reallocate(follower->files, (follower->count + 1) * sizeof *follower->files);
    follower->files[follower->count++] = (struct followed){.input = input,
                                                           .name = named ? input->source.name
                                                                         : NULL,
                                                           .file_watch = -1,
                                                           .next = -1,
                                                           .next_watch = -1,
                                                           .absent = ABSENT_TOLD,
                                                           .look = true};
    struct followed *file = &follower->files[follower->count - 1];
    watch_folder(follower, file);
    watch_file(follower, file);
    allow_reading(file);
    follower->next_look = 0;
}

bool follower_go_back(struct follower *follower, struct input *input, int descriptor,
                      struct error_text *error)
{
    struct followed *file = &follower->files[input->followed - 1];
    file->former = true;
    if (!byte_source_replace(&input->source, descriptor, error))
        return false;
    input->source.follow = true;
    watch_file(follower, file);
    return true;
}

/* All of it was read, and it has become shorter. */
static void read_anew(struct follower *follower, struct followed *file)
{
    struct byte_source *source = &file->input->source;
    if (follower->stream->positions != NULL)
        die(STATUS_STATE, "%s: has become shorter than what was read of it", source->name);
    warn("%s: has become shorter: it is read from its beginning", source->name);
    file->input->line_number = 0;
    if (!byte_source_restart(source))
        die(STATUS_IO, "%s", source->error.text);
}

static bool cut_short(const struct byte_source *source)
{
    struct stat status;
    return source->descriptor >= 0 && fstat(source->descriptor, &status) == 0 &&
           (uint64_t)status.st_size < source->start + source->consumed;
}

/* A rotation leaves the name without a file for a moment. */
static void note_absent(struct followed *file)
{
    if (file->by_clock && file->absent < ABSENT_TOLD && ++file->absent == ABSENT_TOLD)
        warn("%s: %s; waiting for it", file->name, strerror(errno));
}

/* Another file has the name, and nothing is in it yet: the first write to it is waited for. */
static void watch_next(struct follower *follower, struct followed *file)
{
    int watch = follower->inotify < 0
                    ? -1
                    : inotify_add_watch(follower->inotify, file->name, FILE_EVENTS);
    if (file->next_watch >= 0 && file->next_watch != watch)
        drop_watch(follower, &file->next_watch);
    file->next_watch = watch;
}

/* Whether the name leads to another file, to which the writer has gone over: a rotation makes an
   empty one first and only then tells the writer. That file is opened. */
static bool find_next(struct follower *follower, struct followed *file)
{
    const struct byte_source *source = &file->input->source;
    struct stat status;
    if (file->name == NULL)
        return false;
    if (stat(file->name, &status) != 0) {
        note_absent(file);
        return false;
    }
    file->absent = 0;
    if (source->descriptor >= 0 && status.st_dev == source->device &&
        status.st_ino == source->inode)
        return false;
    if (source->descriptor >= 0 && S_ISREG(status.st_mode) && status.st_size == 0) {
        watch_next(follower, file);
        return false;
    }
    file->next = open(file->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->next < 0)
        note_absent(file);
    return file->next >= 0;
}

/* The file is at its end: goes over to the one that takes its place. */
static bool move_on(struct follower *follower, struct followed *file)
{
    struct byte_source *source = &file->input->source;
    struct error_text error;
    positions_file_left(follower->stream, file->input);
    if (!byte_source_replace(source, file->next, &error)) {
        source->error = error;
        return false;
    }
    file->next = -1;
    file->former = file->limited = false;
    if (!source->regular)
        return refuse(&source->error, "%s: is no longer a regular file", source->name);
    source->follow = true;
    file->input->line_number = 0;
    file->other_length = false;
    watch_file(follower, file);
    file->next_watch = -1; /* it is the file's own now */
    return true;
}

/* Nothing more is in the file now: what has become of it? */
static void examine(struct follower *follower, struct followed *file)
{
    struct byte_source *source = &file->input->source;
    if (cut_short(source)) {
        read_anew(follower, file);
    } else if (!limit_reading(file)) {
        file->look = find_next(follower, file);
        source->follow = !file->look;
        file->by_clock = false;
    }
}

enum byte_status follower_fill(struct follower *follower, struct input *input)
{
    struct followed *file = &follower->files[input->followed - 1];
    while (file->look) {
        allow_reading(file);
        enum byte_status status = byte_source_fill(&input->source, true);
        if (status == BYTES_END && !move_on(follower, file))
            return BYTES_FAILED;
        if (status == BYTES_WAIT)
            examine(follower, file);
        else if (status != BYTES_END)
            return status;
    }
    return BYTES_WAIT;
}

static void note_event(struct follower *follower, const struct inotify_event *event)
{
    for (size_t i = 0; i < follower->count; i++) {
        struct followed *file = &follower->files[i];
        if (event->wd < 0 || event->wd == file->file_watch || event->wd == file->folder_watch ||
            event->wd == file->next_watch)
            file->look = true;
    }
}

void follower_look(struct follower *follower, int64_t now)
{
    _Alignas(struct inotify_event) char events[4096];
    ssize_t count;
    if (follower->next_look <= now) {
        for (size_t i = 0; i < follower->count; i++)
            follower->files[i].look = follower->files[i].by_clock = true;
        follower->next_look = now + LOOK_INTERVAL;
    }
    while (follower->inotify >= 0 && (count = read(follower->inotify, events, sizeof events)) > 0) {
        for (const char *at = events; at < events + count;) {
            const struct inotify_event *event = (const void *)at;
            note_event(follower, event);
            at += sizeof *event + event->len;
        }
    }
}

int follower_descriptor(const struct follower *follower)
{
    return follower->inotify;
}

int64_t follower_due(const struct follower *follower)
{
    for (size_t i = 0; i < follower->count; i++)
        if (follower->files[i].look)
            return 0;
    return follower->next_look;
}
