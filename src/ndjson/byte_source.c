#include "ndjson/byte_source.h"

#include "ndjson/foreign_compression.h"
#include "ndjson/json_scan.h"
#include "ndjson/zstd_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Large enough that a read's own cost vanishes; from 32 KiB to 1 MiB the size makes no difference
   that evjoin on a file of 1 GB would show. */
enum { READ_SIZE = 256 * 1024, PIPE_SIZE = 1024 * 1024 };

struct byte_buffer {
    char *bytes;
    size_t capacity; /* without the padding behind it */
    size_t end;      /* bytes[0..end) are filled */
    size_t searched; /* no LF in what lies before, behind source->line */
    uint64_t max_line;
    bool ended;
    bool started; /* the first bytes were looked at */
    struct zstd_reader *zstd;
};

static void buffer_make(struct byte_source *source, uint64_t max_line)
{
    struct byte_buffer *buffer = allocate_zeroed(1, sizeof *buffer);
    buffer->capacity = 2 * READ_SIZE;
    buffer->bytes = allocate(buffer->capacity + JSON_PADDING);
    buffer->max_line = max_line;
    source->buffer = buffer;
    source->line = source->limit = buffer->bytes;
}

static void source_note_file(struct byte_source *source, const struct stat *status)
{
    off_t start = lseek(source->descriptor, 0, SEEK_CUR);
    source->start = start < 0 ? 0 : (uint64_t)start;
    source->size = (uint64_t)status->st_size;
    source->device = status->st_dev;
    source->inode = status->st_ino;
    posix_fadvise(source->descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
}

/* source->descriptor was opened, or errno says why not. */
static bool source_attach(struct byte_source *source, struct error_text *error)
{
    struct stat status;
    if (source->descriptor < 0 || fstat(source->descriptor, &status) != 0) {
        int reason = errno;
        refuse(error, "%s: %s", source->name, strerror(reason));
        errno = reason;
        return false;
    }
    errno = 0;
    if (S_ISDIR(status.st_mode))
        return refuse(error, "%s: %s", source->name, strerror(EISDIR));
    source->regular = S_ISREG(status.st_mode);
    source->allowed = UINT64_MAX;
    if (source->regular)
        source_note_file(source, &status);
    else
        fcntl(source->descriptor, F_SETPIPE_SZ, PIPE_SIZE);
    return true;
}

bool byte_source_open(struct byte_source *source, const char *name, uint64_t max_line,
                      struct error_text *error)
{
    bool standard = strcmp(name, "-") == 0;
    *source = (struct byte_source){.name = standard ? "stdin" : name};
    source->descriptor = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (!source_attach(source, error))
        return false;
    buffer_make(source, max_line);
    return true;
}

void byte_source_await(struct byte_source *source, const char *name, uint64_t max_line)
{
    *source = (struct byte_source){
        .name = name, .descriptor = -1, .regular = true, .follow = true, .allowed = UINT64_MAX};
    buffer_make(source, max_line);
}

void byte_source_close(struct byte_source *source)
{
    if (source->buffer == NULL)
        return;
    if (source->descriptor >= 0)
        close(source->descriptor);
    zstd_reader_free(source->buffer->zstd);
    free(source->buffer->bytes);
    free(source->buffer);
    source->buffer = NULL;
}

/* As before the first read. */
static void source_reset(struct byte_source *source)
{
    struct byte_buffer *buffer = source->buffer;
    zstd_reader_free(buffer->zstd);
    buffer->zstd = NULL;
    buffer->end = buffer->searched = 0;
    buffer->ended = buffer->started = false;
    source->compressed = source->skipping = false;
    source->consumed = source->position = 0;
    source->line = source->limit = buffer->bytes;
}

bool byte_source_restart(struct byte_source *source)
{
    if (lseek(source->descriptor, -(off_t)source->consumed, SEEK_CUR) < 0)
        return refuse(&source->error, "%s: %s", source->name, strerror(errno));
    source_reset(source);
    return true;
}

bool byte_source_replace(struct byte_source *source, int descriptor, struct error_text *error)
{
    if (source->descriptor >= 0)
        close(source->descriptor);
    source->descriptor = descriptor;
    source_reset(source);
    return source_attach(source, error);
}

int byte_source_descriptor(const struct byte_source *source)
{
    return source->descriptor;
}

/* Moves the partial line to the front and makes room for a read behind it. */
static void buffer_make_room(struct byte_source *source)
{
    struct byte_buffer *buffer = source->buffer;
    size_t start = (size_t)(source->line - buffer->bytes);
    size_t partial = buffer->end - start;
    if (start > 0) {
        memmove(buffer->bytes, source->line, partial);
        buffer->end = partial;
        buffer->searched -= start;
    }
    if (buffer->capacity - buffer->end < READ_SIZE) {
        buffer->capacity = 2 * buffer->capacity;
        buffer->bytes = reallocate(buffer->bytes, buffer->capacity + JSON_PADDING);
    }
    source->line = source->limit = buffer->bytes;
}

static bool source_readable(const struct byte_source *source)
{
    struct pollfd wanted = {source->descriptor, POLLIN, 0};
    return source->regular || poll(&wanted, 1, 0) > 0;
}

/* One read(2); 0 = end of input, -1 = failed (source->error). */
static ssize_t source_read(struct byte_source *source, char *at, size_t size)
{
    uint64_t offset = source->start + source->consumed;
    ssize_t count;
    if (source->allowed <= offset || source->descriptor < 0)
        return 0;
    if (source->allowed - offset < size)
        size = (size_t)(source->allowed - offset);
    do
        count = read(source->descriptor, at, size);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        refuse(&source->error, "%s: %s", source->name, strerror(errno));
    else
        source->consumed += (size_t)count;
    return count;
}

static void source_begin_zstd(struct byte_source *source)
{
    struct byte_buffer *buffer = source->buffer;
    size_t size;
    source->compressed = true;
    buffer->zstd = zstd_reader_new();
    memcpy(zstd_reader_space(buffer->zstd, &size), buffer->bytes, buffer->end);
    zstd_reader_supply(buffer->zstd, buffer->end);
    buffer->end = buffer->searched = 0;
}

/* The first bytes tell what this is; until they do, buffer->started stays false. What was read of
   zstd data moves over to the decoder. */
static enum byte_status source_recognise(struct byte_source *source)
{
    struct byte_buffer *buffer = source->buffer;
    bool whole = true;
    const struct foreign_compression *foreign;
    foreign = foreign_compression_find(buffer->bytes, buffer->end, &whole);
    if (buffer->end > 0 && zstd_magic_matches(buffer->bytes, buffer->end)) {
        buffer->started = buffer->end >= FRAME_MAGIC_SIZE;
        if (buffer->started)
            source_begin_zstd(source);
    } else if (foreign != NULL && whole) {
        refuse(&source->error, "%s: %s data, which is not read here: decompress it (%s)",
               source->name, foreign->name, foreign->command);
        return BYTES_FAILED;
    } else {
        buffer->started = foreign == NULL;
    }
    return BYTES_LINES;
}

static enum byte_status source_decompress(struct byte_source *source)
{
    struct byte_buffer *buffer = source->buffer;
    const char *reason = NULL;
    size_t made = zstd_reader_take(buffer->zstd, buffer->bytes + buffer->end, READ_SIZE, &reason);
    if (made == SIZE_MAX) {
        refuse(&source->error, "%s: damaged zstd data: %s", source->name, reason);
        return BYTES_FAILED;
    }
    buffer->end += made;
    return BYTES_LINES;
}

static enum byte_status source_end(struct byte_source *source)
{
    struct byte_buffer *buffer = source->buffer;
    buffer->ended = buffer->started = true;
    if (buffer->zstd == NULL || zstd_reader_complete(buffer->zstd))
        return BYTES_LINES;
    refuse(&source->error, "%s: damaged zstd data: ends inside a frame", source->name);
    return BYTES_FAILED;
}

/* Adds bytes to the buffer: by one read, or by decompressing what was read before. */
static enum byte_status source_add(struct byte_source *source, bool ready)
{
    struct byte_buffer *buffer = source->buffer;
    char *at = buffer->bytes + buffer->end;
    size_t size = READ_SIZE;
    ssize_t count;
    if (buffer->zstd != NULL && !zstd_reader_starved(buffer->zstd))
        return source_decompress(source);
    if (!ready && !source_readable(source))
        return BYTES_WAIT;
    if (buffer->zstd != NULL)
        at = zstd_reader_space(buffer->zstd, &size);
    count = source_read(source, at, size);
    if (count < 0)
        return BYTES_FAILED;
    if (count == 0)
        return source->follow ? BYTES_WAIT : source_end(source);
    if (buffer->zstd != NULL) {
        zstd_reader_supply(buffer->zstd, (size_t)count);
        return source_decompress(source);
    }
    buffer->end += (size_t)count;
    return buffer->started ? BYTES_LINES : source_recognise(source);
}

/* The first bytes for who wants them; those added lie at [from, end). */
static void source_note_head(struct byte_source *source, size_t from)
{
    struct byte_head *head = source->head;
    size_t added = source->buffer->end > from ? source->buffer->end - from : 0;
    size_t room = sizeof head->bytes - head->length;
    if (added > room)
        added = room;
    memcpy(head->bytes + head->length, source->buffer->bytes + from, added);
    head->length += added;
}

/* Drops what belongs to the line that was too long; true once its LF was found. */
static bool buffer_skip(struct byte_source *source)
{
    struct byte_buffer *buffer = source->buffer;
    const char *from = buffer->bytes + buffer->searched;
    const char *found = memchr(from, '\n', buffer->end - buffer->searched);
    size_t dropped = found == NULL ? buffer->end : (size_t)(found + 1 - buffer->bytes);
    if (source->on_skip != NULL)
        source->on_skip(source->skip_context, buffer->bytes, dropped);
    source->position += dropped;
    memmove(buffer->bytes, buffer->bytes + dropped, buffer->end - dropped);
    buffer->end -= dropped;
    buffer->searched = 0;
    return found != NULL;
}

static void source_skip_mark(struct byte_source *source)
{
    static const char mark[] = "\xef\xbb\xbf";
    source->mark = 0;
    if (source->position > 0 || source->limit - source->line < 3 ||
        memcmp(source->line, mark, 3) != 0)
        return;
    byte_source_take(source, source->line + 3);
    source->mark = 3;
}

/* Shows the whole lines that the buffer holds; false if there is none. */
static bool buffer_show(struct byte_source *source)
{
    struct byte_buffer *buffer = source->buffer;
    const char *from = buffer->bytes + buffer->searched;
    const char *found = memrchr(from, '\n', buffer->end - buffer->searched);
    buffer->searched = buffer->end;
    if (found == NULL && (!buffer->ended || buffer->end == 0))
        return false;
    source->line = buffer->bytes;
    source->limit = found == NULL || buffer->ended ? buffer->bytes + buffer->end : found + 1;
    source_skip_mark(source);
    return true;
}

enum byte_status byte_source_fill(struct byte_source *source, bool ready)
{
    struct byte_buffer *buffer = source->buffer;
    for (;;) {
        enum byte_status status;
        size_t before;
        if (buffer->ended && source->line == buffer->bytes + buffer->end)
            return BYTES_END;
        buffer_make_room(source);
        before = buffer->end;
        status = source_add(source, ready);
        ready = false;
        if (source->head != NULL)
            source_note_head(source, before);
        if (status != BYTES_LINES)
            return status;
        if (source->skipping) {
            source->skipping = !buffer_skip(source) && !buffer->ended;
            if (source->skipping && !source->regular)
                return BYTES_WAIT;
            if (source->skipping)
                continue;
        }
        if (!buffer->started)
            continue;
        if (buffer_show(source))
            return BYTES_LINES;
        if (!buffer->ended && buffer->end > buffer->max_line + 1) {
            source->skipping = true;
            source->limit = buffer->bytes + buffer->end;
            return BYTES_TOO_LONG;
        }
    }
}

bool byte_source_is_zstd(const struct byte_source *source)
{
    char magic[FRAME_MAGIC_SIZE];
    return pread(source->descriptor, magic, sizeof magic, (off_t)source->start) ==
               (ssize_t)sizeof magic &&
           zstd_magic_matches(magic, sizeof magic);
}

bool byte_source_rejoin(struct byte_source *source, uint64_t position)
{
    struct byte_buffer *buffer = source->buffer;
    if (lseek(source->descriptor, (off_t)(source->start + position), SEEK_SET) < 0)
        return refuse(&source->error, "%s: %s", source->name, strerror(errno));
    buffer->end = buffer->searched = 0;
    source->consumed = source->position = position;
    source->line = source->limit = buffer->bytes;
    return true;
}

static bool refuse_seek(struct byte_source *source, uint64_t position)
{
    return refuse(&source->error, "%s: holds less than the %" PRIu64 " bytes that were read of it",
                  source->name, position);
}

static bool seek_plain(struct byte_source *source, uint64_t position)
{
    struct stat status;
    if (fstat(source->descriptor, &status) != 0 ||
        lseek(source->descriptor, (off_t)(source->start + position), SEEK_SET) < 0)
        return refuse(&source->error, "%s: %s", source->name, strerror(errno));
    if ((uint64_t)status.st_size < source->start + position)
        return refuse_seek(source, position);
    source->consumed = source->position = position;
    source->buffer->started = true;
    return true;
}

/* Decompresses up to the position; the first bytes behind it stay in the buffer. */
static bool seek_compressed(struct byte_source *source, uint64_t position)
{
    struct byte_buffer *buffer = source->buffer;
    while (source->position < position) {
        uint64_t missing = position - source->position;
        enum byte_status status;
        size_t passed;
        buffer_make_room(source);
        status = source_add(source, true);
        if (status == BYTES_FAILED)
            return false;
        if (status == BYTES_WAIT || buffer->ended)
            return refuse_seek(source, position);
        passed = buffer->end < missing ? buffer->end : (size_t)missing;
        source->position += passed;
        buffer->end -= passed;
        memmove(buffer->bytes, buffer->bytes + passed, buffer->end);
        buffer->searched = 0;
    }
    return true;
}

bool byte_source_seek(struct byte_source *source, uint64_t position, bool skipping)
{
    source->skipping = skipping;
    if (position == 0)
        return true;
    return byte_source_is_zstd(source) ? seek_compressed(source, position)
                                       : seek_plain(source, position);
}
