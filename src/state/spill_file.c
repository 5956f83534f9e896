#include "state/spill_file.h"

#include "cli/diagnostics.h"
#include "state/record_log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Slots reserved at a time. */
enum { RESERVE_SLOTS = 16 };

static void tell_lost_page(int signal)
{
    (void)signal;
    die_at_once(STATUS_IO, "--memory: what was moved to disk cannot be read back");
}

void spill_file_open(struct spill_file *file, int directory, const char *name)
{
    static const char fallback[] = "spill.tmp";
    struct sigaction action = {.sa_handler = tell_lost_page};
    file->name = name;
    file->descriptor = openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file->descriptor < 0) {
        file->descriptor = openat(directory, fallback,
                                  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file->descriptor >= 0)
            unlinkat(directory, fallback, 0);
    }
    if (file->descriptor < 0)
        die(STATUS_STATE, "%s: no file for --memory:", name);
    sigaction(SIGBUS, &action, NULL);
}

void spill_file_close(struct spill_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    free(file->free);
}

static _Noreturn void no_room(const struct spill_file *file)
{
    die(STATUS_STATE, "%s: --memory: no room for what does not fit in memory:", file->name);
}

static void reserve(struct spill_file *file, uint64_t slots)
{
    uint64_t wanted = slots + RESERVE_SLOTS;
    off_t start = (off_t)(file->reserved * LOG_SEGMENT_SIZE);
    if (slots <= file->reserved)
        return;
    if (fallocate(file->descriptor, 0, start,
                  (off_t)((wanted - file->reserved) * LOG_SEGMENT_SIZE)) != 0 &&
        /* A file system that cannot reserve does so when the slot is written. */
        (errno != EOPNOTSUPP || ftruncate(file->descriptor, (off_t)(wanted * LOG_SEGMENT_SIZE))))
        no_room(file);
    file->reserved = wanted;
}

static uint64_t take_slots(struct spill_file *file, size_t size)
{
    uint64_t count = (size + LOG_SEGMENT_SIZE - 1) / LOG_SEGMENT_SIZE;
    if (count == 1 && file->free_count > 0)
        return file->free[--file->free_count];
    reserve(file, file->slots + count);
    file->slots += count;
    return file->slots - count + 1;
}

static off_t slot_offset(uint64_t slot)
{
    return (off_t)((slot - 1) * LOG_SEGMENT_SIZE);
}

static void write_slot(struct spill_file *file, const char *memory, size_t size, off_t offset)
{
    while (size > 0) {
        ssize_t written = pwrite(file->descriptor, memory, size, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            no_room(file);
        memory += written;
        size -= (size_t)written;
        offset += written;
    }
}

char *spill_file_store(struct spill_file *file, const char *memory, size_t size, uint64_t *slot)
{
    char *area;
    *slot = take_slots(file, size);
    write_slot(file, memory, size, slot_offset(*slot));
    area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file->descriptor,
                slot_offset(*slot));
    if (area == MAP_FAILED)
        die(STATUS_STATE, "%s: --memory: cannot map what was moved to disk:", file->name);
    madvise(area, size, MADV_RANDOM);
    /* A look at one record must not bring 2 MiB. */
    madvise(area, size, MADV_NOHUGEPAGE);
    return area;
}

static void free_slot(struct spill_file *file, uint64_t slot)
{
    if (file->free_count == file->free_capacity) {
        file->free_capacity = file->free_capacity == 0 ? 64 : 2 * file->free_capacity;
        file->free = reallocate(file->free, file->free_capacity * sizeof *file->free);
    }
    file->free[file->free_count++] = slot;
}

void spill_file_drop(struct spill_file *file, char *memory, size_t size, uint64_t slot)
{
    munmap(memory, size);
    for (size_t done = 0; done < size; done += LOG_SEGMENT_SIZE)
        free_slot(file, slot++);
}

void spill_file_leave(const char *memory, size_t size)
{
    madvise((void *)(uintptr_t)memory, size, MADV_DONTNEED);
}
