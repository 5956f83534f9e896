#include "ndjson/read_ahead.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Waking a thread costs up to a tenth of what a block takes: the thread sleeps until half of the
   blocks are free. zstd data is scanned by the thread only while it is SCAN_LEAD blocks ahead, as
   nobody else can decompress. */
enum { BLOCKS = 8, SCAN_LEAD = 3, SMALL_FILE = 2 * 1024 * 1024 };

/* A block are the lines that begin in its bytes; to find their end TAIL_SIZE more are read at a
   time, up to as many again: longer lines are left to byte_source_fill(). */
enum { BLOCK_SIZE = 256 * 1024, TAIL_SIZE = 4096, ROOM_SIZE = 2 * BLOCK_SIZE };

struct read_block {
    struct scanned_text *text;
    struct reader *maker; /* whose text it is */
    bool ready;
    bool plain;   /* lines that can be shown; otherwise byte_source_fill() goes on there */
    uint64_t end; /* where its lines end in the input */
    /* Of decompressed data: what the fill has shown. */
    enum byte_status status;
    struct byte_source view;
};

/* One of the two threads. What it writes to is its own, and comes back to it first that it used
   last: that is still in its cache. */
struct reader {
    struct text_maker maker;
    char *buffer; /* to read into what will be copied */
    struct scanned_text texts[BLOCKS];
    struct scanned_text *free[BLOCKS]; /* under the lock */
    size_t free_count;
};

struct read_ahead {
    struct byte_source source; /* where a thread reads; of zstd data the second one's own */
    struct reader first;       /* the thread that asks for lines */
    struct reader second;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t shown; /* a block is ready */
    pthread_cond_t room;  /* half of the blocks are free, or there is something to do again */
    /* Under the lock: */
    struct read_block blocks[BLOCKS];
    size_t begun; /* blocks that a thread has begun so far */
    size_t taken; /* blocks done with */
    bool busy;    /* the second thread has begun a block that is not ready */
    bool resting; /* no block is begun: byte_source_fill() is or will be at work, or all is read */
    bool stopping;
    uint64_t origin; /* where the first block begins in the input */
    /* What belongs to the first thread: */
    struct read_block *block; /* shown; NULL = what is shown is byte_source_fill()'s, or nothing */
    bool without;             /* byte_source_fill() is at work instead, */
    uint64_t plain_until;     /* at least up to there */
    bool sequential;          /* only the second thread fills blocks, one after the other */
};

bool read_ahead_pays(const struct byte_source *source)
{
    cpu_set_t cpus;
    return source->regular && source->size >= SMALL_FILE &&
           sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) > 1;
}

/* Reads [from, from + size) of the input; returns how much there is before its end, the bound or an
   error, which whoever reads on will meet again. */
static size_t read_at(const struct byte_source *source, char *to, size_t size, uint64_t from)
{
    uint64_t offset = source->start + from;
    size_t done = 0;
    if (source->allowed < offset + size)
        return 0;
    while (done < size) {
        ssize_t count = pread(source->descriptor, to + done, size - done, (off_t)(offset + done));
        if (count == 0 || (count < 0 && errno != EINTR))
            break;
        done += count < 0 ? 0 : (size_t)count;
    }
    return done;
}

/* The lines that begin in a block, [at, limit) in `room`; false: they do not end in what was read.
   Of all blocks but the first the byte before tells whether a line begins with the block. */
static bool read_lines(const struct read_ahead *ahead, size_t index, char *room, const char **at,
                       const char **limit)
{
    size_t before = index > 0;
    uint64_t from = ahead->origin + index * BLOCK_SIZE - before;
    size_t last = before + BLOCK_SIZE - 1;
    size_t size = 0, wanted = last + 1;
    const char *end = NULL;
    while (end == NULL && wanted + TAIL_SIZE < ROOM_SIZE) {
        wanted += TAIL_SIZE;
        size += read_at(&ahead->source, room + size, wanted - size, from + size);
        if (size <= last)
            return false;
        end = memchr(room + last, '\n', size - last);
        last = size;
    }
    if (end == NULL)
        return false;
    *at = before ? (const char *)memchr(room, '\n', (size_t)(end + 1 - room)) + 1 : room;
    *limit = end + 1;
    return *at < *limit;
}

