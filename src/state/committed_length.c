#include "state/committed_length.h"

#include "ndjson/json_scan.h"
#include "state/file_io.h"
#include "state/line_fields.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST_FILE = 256 };

static bool fail(const char *name, struct error_text *error)
{
    return refuse(error, "%s: %s", name, strerror(errno));
}

static bool write_file(const char *name, const struct text_buffer *text)
{
    int descriptor;
    /* What a run that was killed left there; one run at a time writes this output. */
    unlink(name);
    descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return false;
    bool fine = write_fully(descriptor, text->bytes, text->length) && fsync(descriptor) == 0;
    return close(descriptor) == 0 && fine;
}

bool committed_length_publish(const char *name, const struct committed_length *committed,
                              struct error_text *error)
{
    struct text_buffer text = {0};
    char target[PATH_MAX];
    char unfinished[PATH_MAX];
    bool fine;
    if (snprintf(target, sizeof target, "%s.committed", name) >= (int)sizeof target ||
        snprintf(unfinished, sizeof unfinished, "%s.committed.tmp", name) >= (int)sizeof unfinished)
        return refuse(error, "%s.committed: the name is too long", name);
    line_add_natural(&text, "{\"length\":", committed->length);
    line_add_natural(&text, ",\"device\":", committed->device);
    line_add_natural(&text, ",\"inode\":", committed->inode);
    text_buffer_add_text(&text, "}\n");
    fine = (write_file(unfinished, &text) && rename(unfinished, target) == 0 &&
            sync_parent(target)) ||
           fail(target, error);
    if (!fine)
        unlink(unfinished);
    text_buffer_free(&text);
    return fine;
}

static bool parse(const char *text, size_t length, struct committed_length *committed)
{
    struct line_fields fields;
    return length > 0 && text[length - 1] == '\n' && line_fields_begin(&fields, text, length - 1) &&
           line_fields_natural(&fields, "length", &committed->length) &&
           line_fields_natural(&fields, "device", &committed->device) &&
           line_fields_natural(&fields, "inode", &committed->inode) && line_fields_end(&fields);
}

enum committed_found committed_length_read(const char *name, struct committed_length *committed,
                                           struct error_text *error)
{
    char target[PATH_MAX];
    char text[LARGEST_FILE + JSON_PADDING];
    int64_t length;
    int descriptor;
    if (snprintf(target, sizeof target, "%s.committed", name) >= (int)sizeof target)
        return COMMITTED_ABSENT;
    descriptor = open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR))
        return COMMITTED_ABSENT;
    length = descriptor < 0 ? -1 : read_fully(descriptor, text, LARGEST_FILE);
    if (length < 0)
        fail(target, error);
    else if (!parse(text, (size_t)length, committed))
        refuse(error, "%s: not what a durable output leaves there", target);
    else {
        close(descriptor);
        return COMMITTED_READ;
    }
    if (descriptor >= 0)
        close(descriptor);
    return COMMITTED_FAILED;
}
