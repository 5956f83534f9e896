#include "state/segment_reader.h"

#include "ndjson/json_scan.h"
#include "ndjson/text_buffer.h"
#include "ndjson/zstd_reader.h"
#include "state/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Small enough for two of them, and their rows, to stay in a core's cache. */
enum { BLOCK_SIZE = 256 * 1024, BLOCKS = 4 };
/* A line of the JSON scanner is shorter than 4 GiB; what is longer is none of ours. */
#define LONGEST_LINE (UINT64_C(4095) << 20)

struct block {
    struct text_buffer text; /* [0, lines) are whole lines, behind them the beginning of one */
    size_t lines;
    const char *file;
    bool parsed;
    struct parsed_rows rows;
};

/* Blocks are filled in a ring: number n stands in blocks[n % BLOCKS]. */
struct segment_reader {
    const struct state_directory *directory;
    const struct segment_list *list;
    const char *role;
    const struct row_format *format; /* NULL = lines are all that is wanted */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct block blocks[BLOCKS];
    uint64_t filled;  /* blocks that are ready */
    uint64_t emptied; /* of these, given back */
    bool taken;       /* the caller still looks at block `emptied` */
    bool ended;
    bool failed;
    bool stopping;
    struct error_text error;
};

/* A segment on its way through the decompressor. */
struct decompression {
    struct segment_reader *reader;
    const struct segment *segment;
    struct zstd_reader *zstd;
    int descriptor;
    bool at_end;   /* of the file */
    uint64_t text; /* bytes made */
};

/* Waits for a free block; NULL: nobody wants more. */
static struct block *free_block(struct segment_reader *reader)
{
    struct block *block = NULL;
    pthread_mutex_lock(&reader->mutex);
    while (!reader->stopping && reader->filled - reader->emptied == BLOCKS)
        pthread_cond_wait(&reader->changed, &reader->mutex);
    if (!reader->stopping)
        block = &reader->blocks[reader->filled % BLOCKS];
    pthread_mutex_unlock(&reader->mutex);
    return block;
}

static void parse_block(const struct segment_reader *reader, struct block *block)
{
    parsed_rows_make(&block->rows, reader->format, block->text.bytes, block->lines);
    block->parsed = true;
}

/* While the caller has enough to do, its lines are taken apart here; when it waits for the next
   block, it does that itself. So both threads are busy whichever work is the larger. */
static bool caller_is_busy(struct segment_reader *reader)
{
    bool busy;
    pthread_mutex_lock(&reader->mutex);
    busy = reader->filled - reader->emptied > (uint64_t)reader->taken;
    pthread_mutex_unlock(&reader->mutex);
    return busy;
}