static void fill_plain(const struct read_ahead *ahead, struct reader *reader,
                       struct read_block *block, size_t index)
{
    bool copying = reader->maker.hands_over && reader->maker.place == VALUES_IN_LINE;
    char *room = copying ? reader->buffer : scanned_text_room(block->text, ROOM_SIZE);
    const char *at, *limit;
    block->plain = read_lines(ahead, index, room, &at, &limit);
    if (!block->plain)
        return;
    block->status = BYTES_LINES;
    block->end = ahead->origin + index * BLOCK_SIZE - (index > 0) + (uint64_t)(limit - room);
    if (copying)
        scanned_text_copy(block->text, &reader->maker, at, limit, true);
    else
        scanned_text_scan(block->text, &reader->maker, at, limit);
}

static void fill_sequential(struct read_ahead *ahead, struct reader *reader,
                            struct read_block *block, size_t lead)
{
    struct byte_source *source = &ahead->source;
    block->plain = true;
    block->status = byte_source_fill(source, true);
    block->view = *source;
    scanned_text_copy(block->text, &reader->maker, source->line, source->limit,
                      block->status == BYTES_LINES && lead >= SCAN_LEAD);
    if (block->status == BYTES_LINES || block->status == BYTES_TOO_LONG)
        byte_source_take(source, source->limit);
}

/* Under the lock: nobody has begun the next block, and it may be begun. */
static bool may_begin(const struct read_ahead *ahead)
{
    return !ahead->resting && ahead->begun - ahead->taken < BLOCKS;
}

/* Under the lock, which is open while the block is read. */
static void make_block(struct read_ahead *ahead, struct reader *reader)
{
    size_t index = ahead->begun++;
    size_t lead = index - ahead->taken;
    struct read_block *block = &ahead->blocks[index % BLOCKS];
    block->ready = false;
    block->maker = reader;
    block->text = reader->free[--reader->free_count];
    pthread_mutex_unlock(&ahead->lock);
    if (ahead->sequential)
        fill_sequential(ahead, reader, block, lead);
    else
        fill_plain(ahead, reader, block, index);
    pthread_mutex_lock(&ahead->lock);
    block->ready = true;
    if (!block->plain || block->status == BYTES_END || block->status == BYTES_FAILED)
        ahead->resting = true;
}

/* Under the lock. */
static void wait_for_room(struct read_ahead *ahead)
{
    if (may_begin(ahead))
        return;
    while (!ahead->stopping && (ahead->resting || ahead->begun - ahead->taken > BLOCKS / 2))
        pthread_cond_wait(&ahead->room, &ahead->lock);
}

