#include "ndjson/read_ahead.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

/* Waking a thread costs up to a tenth of what a block takes: the thread sleeps until half of the
   blocks are free. Who uses the blocks must not wait for it either: a thread that is less than
   SCAN_LEAD ahead shows what it has read without scanning it. So both are busy, whichever has more
   to do. */
enum { BLOCKS = 6, SCAN_LEAD = 3, SMALL_FILE = 2 * 1024 * 1024 };

/* Bytes of scan results per block; shorter lines than that holds are scanned by the reader. */
enum { RESULT_BYTES = 512 * 1024 };

struct scanned_line {
    struct json_line line;
    enum scan_status status;
};

/* What one fill has shown. */
struct read_block {
    struct byte_block bytes;
    struct byte_source view;
    enum byte_status status;
    struct scanned_line *lines;
    struct json_slice *slots;
    size_t line_count; /* lines scanned, from the block's first */
};

struct read_ahead {
    struct byte_source source; /* the thread's own */
    struct json_scanner *scanner;
    size_t slot_count;
    size_t line_limit;
    struct read_block blocks[BLOCKS];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t shown; /* a block was filled */
    pthread_cond_t room;  /* half of the blocks are free */
    size_t filled;        /* blocks filled so far, under the lock, like the rest */
    size_t taken;         /* blocks done with */
    bool stopping;
    /* What belongs to who asks for lines: */
    const struct read_block *shown_block; /* NULL = none yet, or nothing comes after the latest */
    size_t next_line;
};

bool read_ahead_pays(const struct byte_source *source)
{
    cpu_set_t cpus;
    return source->regular && source->size >= SMALL_FILE &&
           sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) > 1;
}

static void block_free(struct read_block *block)
{
    free(block->bytes.bytes);
    free(block->lines);
    free(block->slots);
}

static void scan_block(struct read_ahead *ahead, struct read_block *block)
{
    const char *at = block->view.line;
    if (block->lines == NULL) {
        block->lines = allocate(ahead->line_limit * sizeof *block->lines);
        block->slots = allocate(ahead->line_limit * ahead->slot_count * sizeof *block->slots);
    }
    while (at < block->view.limit && block->line_count < ahead->line_limit) {
        struct scanned_line *scanned = &block->lines[block->line_count];
        scanned->line.slots = block->slots + block->line_count++ * ahead->slot_count;
        scanned->status = json_scan_line(ahead->scanner, at, block->view.limit, &scanned->line);
        at = scanned->line.next;
    }
}

static void fill_block(struct read_ahead *ahead, struct read_block *block, size_t lead)
{
    block->status = byte_source_fill(&ahead->source, true);
    block->view = ahead->source;
    block->line_count = 0;
    if (block->status != BYTES_LINES && block->status != BYTES_TOO_LONG)
        return;
    byte_source_detach(&ahead->source, &block->bytes);
    if (block->status == BYTES_LINES && ahead->scanner != NULL && lead >= SCAN_LEAD)
        scan_block(ahead, block);
}

/* The next block to fill once there is room; NULL: the thread is to end. */
static struct read_block *free_block(struct read_ahead *ahead, size_t *lead)
{
    pthread_mutex_lock(&ahead->lock);
    if (ahead->filled - ahead->taken == BLOCKS)
        while (!ahead->stopping && ahead->filled - ahead->taken > BLOCKS / 2)
            pthread_cond_wait(&ahead->room, &ahead->lock);
    bool stopping = ahead->stopping;
    *lead = ahead->filled - ahead->taken;
    pthread_mutex_unlock(&ahead->lock);
    return stopping ? NULL : &ahead->blocks[ahead->filled % BLOCKS];
}

static void *run(void *context)
{
    struct read_ahead *ahead = context;
    size_t lead;
    for (struct read_block *block; (block = free_block(ahead, &lead)) != NULL;) {
        fill_block(ahead, block, lead);
        pthread_mutex_lock(&ahead->lock);
        ahead->filled++;
        pthread_mutex_unlock(&ahead->lock);
        pthread_cond_signal(&ahead->shown);
        if (block->status == BYTES_END || block->status == BYTES_FAILED)
            break;
    }
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

static void free_all(struct read_ahead *ahead)
{
    for (size_t i = 0; i < BLOCKS; i++)
        block_free(&ahead->blocks[i]);
    json_scanner_free(ahead->scanner);
    pthread_mutex_destroy(&ahead->lock);
    pthread_cond_destroy(&ahead->shown);
    pthread_cond_destroy(&ahead->room);
    free(ahead);
}

struct read_ahead *read_ahead_start(struct byte_source *source,
                                    const struct json_projection *projection)
{
    struct read_ahead *ahead = allocate_zeroed(1, sizeof *ahead);
    ahead->source = *source;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->shown, NULL);
    pthread_cond_init(&ahead->room, NULL);
    if (projection != NULL) {
        ahead->scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
        ahead->slot_count = json_projection_slots(projection);
        ahead->line_limit = 1 + RESULT_BYTES / (sizeof(struct scanned_line) +
                                                ahead->slot_count * sizeof(struct json_slice));
    }
    if (start_thread(ahead))
        return ahead;
    free_all(ahead);
    return NULL;
}

/* Gives the block at hand back and waits for the next. */
static struct read_block *next_block(struct read_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->taken += ahead->shown_block != NULL;
    if (ahead->filled - ahead->taken == BLOCKS / 2)
        pthread_cond_signal(&ahead->room);
    while (ahead->filled == ahead->taken)
        pthread_cond_wait(&ahead->shown, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
    return &ahead->blocks[ahead->taken % BLOCKS];
}

enum byte_status read_ahead_fill(struct read_ahead *ahead, struct byte_source *source)
{
    struct read_block *block = next_block(ahead);
    source->consumed = block->view.consumed;
    source->compressed = block->view.compressed;
    source->error = block->view.error;
    source->position = block->view.position;
    source->skipping = block->view.skipping;
    source->mark = block->view.mark;
    source->line = block->view.line;
    source->limit = block->view.limit;
    ahead->next_line = 0;
    /* Nothing comes after the other two, however often one asks. */
    ahead->shown_block = block->status == BYTES_LINES || block->status == BYTES_TOO_LONG ? block
                                                                                         : NULL;
    return block->status;
}

bool read_ahead_scanned(struct read_ahead *ahead, const char *at, struct json_line *line,
                        enum scan_status *status)
{
    const struct read_block *block = ahead->shown_block;
    if (ahead->next_line == block->line_count || block->lines[ahead->next_line].line.text != at)
        return false;
    const struct scanned_line *scanned = &block->lines[ahead->next_line++];
    *line = scanned->line;
    *status = scanned->status;
    return true;
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
    source->consumed = ahead->source.consumed;
    source->line = source->limit = NULL;
    free_all(ahead);
}
