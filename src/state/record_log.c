#include "state/record_log.h"

#include "cli/diagnostics.h"
#include "cli/exit_status.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The first segment starts small: a tool may keep one log per partition. */
enum { SMALLEST_SEGMENT = 64 * 1024, POOL_LIMIT = 16 };

static char *map_aligned(size_t size)
{
    size_t room = size + LOG_SEGMENT_SIZE;
    char *area = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t before;
    if (area == MAP_FAILED)
        die(STATUS_IO, "no memory for %zu bytes of waiting records:", size);
    before = (size_t)(-(uintptr_t)area & (LOG_SEGMENT_SIZE - 1));
    if (before > 0)
        munmap(area, before);
    munmap(area + before + size, LOG_SEGMENT_SIZE - before);
    madvise(area + before, size, MADV_HUGEPAGE);
    return area + before;
}

static char *take_memory(struct record_log *log, size_t size)
{
    if (size == LOG_SEGMENT_SIZE && log->pooled > 0)
        return log->pool[--log->pooled];
    log->bytes += size;
    return size < LOG_SEGMENT_SIZE ? allocate(size) : map_aligned(size);
}

static void drop_memory(struct record_log *log, char *memory, size_t size)
{
    if (size == LOG_SEGMENT_SIZE && log->pooled < POOL_LIMIT) {
        if (log->pool == NULL)
            log->pool = allocate(POOL_LIMIT * sizeof *log->pool);
        log->pool[log->pooled++] = memory;
        return;
    }
    log->bytes -= size;
    if (size < LOG_SEGMENT_SIZE)
        free(memory);
    else
        munmap(memory, size);
}

/* Sizes above LOG_SEGMENT_SIZE are multiples of it. */
static size_t memory_size(const struct log_segment *segment)
{
    return segment->span > 1 ? (size_t)segment->span * LOG_SEGMENT_SIZE : segment->size;
}

void record_log_init(struct record_log *log)
{
    /* Number 0 would begin at position 0, which means nowhere. */
    *log = (struct record_log){.first = 1};
}

void record_log_free(struct record_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        if (log->segments[i].memory != NULL && log->segments[i].span > 0)
            drop_memory(log, log->segments[i].memory, memory_size(&log->segments[i]));
    while (log->pooled > 0)
        munmap(log->pool[--log->pooled], LOG_SEGMENT_SIZE);
    free(log->pool);
    free(log->segments);
}

static struct log_segment *add_entry(struct record_log *log, struct log_segment segment)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity == 0 ? 4 : 2 * log->capacity;
        log->segments = reallocate(log->segments, log->capacity * sizeof *log->segments);
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): count is below capacity */
    log->segments[log->count] = segment;
    return &log->segments[log->count++];
}

static struct log_segment *open_segment(struct record_log *log, size_t size)
{
    bool beginning = log->count == 0 && log->first == 1;
    uint32_t span = (uint32_t)((size + LOG_SEGMENT_SIZE - 1) >> LOG_SEGMENT_BITS);
    struct log_segment segment = {NULL, INT64_MIN, LOG_SEGMENT_SIZE, 0, 0, span};
    size_t first = log->count;
    if (beginning && size <= SMALLEST_SEGMENT)
        segment.size = SMALLEST_SEGMENT;
    segment.memory = take_memory(log, memory_size(&segment));
    if (span > 1)
        segment.size = span * (uint32_t)LOG_SEGMENT_SIZE;
    add_entry(log, segment);
    for (uint32_t i = 1; i < span; i++)
        add_entry(log, (struct log_segment){segment.memory + (size_t)i * LOG_SEGMENT_SIZE,
                                            INT64_MIN, 0, 0, 0, 0});
    return &log->segments[first];
}

static void enlarge(struct record_log *log, struct log_segment *segment, size_t needed)
{
    size_t size = segment->size;
    char *memory;
    while (size < needed)
        size *= 2;
    memory = take_memory(log, size);
    memcpy(memory, segment->memory, segment->used);
    drop_memory(log, segment->memory, segment->size);
    segment->memory = memory;
    segment->size = (uint32_t)size;
}

/* The segment that takes the next record of `size` bytes. */
static struct log_segment *segment_for(struct record_log *log, size_t size)
{
    struct log_segment *last = log->count == 0 ? NULL : &log->segments[log->count - 1];
    size_t needed = last == NULL ? 0 : last->used + size;
    if (last == NULL || last->memory == NULL || last->span != 1 || needed > LOG_SEGMENT_SIZE)
        return open_segment(log, size);
    if (needed > last->size)
        enlarge(log, last, needed);
    return last;
}

void *record_log_append(struct record_log *log, size_t size, int64_t time, uint64_t *position)
{
    size_t rounded = (size + LOG_UNIT - 1) & ~(size_t)(LOG_UNIT - 1);
    struct log_segment *segment = segment_for(log, rounded);
    uint64_t number = log->first + (uint64_t)(segment - log->segments);
    char *record = segment->memory + segment->used;
    *position = number * LOG_SEGMENT_UNITS + segment->used / LOG_UNIT;
    segment->used += (uint32_t)rounded;
    segment->records++;
    if (time > segment->youngest)
        segment->youngest = time;
    log->records++;
    return record;
}

static void release_segment(struct record_log *log, size_t index)
{
    struct log_segment *segment = &log->segments[index];
    uint32_t span = segment->span;
    drop_memory(log, segment->memory, memory_size(segment));
    log->records -= segment->records;
    for (uint32_t i = 0; i < span; i++)
        log->segments[index + i].memory = NULL;
}

/* Forgets the entries in front that have no memory, once they are the better part. */
static void trim(struct record_log *log)
{
    size_t gone = 0;
    while (gone < log->count && log->segments[gone].memory == NULL)
        gone++;
    if (gone <= log->count / 2)
        return;
    log->count -= gone;
    log->first += gone;
    memmove(log->segments, log->segments + gone, log->count * sizeof *log->segments);
}

void record_log_release(struct record_log *log, int64_t cutoff)
{
    for (size_t i = 0; i < log->count; i++) {
        const struct log_segment *segment = &log->segments[i];
        if (segment->memory != NULL && segment->span > 0 && segment->youngest < cutoff)
            release_segment(log, i);
    }
    trim(log);
}

/* The start of the first segment at or behind `number` that holds something. */
static uint64_t first_from(const struct record_log *log, size_t index)
{
    for (; index < log->count; index++)
        if (log->segments[index].memory != NULL && log->segments[index].used > 0)
            return (log->first + index) * LOG_SEGMENT_UNITS;
    return LOG_NOWHERE;
}

uint64_t record_log_first(const struct record_log *log)
{
    return first_from(log, 0);
}

uint64_t record_log_next(const struct record_log *log, uint64_t position, size_t size)
{
    size_t index = (size_t)(position / LOG_SEGMENT_UNITS - log->first);
    uint64_t units = (size + LOG_UNIT - 1) / LOG_UNIT;
    uint64_t offset = position % LOG_SEGMENT_UNITS + units;
    if (offset * LOG_UNIT < log->segments[index].used)
        return position + units;
    return first_from(log, index + 1);
}