static void *run(void *context)
{
    struct read_ahead *ahead = context;
    pthread_mutex_lock(&ahead->lock);
    for (wait_for_room(ahead); !ahead->stopping; wait_for_room(ahead)) {
        ahead->busy = true;
        make_block(ahead, &ahead->second);
        ahead->busy = false;
        pthread_cond_signal(&ahead->shown);
    }
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

/* Signals are the first thread's, whose poll they have to interrupt. */
static bool start_thread(struct read_ahead *ahead)
{
    sigset_t all, former;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    bool started = pthread_create(&ahead->thread, NULL, run, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    return started;
}

static void reader_init(struct reader *reader, const struct json_projection *projection,
                        bool hands_over, enum value_place place)
{
    text_maker_init(&reader->maker, projection, hands_over, place);
    if (hands_over && place == VALUES_IN_LINE)
        reader->buffer = allocate_aligned(ROOM_SIZE + JSON_PADDING);
    while (reader->free_count < BLOCKS) {
        reader->free[reader->free_count] = &reader->texts[reader->free_count];
        reader->free_count++;
    }
}

static void reader_free(struct reader *reader)
{
    for (size_t i = 0; i < BLOCKS; i++)
        scanned_text_free(&reader->texts[i]);
    free(reader->buffer);
    text_maker_free(&reader->maker);
}

static void free_all(struct read_ahead *ahead)
{
    reader_free(&ahead->first);
    reader_free(&ahead->second);
    pthread_mutex_destroy(&ahead->lock);
    pthread_cond_destroy(&ahead->shown);
    pthread_cond_destroy(&ahead->room);
    free(ahead);
}

/* The first bytes of anything but zstd data are left to byte_source_fill(), which looks what they
   are. */
struct read_ahead *read_ahead_start(struct byte_source *source,
                                    const struct json_projection *projection,
                                    enum value_place place)
{
    struct read_ahead *ahead = allocate_zeroed(1, sizeof *ahead);
    ahead->source = *source;
    ahead->sequential = source->compressed || byte_source_is_zstd(source);
    ahead->without = ahead->resting = !ahead->sequential;
    ahead->plain_until = source->position + 1;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->shown, NULL);
    pthread_cond_init(&ahead->room, NULL);
    reader_init(&ahead->first, projection, false, place);
    reader_init(&ahead->second, projection, true, place);
    if (start_thread(ahead))
        return ahead;
    free_all(ahead);
    return NULL;
}

/* Under the lock: the block at hand is done with. */
static void give_back(struct read_ahead *ahead)
{
    struct read_block *block = ahead->block;
    if (block == NULL)
        return;
    block->maker->free[block->maker->free_count++] = block->text;
    ahead->block = NULL;
    ahead->taken++;
    if (ahead->begun - ahead->taken == BLOCKS / 2)
        pthread_cond_signal(&ahead->room);
}

/* Under the lock: the next block; while the thread is at it, the blocks behind it are made. */
static struct read_block *next_block(struct read_ahead *ahead)
{
    struct read_block *block = &ahead->blocks[ahead->taken % BLOCKS];
    while (ahead->begun == ahead->taken || !block->ready)
        if (!ahead->sequential && may_begin(ahead))
            make_block(ahead, &ahead->first);
        else
            pthread_cond_wait(&ahead->shown, &ahead->lock);
    return block;
}

/* Under the lock: what was begun behind a block that is not plain is of no use. */
static void drop_blocks(struct read_ahead *ahead)
{
    while (ahead->busy)
        pthread_cond_wait(&ahead->shown, &ahead->lock);
    for (; ahead->taken < ahead->begun; ahead->taken++) {
        struct read_block *block = &ahead->blocks[ahead->taken % BLOCKS];
        block->maker->free[block->maker->free_count++] = block->text;
    }
    ahead->begun = ahead->taken = 0;
}

/* A block as byte_source_fill() would show it. */
static enum byte_status show(struct read_ahead *ahead, struct read_block *block,
                             struct byte_source *source)
{
    source->line = block->text->text;
    source->limit = block->text->limit;
    if (ahead->sequential) {
        source->consumed = block->view.consumed;
        source->compressed = block->view.compressed;
        source->error = block->view.error;
        source->position = block->view.position;
        source->skipping = block->view.skipping;
        source->mark = block->view.mark;
    } else {
        source->consumed = block->end;
    }
    /* Nothing comes after the other two, however often one asks. */
    if (block->status == BYTES_LINES || block->status == BYTES_TOO_LONG)
        ahead->block = block;
    return block->status;
}

/* Whether there is enough left for blocks: at the end, behind an error or in the middle of a line
   that is too long there is not. */
static bool blocks_pay(const struct read_ahead *ahead, const struct byte_source *source)
{
    uint64_t at = source->start + source->position;
    return source->position >= ahead->plain_until && !source->compressed && !source->skipping &&
           at + ROOM_SIZE <= source->size;
}

static void begin_blocks(struct read_ahead *ahead, const struct byte_source *source)
{
    ahead->origin = source->position;
    ahead->without = ahead->resting = false;
    pthread_cond_signal(&ahead->room);
}

/* byte_source_fill() goes on where the lines shown so far end. */
static enum byte_status fill_without(struct read_ahead *ahead, struct byte_source *source)
{
    ahead->without = true;
    ahead->plain_until = source->position + ROOM_SIZE;
    return byte_source_rejoin(source, source->position) ? byte_source_fill(source, true)
                                                        : BYTES_FAILED;
}

enum byte_status read_ahead_fill(struct read_ahead *ahead, struct byte_source *source)
{
    struct read_block *block;
    bool plain;
    if (ahead->without && !blocks_pay(ahead, source))
        return byte_source_fill(source, true);
    pthread_mutex_lock(&ahead->lock);
    if (ahead->without)
        begin_blocks(ahead, source);
    give_back(ahead);
    block = next_block(ahead);
    plain = block->plain;
    if (!plain)
        drop_blocks(ahead);
    pthread_mutex_unlock(&ahead->lock);
    return plain ? show(ahead, block, source) : fill_without(ahead, source);
}

bool read_ahead_scanned(struct read_ahead *ahead, const char *at, struct json_line *line,
                        enum scan_status *status)
{
    return ahead->block != NULL && scanned_text_line(ahead->block->text, at, line, status);
}

void read_ahead_stop(struct read_ahead *ahead, struct byte_source *source)
{
    if (ahead == NULL)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->stopping = true;
    pthread_cond_signal(&ahead->room);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    if (ahead->sequential)
        source->consumed = ahead->source.consumed;
    else
        byte_source_rejoin(source, source->position);
    source->line = source->limit = NULL;
    free_all(ahead);
}
