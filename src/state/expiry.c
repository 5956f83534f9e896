#include "state/expiry.h"

#include "cli/diagnostics.h"
#include "state/memory_bound.h"
#include "state/waiting_row.h"
#include "time/timestamp.h"

#include <stdlib.h>

/* Buckets with no more rows than this go straight to the heap. */
enum { FEW_ROWS = 512, PREFETCH_AHEAD = 12, NO_BUCKET = EXPIRY_BUCKETS };

/* Times as unsigned numbers of the same order. */
static uint64_t ordered(int64_t time)
{
    return (uint64_t)time ^ UINT64_C(0x8000000000000000);
}

static int64_t time_of(uint64_t number)
{
    return (int64_t)(number ^ UINT64_C(0x8000000000000000));
}

static unsigned byte_of(uint64_t number, unsigned level)
{
    return (unsigned)(number >> (8 * level)) & 0xff;
}

static struct expiry_bucket *bucket_at(struct expiry *expiry, unsigned level, unsigned slot)
{
    return &expiry->buckets[level * EXPIRY_BUCKETS + slot];
}

void expiry_init(struct expiry *expiry, struct record_log *log)
{
    *expiry = (struct expiry){.log = log, .earliest = INT64_MAX};
}

static void free_chunks(struct expiry_chunk *chunk)
{
    while (chunk != NULL) {
        struct expiry_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void expiry_free(struct expiry *expiry)
{
    for (size_t i = 0; expiry->buckets != NULL && i < EXPIRY_LEVELS * EXPIRY_BUCKETS; i++)
        free_chunks(expiry->buckets[i].chunks);
    free_chunks(expiry->spare);
    free(expiry->buckets);
    free(expiry->heap);
    expiry_queue_free(&expiry->queue);
}

void due_rows_free(struct due_rows *due)
{
    free(due->rows);
}

static struct expiry_chunk *chunk_new(struct expiry *expiry)
{
    struct expiry_chunk *chunk = expiry->spare;
    if (chunk != NULL) {
        expiry->spare = chunk->next;
        return chunk;
    }
    expiry->bytes += sizeof *chunk;
    return allocate(sizeof *chunk);
}

static void bucket_add(struct expiry *expiry, unsigned level, unsigned slot, uint64_t position)
{
    struct expiry_bucket *bucket = bucket_at(expiry, level, slot);
    int64_t distance = bucket->chunks == NULL ? 0 : (int64_t)(position - bucket->chunks->base);
    if (bucket->chunks == NULL || bucket->newest_count == EXPIRY_CHUNK_ROWS ||
        distance != (int32_t)distance) {
        struct expiry_chunk *chunk = chunk_new(expiry);
        /* A chunk cut short ends in a row that is noted twice: told by distance 0, not the first.
         */
        if (bucket->chunks != NULL && bucket->newest_count < EXPIRY_CHUNK_ROWS)
            bucket->chunks->distances[bucket->newest_count] = 0;
        chunk->base = position;
        chunk->next = bucket->chunks;
        bucket->chunks = chunk;
        bucket->newest_count = 0;
        distance = 0;
    }
    bucket->chunks->distances[bucket->newest_count++] = (int32_t)distance;
    bucket->count++;
    expiry->occupied[level][slot / 64] |= UINT64_C(1) << slot % 64;
    expiry->levels |= 1u << level;
}

static bool heap_before(const struct expiry_due *a, const struct expiry_due *b)
{
    return a->time < b->time;
}

static void heap_push(struct expiry *expiry, struct expiry_due row)
{
    size_t place = expiry->heap_count++;
    if (expiry->heap_count > expiry->heap_capacity) {
        size_t capacity = expiry->heap_capacity == 0 ? 64 : 2 * expiry->heap_capacity;
        expiry->bytes += (capacity - expiry->heap_capacity) * sizeof row;
        expiry->heap_capacity = capacity;
        expiry->heap = reallocate(expiry->heap, capacity * sizeof row);
    }
    while (place > 0 && heap_before(&row, &expiry->heap[(place - 1) / 2])) {
        expiry->heap[place] = expiry->heap[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    expiry->heap[place] = row;
}

static struct expiry_due heap_pop(struct expiry *expiry)
{
    struct expiry_due top = expiry->heap[0];
    struct expiry_due last = expiry->heap[--expiry->heap_count];
    size_t place = 0;
    size_t child;
    while ((child = 2 * place + 1) < expiry->heap_count) {
        if (child + 1 < expiry->heap_count &&
            heap_before(&expiry->heap[child + 1], &expiry->heap[child]))
            child++;
        if (!heap_before(&expiry->heap[child], &last))
            break;
        expiry->heap[place] = expiry->heap[child];
        place = child;
    }
    expiry->heap[place] = last;
    return top;
}

/* Into the heap or the bucket of the highest byte that differs from the cursor's. */
static void note(struct expiry *expiry, int64_t time, uint64_t position)
{
    uint64_t number = ordered(time);
    uint64_t differing = number ^ expiry->cursor;
    unsigned level = differing == 0 ? 0 : (63 - (unsigned)__builtin_clzll(differing)) / 8;
    if (number < expiry->cursor)
        heap_push(expiry, (struct expiry_due){time, position});
    else
        bucket_add(expiry, level, byte_of(number, level), position);
}

void expiry_add(struct expiry *expiry, int64_t time, uint64_t position)
{
    if (time < expiry->earliest)
        expiry->earliest = time;
    if (expiry_queue_add(&expiry->queue, time, position))
        return;
    if (expiry->buckets == NULL) {
        size_t count = (size_t)EXPIRY_LEVELS * EXPIRY_BUCKETS;
        expiry->buckets = allocate_zeroed(count, sizeof *expiry->buckets);
        expiry->bytes += count * sizeof *expiry->buckets;
    }
    /* Where the cursor was left when the last row went has no meaning any more. */
    if (expiry->levels == 0 && expiry->heap_count == 0)
        expiry->cursor = ordered(expiry->earliest);
    note(expiry, time, position);
}

static bool still_waits(const struct waiting_row *row)
{
    return row != NULL && (row->state & (ROW_MATCHED | ROW_GONE)) == 0;
}

/* What becomes of the rows of a bucket that is opened. */
typedef void row_sink(struct expiry *expiry, void *target, struct expiry_due row);

static void sink_heap(struct expiry *expiry, void *target, struct expiry_due row)
{
    (void)target;
    heap_push(expiry, row);
}

static void sink_lower(struct expiry *expiry, void *target, struct expiry_due row)
{
    (void)target;
    note(expiry, row.time, row.position);
}

static void sink_due(struct expiry *expiry, void *target, struct expiry_due row)
{
    struct due_rows *due = target;
    (void)expiry;
    if (due->count == due->capacity) {
        due->capacity = due->capacity == 0 ? 64 : 2 * due->capacity;
        due->rows = reallocate(due->rows, due->capacity * sizeof *due->rows);
    }
    due->rows[due->count++] = row;
}

static void open_chunk(struct expiry *expiry, const struct expiry_chunk *chunk, uint32_t count,
                       row_sink *sink, void *target)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t position = chunk->base + (uint64_t)(int64_t)chunk->distances[i];
        const struct waiting_row *row = waiting_row_at(expiry->log, position);
        memory_bound_tend(expiry->log->bound);
        if (i > 0 && chunk->distances[i] == 0)
            break;
        if (i + PREFETCH_AHEAD < count) {
            int64_t ahead = chunk->distances[i + PREFETCH_AHEAD];
            __builtin_prefetch(waiting_row_at(expiry->log, chunk->base + (uint64_t)ahead));
        }
        if (still_waits(row))
            sink(expiry, target, (struct expiry_due){row->time, position});
    }
}

/* The rows of a chunk came one after another, often. */
static void expect_chunk(const struct expiry *expiry, const struct expiry_chunk *chunk,
                         uint32_t count)
{
    if (chunk == NULL || count == 0 || expiry->log->bound == NULL)
        return;
    int64_t last = chunk->distances[count - 1];
    record_log_expect_stretch(expiry->log, chunk->base, chunk->base + (uint64_t)last);
}

static void open_bucket(struct expiry *expiry, unsigned level, unsigned slot, row_sink *sink,
                        void *target)
{
    struct expiry_bucket bucket = *bucket_at(expiry, level, slot);
    uint32_t count = bucket.newest_count;
    *bucket_at(expiry, level, slot) = (struct expiry_bucket){0};
    expiry->occupied[level][slot / 64] &= ~(UINT64_C(1) << slot % 64);
    if ((expiry->occupied[level][0] | expiry->occupied[level][1] | expiry->occupied[level][2] |
         expiry->occupied[level][3]) == 0)
        expiry->levels &= ~(1u << level);
    while (bucket.chunks != NULL) {
        struct expiry_chunk *chunk = bucket.chunks;
        expect_chunk(expiry, chunk->next, EXPIRY_CHUNK_ROWS);
        open_chunk(expiry, chunk, count, sink, target);
        count = EXPIRY_CHUNK_ROWS;
        bucket.chunks = chunk->next;
        chunk->next = expiry->spare;
        expiry->spare = chunk;
    }
}

/* The first occupied bucket of a level at or behind `slot`. */
static unsigned next_occupied(const struct expiry *expiry, unsigned level, unsigned slot)
{
    unsigned word = slot / 64;
    uint64_t bits = expiry->occupied[level][word] & (~UINT64_C(0) << slot % 64);
    while (bits == 0 && ++word < EXPIRY_BUCKETS / 64)
        bits = expiry->occupied[level][word];
    return bits == 0 ? NO_BUCKET : word * 64 + (unsigned)__builtin_ctzll(bits);
}

/* The bucket whose rows come next; false: all are empty. *start: the least time in it. */
static bool find_bucket(const struct expiry *expiry, unsigned *level, unsigned *slot,
                        uint64_t *start)
{
    for (unsigned levels = expiry->levels; levels != 0; levels &= levels - 1) {
        *level = (unsigned)__builtin_ctz(levels);
        *slot = next_occupied(expiry, *level, byte_of(expiry->cursor, *level));
        if (*slot == NO_BUCKET)
            continue;
        unsigned shift = 8 * *level;
        uint64_t above = shift == 56 ? 0 : expiry->cursor >> (shift + 8) << (shift + 8);
        *start = above | (uint64_t)*slot << shift;
        return true;
    }
    return false;
}

static void move_cursor(struct expiry *expiry, uint64_t cursor);

static void open_next(struct expiry *expiry, unsigned level, unsigned slot, uint64_t start)
{
    uint64_t width = UINT64_C(1) << (8 * level);
    if (level > 0 && bucket_at(expiry, level, slot)->count > FEW_ROWS) {
        expiry->cursor = start;
        open_bucket(expiry, level, slot, sink_lower, NULL);
        return;
    }
    open_bucket(expiry, level, slot, sink_heap, NULL);
    move_cursor(expiry, start > UINT64_MAX - width ? UINT64_MAX : start + width);
}

/* When the cursor enters a bucket of a higher level, that bucket's rows must move down: new rows of
   the same time would not join them there. */
static void move_cursor(struct expiry *expiry, uint64_t cursor)
{
    expiry->cursor = cursor;
    for (unsigned level = EXPIRY_LEVELS - 1; level > 0; level--) {
        unsigned slot = byte_of(cursor, level);
        uint64_t start = cursor >> (8 * level) << (8 * level);
        if (bucket_at(expiry, level, slot)->chunks != NULL && start == cursor) {
            open_next(expiry, level, slot, start);
            return;
        }
    }
}

/* The queue's rows older than `cutoff`, or all of them; returns the time of the first that is left,
   INT64_MAX = none is. */
static int64_t take_queued(struct expiry *expiry, int64_t cutoff, bool all, struct due_rows *due)
{
    uint64_t position, ahead;
    while (expiry_queue_first(&expiry->queue, &position, &ahead)) {
        const struct waiting_row *row = waiting_row_at(expiry->log, position);
        if (row != NULL && row->time >= cutoff && !all)
            return row->time;
        if (ahead != position)
            __builtin_prefetch(waiting_row_at(expiry->log, ahead));
        memory_bound_tend(expiry->log->bound);
        if (still_waits(row))
            sink_due(expiry, due, (struct expiry_due){row->time, position});
        expiry_queue_take(&expiry->queue);
    }
    return INT64_MAX;
}

/* A bound that is exact when the heap holds the next row. */
static int64_t find_earliest(const struct expiry *expiry)
{
    unsigned level, slot;
    uint64_t start;
    int64_t earliest = INT64_MAX;
    if (find_bucket(expiry, &level, &slot, &start))
        earliest = time_of(start);
    if (expiry->heap_count > 0 && expiry->heap[0].time < earliest)
        earliest = expiry->heap[0].time;
    return earliest;
}

void expiry_take(struct expiry *expiry, int64_t cutoff, struct due_rows *due)
{
    unsigned level, slot;
    uint64_t start;
    int64_t queued, earliest;
    if (cutoff <= expiry->earliest)
        return;
    expiry->earliest = queued = take_queued(expiry, cutoff, false, due);
    if (expiry->levels == 0 && expiry->heap_count == 0)
        return;
    while (expiry->cursor < ordered(cutoff) && find_bucket(expiry, &level, &slot, &start) &&
           start < ordered(cutoff))
        open_next(expiry, level, slot, start);
    while (expiry->heap_count > 0 && expiry->heap[0].time < cutoff) {
        struct expiry_due row = heap_pop(expiry);
        memory_bound_tend(expiry->log->bound);
        if (still_waits(waiting_row_at(expiry->log, row.position)))
            sink_due(expiry, due, row);
    }
    earliest = find_earliest(expiry);
    expiry->earliest = queued < earliest ? queued : earliest;
}

void expiry_take_all(struct expiry *expiry, struct due_rows *due)
{
    take_queued(expiry, 0, true, due);
    for (unsigned bucket = 0; expiry->buckets != NULL && bucket < EXPIRY_LEVELS * EXPIRY_BUCKETS;
         bucket++)
        open_bucket(expiry, bucket / EXPIRY_BUCKETS, bucket % EXPIRY_BUCKETS, sink_due, due);
    while (expiry->heap_count > 0) {
        struct expiry_due row = expiry->heap[--expiry->heap_count];
        memory_bound_tend(expiry->log->bound);
        if (still_waits(waiting_row_at(expiry->log, row.position)))
            sink_due(expiry, due, row);
    }
    expiry->earliest = INT64_MAX;
}

/* For the queue alone. */
static int64_t queue_cutoff(struct expiry *expiry)
{
    uint64_t position, ahead;
    const struct waiting_row *first, *near;
    while (expiry_queue_first(&expiry->queue, &position, &ahead)) {
        first = waiting_row_at(expiry->log, position);
        near = waiting_row_at(expiry->log, expiry_queue_near(&expiry->queue));
        if (first != NULL && near != NULL)
            return near->time > first->time ? near->time : time_add(first->time, 1);
        expiry_queue_take(&expiry->queue);
    }
    return INT64_MAX;
}

int64_t expiry_next_cutoff(struct expiry *expiry)
{
    unsigned level, slot;
    uint64_t start;
    int64_t queued = queue_cutoff(expiry), sorted = INT64_MAX;
    while (expiry->heap_count == 0 && find_bucket(expiry, &level, &slot, &start))
        open_next(expiry, level, slot, start);
    /* The heap holds all rows before the cursor. */
    if (expiry->heap_count > 0)
        sorted = expiry->heap_count > FEW_ROWS ? expiry->heap[0].time + 1 : time_of(expiry->cursor);
    return queued < sorted ? queued : sorted;
}