static void publish_block(struct segment_reader *reader, struct block *block)
{
    block->parsed = false;
    if (reader->format != NULL && caller_is_busy(reader))
        parse_block(reader, block);
    pthread_mutex_lock(&reader->mutex);
    reader->filled++;
    pthread_cond_broadcast(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
}

static bool fail(struct decompression *work, const char *reason)
{
    return refuse(&work->reader->error, "%s/%s: %s", work->reader->directory->name,
                  work->segment->file, reason);
}

static bool supply(struct decompression *work)
{
    size_t size;
    char *space = zstd_reader_space(work->zstd, &size);
    int64_t count = read_fully(work->descriptor, space, size);
    if (count < 0)
        return fail(work, strerror(errno));
    work->at_end = count == 0;
    zstd_reader_supply(work->zstd, (size_t)count);
    return true;
}

/* Adds to the block until it is full of whole lines, or the segment has ended. The promised size
   bounds what a small file may grow to. */
static bool fill_block(struct decompression *work, struct block *block)
{
    const char *reason = NULL;
    while (!work->at_end && (block->text.length < BLOCK_SIZE || block->lines == 0)) {
        size_t before = block->text.length;
        size_t room = before < BLOCK_SIZE ? BLOCK_SIZE - before : BLOCK_SIZE;
        char *place = text_buffer_reserve(&block->text, room + JSON_PADDING);
        if (zstd_reader_starved(work->zstd) && !supply(work))
            return false;
        size_t made = zstd_reader_take(work->zstd, place, room, &reason);
        if (made == SIZE_MAX)
            return fail(work, reason);
        work->text += made;
        block->text.length += made;
        if (work->text > work->segment->text_bytes || block->text.length > LONGEST_LINE)
            return fail(work, "holds more than it should");
        const char *last = made == 0 ? NULL : memrchr(place, '\n', made);
        if (last != NULL)
            block->lines = (size_t)(last + 1 - block->text.bytes);
    }
    return true;
}

static bool check_end(struct decompression *work, const struct block *block)
{
    if (work->text != work->segment->text_bytes || !zstd_reader_complete(work->zstd))
        return fail(work, "holds less than it should");
    return block->lines == block->text.length || fail(work, "its last line has no LF");
}

/* What a block has behind its whole lines is where the next one begins. */
static bool decompress_all(struct decompression *work)
{
    struct block *block = free_block(work->reader);
    struct block *next;
    if (block == NULL)
        return false;
    block->text.length = block->lines = 0;
    for (;;) {
        block->file = work->segment->file;
        if (!fill_block(work, block) || (work->at_end && !check_end(work, block)))
            return false;
        if (work->at_end) {
            if (block->lines > 0)
                publish_block(work->reader, block);
            return true;
        }
        size_t rest = block->text.length - block->lines;
        const char *begun = block->text.bytes + block->lines;
        publish_block(work->reader, block);
        next = free_block(work->reader);
        if (next == NULL)
            return false;
        next->text.length = next->lines = 0;
        memcpy(text_buffer_reserve(&next->text, rest + JSON_PADDING), begun, rest);
        next->text.length = rest;
        block = next;
    }
}

static bool read_segment(struct segment_reader *reader, const struct segment *segment)
{
    struct decompression work = {.reader = reader, .segment = segment};
    bool fine;
    /* Its checksum was verified when the snapshot was chosen. */
    work.descriptor = openat(reader->directory->descriptor, segment->file,
                             O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (work.descriptor < 0)
        return fail(&work, strerror(errno));
    work.zstd = zstd_reader_new();
    fine = decompress_all(&work);
    zstd_reader_free(work.zstd);
    close(work.descriptor);
    return fine;
}

static void *run(void *context)
{
    struct segment_reader *reader = context;
    bool fine = true;
    for (size_t i = 0; fine && i < reader->list->count; i++)
        if (strcmp(reader->list->items[i].role, reader->role) == 0)
            fine = read_segment(reader, &reader->list->items[i]);
    pthread_mutex_lock(&reader->mutex);
    reader->ended = true;
    reader->failed = !fine && !reader->stopping;
    pthread_cond_broadcast(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
    return NULL;
}

struct segment_reader *segment_reader_start(const struct state_directory *directory,
                                            const struct segment_list *list, const char *role,
                                            const struct row_format *format)
{
    struct segment_reader *reader = allocate_zeroed(1, sizeof *reader);
    sigset_t all, former;
    reader->directory = directory;
    reader->list = list;
    reader->role = role;
    reader->format = format;
    pthread_mutex_init(&reader->mutex, NULL);
    pthread_cond_init(&reader->changed, NULL);
    /* Signals are for the main thread, whose wait they end. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &former);
    if (pthread_create(&reader->thread, NULL, run, reader) != 0)
        die(STATUS_IO, "out of memory for a thread");
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    return reader;
}

void segment_reader_stop(struct segment_reader *reader)
{
    pthread_mutex_lock(&reader->mutex);
    reader->stopping = true;
    pthread_cond_broadcast(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
    pthread_join(reader->thread, NULL);
    for (size_t i = 0; i < BLOCKS; i++) {
        text_buffer_free(&reader->blocks[i].text);
        parsed_rows_free(&reader->blocks[i].rows);
    }
    pthread_mutex_destroy(&reader->mutex);
    pthread_cond_destroy(&reader->changed);
    free(reader);
}

/* Gives the block taken last back and waits for the next; NULL: there is none, *result says why. */
static struct block *next_block(struct segment_reader *reader, enum segment_read *result,
                                struct error_text *error)
{
    struct block *block = NULL;
    pthread_mutex_lock(&reader->mutex);
    reader->emptied += reader->taken;
    reader->taken = false;
    pthread_cond_broadcast(&reader->changed);
    while (reader->filled == reader->emptied && !reader->ended)
        pthread_cond_wait(&reader->changed, &reader->mutex);
    if (reader->filled > reader->emptied) {
        block = &reader->blocks[reader->emptied % BLOCKS];
        reader->taken = true;
    } else if (reader->failed) {
        *error = reader->error;
        *result = SEGMENT_FAILED;
    } else {
        *result = SEGMENT_END;
    }
    pthread_mutex_unlock(&reader->mutex);
    return block;
}

enum segment_read segment_reader_next(struct segment_reader *reader, struct segment_lines *lines,
                                      struct error_text *error)
{
    enum segment_read result;
    struct block *block = next_block(reader, &result, error);
    if (block == NULL)
        return result;
    if (reader->format != NULL && !block->parsed)
        parse_block(reader, block);
    *lines = (struct segment_lines){block->text.bytes, block->lines, block->file,
                                    reader->format == NULL ? NULL : &block->rows};
    return SEGMENT_LINES;
}
