#include "ndjson/read_ahead.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Waking a thread costs up to a tenth of what a block takes: the thread sleeps until half of the
   blocks are free. Who uses the blocks must not wait for it either: a thread that is less than
   SCAN_LEAD ahead shows what it has read without scanning it. So both are busy, whichever has more
   to do. */
enum { BLOCKS = 6, SCAN_LEAD = 3, SMALL_FILE = 2 * 1024 * 1024 };

/* Bytes of scan results per block; shorter lines than that holds are scanned by the reader. */
enum { RESULT_BYTES = 512 * 1024, CACHE_LINE = 64 };

/* So many lines before their turn values are fetched, at most so many of a line. */
enum { FETCH_LINES = 8, FETCH_SLOTS = 8 };

struct scanned_line {
    struct json_line line;
    enum scan_status status;
};

/* Lines scanned, and the slots of all of them. */
struct scan_results {
    struct scanned_line *lines;
    struct json_slice *slots;
    size_t count;
};

/* What one fill has shown. */
struct read_block {
    char *memory;
    size_t capacity; /* of what `memory` has room for behind its first whole cache line */
    struct byte_source view;
    enum byte_status status;
    struct scan_results results; /* of its first lines */
};

struct read_ahead {
    struct byte_source source; /* the thread's own */
    struct json_scanner *scanner;
    struct scan_results results; /* of the block at hand, before it is handed over */
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

static void results_make(struct scan_results *results, const struct read_ahead *ahead)
{
    if (results->lines != NULL)
        return;
    results->lines = allocate(ahead->line_limit * sizeof *results->lines + CACHE_LINE);
    results->slots = allocate(ahead->line_limit * ahead->slot_count * sizeof *results->slots +
                              CACHE_LINE);
}

static void results_free(struct scan_results *results)
{
    free(results->lines);
    free(results->slots);
}

/* Copies past the caches, whole vectors: up to CACHE_LINE - 1 bytes more than `size`. Storing into
   memory that another CPU has just read costs a question to its cache for each line; that made
   reading three times as slow. */
static void copy_past_caches(void *to, const void *from, size_t size)
{
#if defined(__SSE2__)
    const __m128i *source = from;
    __m128i *target = to;
    for (size_t i = 0; i < (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE / sizeof *target; i++)
        _mm_stream_si128(target + i, _mm_loadu_si128(source + i));
    _mm_sfence();
#else
    memcpy(to, from, size);
#endif
}

static void scan_lines(struct read_ahead *ahead, const char *at, const char *limit)
{
    struct scan_results *results = &ahead->results;
    results_make(results, ahead);
    while (at < limit && results->count < ahead->line_limit) {
        struct scanned_line *scanned = &results->lines[results->count];
        scanned->line.slots = results->slots + results->count++ * ahead->slot_count;
        scanned->status = json_scan_line(ahead->scanner, at, limit, &scanned->line);
        at = scanned->line.next;
    }
}

/* From the thread's buffer to where `text` now stands. */
static const char *moved(const char *at, const struct read_ahead *ahead, const char *text)
{
    return text + (at - ahead->source.line);
}

/* Points the results to the block's text and slots instead of the thread's. */
static void move_results(struct read_ahead *ahead, struct read_block *block)
{
    struct scan_results *own = &ahead->results;
    const char *text = block->view.line;
    for (size_t i = 0; i < own->count; i++) {
        struct json_line *line = &own->lines[i].line;
        for (size_t k = 0; own->lines[i].status == SCAN_RECORD && k < ahead->slot_count; k++)
            if (line->slots[k].kind != JSON_ABSENT)
                line->slots[k].text = moved(line->slots[k].text, ahead, text);
        line->slots = block->results.slots + i * ahead->slot_count;
        line->text = moved(line->text, ahead, text);
        line->next = moved(line->next, ahead, text);
    }
}

static void hand_over_results(struct read_ahead *ahead, struct read_block *block)
{
    const struct scan_results *own = &ahead->results;
    results_make(&block->results, ahead);
    move_results(ahead, block);
    copy_past_caches(block->results.lines, own->lines, own->count * sizeof *own->lines);
    copy_past_caches(block->results.slots, own->slots,
                     own->count * ahead->slot_count * sizeof *own->slots);
    block->results.count = own->count;
}

static void hand_over(struct read_ahead *ahead, struct read_block *block)
{
    struct byte_source *source = &ahead->source;
    size_t size = (size_t)(source->limit - source->line);
    if (size > block->capacity) {
        free(block->memory);
        block->capacity = 2 * size;
        block->memory = allocate(block->capacity + JSON_PADDING + CACHE_LINE);
    }
    char *text = block->memory + (CACHE_LINE - (uintptr_t)block->memory % CACHE_LINE) % CACHE_LINE;
    copy_past_caches(text, source->line, size);
    block->view.line = text;
    block->view.limit = text + size;
    if (ahead->results.count > 0)
        hand_over_results(ahead, block);
    byte_source_take(source, source->limit);
}

static void fill_block(struct read_ahead *ahead, struct read_block *block, size_t lead)
{
    struct byte_source *source = &ahead->source;
    block->status = byte_source_fill(source, true);
    block->view = *source;
    block->results.count = ahead->results.count = 0;
    if (block->status == BYTES_LINES && ahead->scanner != NULL && lead >= SCAN_LEAD)
        scan_lines(ahead, source->line, source->limit);
    if (block->status == BYTES_LINES || block->status == BYTES_TOO_LONG)
        hand_over(ahead, block);
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
    for (size_t i = 0; i < BLOCKS; i++) {
        free(ahead->blocks[i].memory);
        results_free(&ahead->blocks[i].results);
    }
    results_free(&ahead->results);
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

/* What the thread handed over lies in memory; only the values are looked at. */
static void fetch_values(const struct read_ahead *ahead, const struct read_block *block)
{
    size_t line = ahead->next_line + FETCH_LINES;
    if (line >= block->results.count)
        return;
    const struct json_slice *slots = block->results.lines[line].line.slots;
    for (size_t i = 1; i < ahead->slot_count && i <= FETCH_SLOTS; i++)
        __builtin_prefetch(slots[i].text);
}

bool read_ahead_scanned(struct read_ahead *ahead, const char *at, struct json_line *line,
                        enum scan_status *status)
{
    const struct read_block *block = ahead->shown_block;
    if (ahead->next_line == block->results.count ||
        block->results.lines[ahead->next_line].line.text != at)
        return false;
    const struct scanned_line *scanned = &block->results.lines[ahead->next_line++];
    fetch_values(ahead, block);
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
