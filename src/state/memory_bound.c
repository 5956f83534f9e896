#include "state/memory_bound.h"

#include "cli/diagnostics.h"
#include "state/record_log.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* What looks at moved records take in until the next look at what is resident: so much is taken to
   be the most for one call of memory_bound_tend(), 16 records of 64 KiB that the kernel maps around
   each. Segments left at a time. */
enum { TENDED_BYTES = 1 << 20, LONGEST_INTERVAL = 64, LEAVE_BATCH = 16 };

/* Looks announced after one that waited for the disk; each announcement is a system call. */
enum { ANNOUNCED_LOOKS = 1 << 16 };

struct segment_queue {
    struct bounded_segment *items;
    size_t count;
    size_t capacity;
};

struct resident {
    uint64_t all;
    uint64_t mapped; /* pages of files among them */
};

struct memory_bound {
    uint64_t limit;
    struct spill_file file;
    int statm; /* /proc/self/statm; -1 = none: nothing is known, nothing moves */
    uint64_t page;
    uint64_t program;              /* file pages resident before anything was moved */
    struct segment_queue resident; /* in the order in which they were opened */
    struct segment_queue moved;
    size_t hand;            /* the next moved one to leave memory */
    long waits;             /* of this thread for the disk, so far */
    unsigned announcements; /* still to be made */
    unsigned calls_left;    /* until the next look */
    uint64_t spilled;
    bool warned;
};

static struct resident look(const struct memory_bound *bound)
{
    char text[128];
    ssize_t length = pread(bound->statm, text, sizeof text - 1, 0);
    char *at = text;
    struct resident resident = {0, 0};
    if (length <= 0)
        return resident;
    text[length] = '\0';
    strtoull(at, &at, 10);
    resident.all = strtoull(at, &at, 10) * bound->page;
    resident.mapped = strtoull(at, &at, 10) * bound->page;
    return resident;
}

struct memory_bound *memory_bound_new(uint64_t limit)
{
    struct memory_bound *bound = allocate_zeroed(1, sizeof *bound);
    bound->limit = limit;
    bound->file.descriptor = -1;
    bound->page = (uint64_t)sysconf(_SC_PAGESIZE);
    bound->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (bound->statm < 0)
        die(STATUS_IO, "--memory: /proc/self/statm tells what is resident:");
    return bound;
}

void memory_bound_open(struct memory_bound *bound, int directory, const char *name)
{
    spill_file_open(&bound->file, directory, name);
    bound->program = look(bound).mapped;
}

void memory_bound_free(struct memory_bound *bound)
{
    if (bound == NULL)
        return;
    spill_file_close(&bound->file);
    close(bound->statm);
    free(bound->resident.items);
    free(bound->moved.items);
    free(bound);
}

struct spill_file *memory_bound_file(struct memory_bound *bound)
{
    return &bound->file;
}

uint64_t memory_bound_spilled(const struct memory_bound *bound)
{
    return bound == NULL ? 0 : bound->spilled;
}

void memory_bound_count(struct memory_bound *bound, int64_t bytes)
{
    bound->spilled += (uint64_t)bytes;
}

static void add(struct segment_queue *queue, struct bounded_segment segment)
{
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity == 0 ? 64 : 2 * queue->capacity;
        queue->items = reallocate(queue->items, queue->capacity * sizeof *queue->items);
    }
    queue->items[queue->count++] = segment;
}

/* Has the next moved segments leave memory, and forgets those that were released. */
static void leave(struct memory_bound *bound, size_t count)
{
    struct segment_queue *moved = &bound->moved;
    while (count-- > 0 && moved->count > 0) {
        if (bound->hand >= moved->count)
            bound->hand = 0;
        struct bounded_segment at = moved->items[bound->hand];
        if (record_log_leave(at.log, at.number))
            bound->hand++;
        else
            moved->items[bound->hand] = moved->items[--moved->count];
    }
}

static void note_waits(struct memory_bound *bound)
{
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) != 0 || usage.ru_majflt == bound->waits)
        return;
    bound->waits = usage.ru_majflt;
    bound->announcements = ANNOUNCED_LOOKS;
}

void memory_bound_expect(struct memory_bound *bound, const char *memory, size_t size)
{
    if (bound->announcements == 0)
        return;
    bound->announcements--;
    spill_file_expect(&bound->file, memory, size);
}

static void wait_for_next(struct memory_bound *bound, uint64_t room)
{
    uint64_t calls = room / TENDED_BYTES;
    bound->calls_left = calls < LONGEST_INTERVAL ? (unsigned)calls : LONGEST_INTERVAL;
    note_waits(bound);
}

/* Moved pages may take an eighth of what is allowed. */
static uint64_t share_of(const struct memory_bound *bound)
{
    return bound->limit / 8;
}

/* Once they take more, half of that goes. */
static void leave_enough(struct memory_bound *bound)
{
    uint64_t share = share_of(bound);
    size_t left = bound->moved.count;
    uint64_t mapped = look(bound).mapped;
    if (mapped > bound->program + share)
        while (left > 0 && (mapped = look(bound).mapped) > bound->program + share / 2) {
            leave(bound, LEAVE_BATCH);
            left -= left < LEAVE_BATCH ? left : LEAVE_BATCH;
        }
    wait_for_next(bound, mapped < bound->program + share ? bound->program + share - mapped : 0);
}

void memory_bound_tend(struct memory_bound *bound)
{
    if (bound != NULL && bound->moved.count > 0 && bound->calls_left-- == 0)
        leave_enough(bound);
}

/* Moves up to `wanted` segments, the oldest first; returns how many. */
static size_t move(struct memory_bound *bound, size_t wanted)
{
    struct segment_queue *queue = &bound->resident;
    size_t kept = 0, done = 0;
    for (size_t i = 0; i < queue->count; i++) {
        struct bounded_segment at = queue->items[i];
        enum log_move fate = done < wanted ? record_log_move(at.log, at.number) : LOG_MOVE_LATER;
        if (fate == LOG_MOVE_LATER)
            queue->items[kept++] = at;
        if (fate != LOG_MOVE_DONE)
            continue;
        done++;
        add(&bound->moved, at);
    }
    queue->count = kept;
    return done;
}

bool memory_bound_move(struct memory_bound *bound)
{
    return move(bound, 1) == 1;
}

/* What may be resident when a segment is opened: the rest is for that one, which is not touched
   yet, for what else grows until the next, and for moved pages that come until they are made to
   leave. */
static uint64_t target(const struct memory_bound *bound, uint64_t mapped)
{
    uint64_t share = bound->program + share_of(bound);
    uint64_t rest = bound->limit / 64 + 2 * LOG_SEGMENT_SIZE +
                    (mapped < share ? share - mapped : 0);
    return bound->limit > rest ? bound->limit - rest : 0;
}

void memory_bound_fit(struct memory_bound *bound)
{
    struct resident resident;
    uint64_t most;
    if (bound == NULL)
        return;
    leave_enough(bound);
    resident = look(bound);
    most = target(bound, resident.mapped);
    if (resident.all > most)
        move(bound, (size_t)((resident.all - most) / LOG_SEGMENT_SIZE + 1));
}

void memory_bound_grow(struct memory_bound *bound, struct record_log *log, uint64_t number)
{
    add(&bound->resident, (struct bounded_segment){log, number});
    leave(bound, 2);
    memory_bound_fit(bound);
    if (bound->warned || look(bound).all <= bound->limit + bound->limit / 10 || log->pins > 0)
        return;
    bound->warned = true;
    warn("--memory: what finds the records, and those being added, alone take more than that");
}
