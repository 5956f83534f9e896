#include "state/record_log.h"

#include "cli/diagnostics.h"
#include "cli/exit_status.h"
#include "state/memory_bound.h"
#include "time/clock.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* What a short record takes, from its start. */
enum { EXPECTED_BYTES = 448, CACHE_LINE = 64 };

/* The first segment starts small: a tool may keep one log per partition. */
enum { SMALLEST_SEGMENT = 64 * 1024, POOL_LIMIT = 16, BOUNDED_POOL = 2 };

/* ns. To clear a huge page takes up to 4 ms where the host of a virtual machine has to find one: a
   pause that only who fills one in little more time gains by. Slower ones get pages as they go. */
static const int64_t slow_segment = 25000000;

static char *map_aligned(size_t size, bool huge)
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
    madvise(area + before, size, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return area + before;
}

static bool fills_fast(struct record_log *log)
{
    int64_t now = clock_steady();
    bool fast = log->mapped_at > 0 && now - log->mapped_at < slow_segment;
    log->mapped_at = now;
    return fast;
}

static char *take_memory(struct record_log *log, size_t size)
{
    if (size == LOG_SEGMENT_SIZE && log->pooled > 0)
        return log->pool[--log->pooled];
    log->bytes += size;
    return size < LOG_SEGMENT_SIZE ? allocate(size) : map_aligned(size, fills_fast(log));
}

static void detain(struct record_log *log, struct log_piece piece)
{
    if (log->detained_count == log->detained_capacity) {
        log->detained_capacity = log->detained_capacity == 0 ? 16 : 2 * log->detained_capacity;
        log->detained = reallocate(log->detained, log->detained_capacity * sizeof *log->detained);
    }
    log->detained[log->detained_count++] = piece;
}

static void pool_memory(struct record_log *log, char *memory)
{
    if (log->pooled == log->pool_capacity) {
        log->pool_capacity = log->pool_capacity == 0 ? POOL_LIMIT : 2 * log->pool_capacity;
        log->pool = reallocate(log->pool, log->pool_capacity * sizeof *log->pool);
    }
    log->pool[log->pooled++] = memory;
}

static size_t pool_limit(const struct record_log *log)
{
    return log->bound == NULL ? POOL_LIMIT : BOUNDED_POOL;
}

/* After much was detained the pool is large; to give all of that back takes time, so it shrinks by
   and by. */
static void shrink_pool(struct record_log *log)
{
    if (log->pooled <= pool_limit(log))
        return;
    munmap(log->pool[--log->pooled], LOG_SEGMENT_SIZE);
    log->bytes -= LOG_SEGMENT_SIZE;
}

static void drop_memory(struct record_log *log, char *memory, size_t size)
{
    if (size == LOG_SEGMENT_SIZE && log->pooled < pool_limit(log)) {
        pool_memory(log, memory);
        return;
    }
    shrink_pool(log);
    log->bytes -= size;
    if (size < LOG_SEGMENT_SIZE)
        free(memory);
    else
        munmap(memory, size);
}

static void drop_moved(struct record_log *log, const struct log_piece *piece)
{
    memory_bound_count(log->bound, -(int64_t)piece->size);
    spill_file_drop(memory_bound_file(log->bound), piece->memory, piece->size, piece->slot);
}

static void drop_piece(struct record_log *log, const struct log_piece *piece)
{
    if (piece->slot == 0)
        drop_memory(log, piece->memory, piece->size);
    else
        drop_moved(log, piece);
}

static bool is_read(const struct record_log *log, const struct log_segment *segment)
{
    uint64_t number = log->first + (uint64_t)(segment - log->segments);
    return log->pins > 0 && number <= log->pinned_to && number + segment->span > log->pinned_from;
}

/* The memory of a segment, which has other memory now or none. */
static void give_back(struct record_log *log, const struct log_segment *segment,
                      const struct log_piece *piece)
{
    if (is_read(log, segment))
        detain(log, *piece);
    else
        drop_piece(log, piece);
}

void record_log_pin(struct record_log *log, uint64_t from, uint64_t to)
{
    uint64_t first = from / LOG_SEGMENT_UNITS;
    uint64_t last = to / LOG_SEGMENT_UNITS;
    if (log->pins == 0 || first < log->pinned_from)
        log->pinned_from = first;
    if (log->pins == 0 || last > log->pinned_to)
        log->pinned_to = last;
    log->pins++;
}

void record_log_unpin(struct record_log *log)
{
    if (--log->pins > 0)
        return;
    for (size_t i = 0; i < log->detained_count; i++) {
        if (log->detained[i].size == LOG_SEGMENT_SIZE && log->bound == NULL)
            pool_memory(log, log->detained[i].memory);
        else
            drop_piece(log, &log->detained[i]);
    }
    log->detained_count = 0;
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

void record_log_bind(struct record_log *log, struct memory_bound *bound)
{
    log->bound = bound;
}

static struct log_piece piece_of(const struct log_segment *segment)
{
    return (struct log_piece){segment->memory, memory_size(segment), segment->slot};
}

static void drop_segment(struct record_log *log, const struct log_segment *segment)
{
    struct log_piece piece = piece_of(segment);
    give_back(log, segment, &piece);
}

void record_log_free(struct record_log *log)
{
    log->pins = 0;
    for (size_t i = 0; i < log->count; i++)
        if (log->segments[i].memory != NULL && log->segments[i].span > 0)
            drop_segment(log, &log->segments[i]);
    for (size_t i = 0; i < log->detained_count; i++)
        drop_piece(log, &log->detained[i]);
    free(log->detained);
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
    bool beginning = log->bytes == 0 && log->count == 0;
    uint32_t span = (uint32_t)((size + LOG_SEGMENT_SIZE - 1) >> LOG_SEGMENT_BITS);
    struct log_segment segment = {
        .youngest = INT64_MIN, .oldest = INT64_MAX, .size = LOG_SEGMENT_SIZE, .span = span};
    size_t first = log->count;
    if (beginning && size <= SMALLEST_SEGMENT)
        segment.size = SMALLEST_SEGMENT;
    segment.memory = take_memory(log, memory_size(&segment));
    if (span > 1)
        segment.size = span * (uint32_t)LOG_SEGMENT_SIZE;
    add_entry(log, segment);
    for (uint32_t i = 1; i < span; i++)
        add_entry(log, (struct log_segment){.memory = segment.memory + (size_t)i * LOG_SEGMENT_SIZE,
                                            .youngest = INT64_MIN});
    if (log->bound != NULL)
        memory_bound_grow(log->bound, log, log->first + first);
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
    give_back(log, segment, &(struct log_piece){segment->memory, segment->size, 0});
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

static char *add_record(struct record_log *log, struct log_segment *segment, size_t rounded,
                        int64_t time)
{
    char *record = segment->memory + segment->used;
    segment->used += (uint32_t)rounded;
    segment->records++;
    if (time > segment->youngest)
        segment->youngest = time;
    if (time < segment->oldest)
        segment->oldest = time;
    log->records++;
    return record;
}

static size_t rounded_size(size_t size)
{
    return (size + LOG_UNIT - 1) & ~(size_t)(LOG_UNIT - 1);
}

void *record_log_append(struct record_log *log, size_t size, int64_t time, uint64_t *position)
{
    size_t rounded = rounded_size(size);
    struct log_segment *segment = segment_for(log, rounded);
    uint64_t number = log->first + (uint64_t)(segment - log->segments);
    *position = number * LOG_SEGMENT_UNITS + segment->used / LOG_UNIT;
    return add_record(log, segment, rounded, time);
}

static void release_segment(struct record_log *log, size_t index)
{
    struct log_segment *segment = &log->segments[index];
    uint32_t span = segment->span;
    drop_segment(log, segment);
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

static struct log_segment *segment_of(const struct record_log *log, uint64_t number)
{
    struct log_segment *segment;
    if (number < log->first || number - log->first >= log->count)
        return NULL;
    segment = &log->segments[number - log->first];
    return segment->memory == NULL ? NULL : segment;
}

void record_log_spend(struct record_log *log, uint64_t position)
{
    struct log_segment *segment = segment_of(log, position / LOG_SEGMENT_UNITS);
    if (segment != NULL)
        segment->spent++;
}

enum log_move record_log_move(struct record_log *log, uint64_t number)
{
    struct log_segment *segment = segment_of(log, number);
    struct log_piece piece;
    if (segment == NULL)
        return LOG_MOVE_NEVER;
    if (is_read(log, segment) || number + segment->span == log->first + log->count)
        return LOG_MOVE_LATER;
    piece = piece_of(segment);
    segment->memory = spill_file_store(memory_bound_file(log->bound), piece.memory, piece.size,
                                       &segment->slot);
    for (uint32_t i = 1; i < segment->span; i++)
        segment[i].memory = segment->memory + (size_t)i * LOG_SEGMENT_SIZE;
    memory_bound_count(log->bound, (int64_t)piece.size);
    log->bytes -= piece.size;
    if (piece.size < LOG_SEGMENT_SIZE)
        free(piece.memory);
    else
        munmap(piece.memory, piece.size);
    return LOG_MOVE_DONE;
}

bool record_log_leave(const struct record_log *log, uint64_t number)
{
    const struct log_segment *segment = segment_of(log, number);
    if (segment == NULL || segment->slot == 0)
        return false;
    spill_file_leave(segment->memory, memory_size(segment));
    return true;
}

bool record_log_expect(const struct record_log *log, uint64_t position)
{
    const struct log_segment *segment = segment_of(log, position / LOG_SEGMENT_UNITS);
    const char *record;
    if (segment == NULL)
        return false;
    record = segment->memory + position % LOG_SEGMENT_UNITS * LOG_UNIT;
    if (segment->slot != 0)
        memory_bound_expect(log->bound, record, EXPECTED_BYTES);
    for (int i = 0; segment->slot == 0 && i < EXPECTED_BYTES; i += CACHE_LINE)
        __builtin_prefetch(record + i);
    return segment->slot != 0;
}

void record_log_expect_stretch(const struct record_log *log, uint64_t position, uint64_t last)
{
    const struct log_segment *segment = segment_of(log, position / LOG_SEGMENT_UNITS);
    uint64_t end = (position / LOG_SEGMENT_UNITS + 1) * LOG_SEGMENT_UNITS - 1;
    if (segment == NULL || segment->slot == 0 || last < position)
        return;
    if (last > end)
        last = end;
    memory_bound_expect(log->bound, segment->memory + position % LOG_SEGMENT_UNITS * LOG_UNIT,
                        (size_t)(last - position + 1) * LOG_UNIT);
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
    memory_bound_tend(log->bound);
    return first_from(log, index + 1);
}

bool record_log_stretch(const struct record_log *log, uint64_t *from, struct log_stretch *stretch)
{
    uint64_t number = *from / LOG_SEGMENT_UNITS;
    size_t index = number < log->first ? 0 : (size_t)(number - log->first);
    for (; index < log->count; index++) {
        const struct log_segment *segment = &log->segments[index];
        uint64_t start = (log->first + index) * LOG_SEGMENT_UNITS;
        size_t offset = *from > start ? (size_t)(*from - start) * LOG_UNIT : 0;
        if (segment->memory == NULL || segment->used <= offset)
            continue;
        *stretch = (struct log_stretch){segment->memory + offset, start + offset / LOG_UNIT,
                                        segment->used - offset, segment->youngest,
                                        segment->slot != 0};
        *from = start + segment->used / LOG_UNIT;
        return true;
    }
    return false;
}

uint64_t record_log_tail(const struct record_log *log)
{
    const struct log_segment *last = log->count == 0 ? NULL : &log->segments[log->count - 1];
    if (last == NULL || last->memory == NULL || last->span != 1)
        return record_log_end(log);
    return (log->first + log->count - 1) * LOG_SEGMENT_UNITS + last->used / LOG_UNIT;
}

/* A log is never longer than that, in numbers: what says so is damaged. */
enum { LONGEST_LOG = 1 << 22 };

/* The numbers up to this one, which is the next to be opened, were given back. */
static bool pass_numbers(struct record_log *log, uint64_t number)
{
    if (log->count == 0 && number >= log->first)
        log->first = number;
    if (number < log->first + log->count || number - log->first > LONGEST_LOG)
        return false;
    while (log->first + log->count < number)
        add_entry(log, (struct log_segment){.youngest = INT64_MIN, .span = 1});
    return true;
}

/* The segment of a position, that has room for so many bytes from its start on; NULL: there is
   none. */
static struct log_segment *restored_segment(struct record_log *log, uint64_t number, size_t end)
{
    struct log_segment *last = log->count == 0 ? NULL : &log->segments[log->count - 1];
    if (last == NULL || number + 1 != log->first + log->count)
        return pass_numbers(log, number) ? open_segment(log, end) : NULL;
    if (last->memory == NULL || last->span != 1 || end > LOG_SEGMENT_SIZE)
        return NULL;
    if (end > last->size)
        enlarge(log, last, end);
    return last;
}

void *record_log_restore(struct record_log *log, size_t size, int64_t time, uint64_t position,
                         size_t *gap)
{
    size_t rounded = rounded_size(size);
    size_t offset = (size_t)(position % LOG_SEGMENT_UNITS) * LOG_UNIT;
    struct log_segment *segment;
    if (offset > 0 && offset + rounded > LOG_SEGMENT_SIZE)
        return NULL;
    segment = restored_segment(log, position / LOG_SEGMENT_UNITS, offset + rounded);
    if (segment == NULL || offset < segment->used)
        return NULL;
    *gap = offset - segment->used;
    segment->used = (uint32_t)offset;
    return add_record(log, segment, rounded, time);
}

bool record_log_restore_tail(struct record_log *log, uint64_t position)
{
    if (position <= record_log_tail(log))
        return true;
    return pass_numbers(log, (position + LOG_SEGMENT_UNITS - 1) / LOG_SEGMENT_UNITS);
}
