#include "state/spill_file.h"

#include "cli/diagnostics.h"
#include "state/record_log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Slots reserved at a time. Written in pieces, as the kernel keeps each as one: what it does at the
   first change to a page of one takes longer the larger that is. */
enum { RESERVE_SLOTS = 16, PIECE_SIZE = 16 * 1024 };

/* Addresses for the whole file, however long it gets: they take no memory until they are used, but
   may be limited (ulimit -v). */
static const size_t largest_map = (size_t)1 << 40, smallest_map = (size_t)1 << 26;

static void tell_lost_page(int signal)
{
    (void)signal;
    die_at_once(STATUS_IO, "--memory: what was moved to disk cannot be read back");
}

static void map_all(struct spill_file *file)
{
    size_t size = largest_map;
    do {
        file->map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
                         file->descriptor, 0);
    } while (file->map == MAP_FAILED && (size /= 2) >= smallest_map);
    if (file->map == MAP_FAILED)
        die(STATUS_STATE, "%s: --memory: no addresses for the file:", file->name);
    file->map_size = size;
    /* A look at one record must not bring more. */
    madvise(file->map, size, MADV_RANDOM);
    madvise(file->map, size, MADV_NOHUGEPAGE);
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
    map_all(file);
    sigaction(SIGBUS, &action, NULL);
}

void spill_file_close(struct spill_file *file)
{
    if (file->descriptor >= 0) {
        munmap(file->map, file->map_size);
        close(file->descriptor);
    }
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
    if (file->slots + count > file->map_size / LOG_SEGMENT_SIZE)
        die(STATUS_STATE, "%s: --memory: no addresses for more than %zu GiB on disk", file->name,
            file->map_size >> 30);
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
        size_t piece = size < PIECE_SIZE ? size : PIECE_SIZE;
        ssize_t written = pwrite(file->descriptor, memory, piece, offset);
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
    *slot = take_slots(file, size);
    write_slot(file, memory, size, slot_offset(*slot));
    return file->map + slot_offset(*slot);
}

static void free_slot(struct spill_file *file, uint64_t slot)
{
    if (file->free_count == file->free_capacity) {
        file->free_capacity = file->free_capacity == 0 ? 64 : 2 * file->free_capacity;
        file->free = reallocate(file->free, file->free_capacity * sizeof *file->free);
    }
    file->free[file->free_count++] = slot;
}

void spill_file_drop(struct spill_file *file, const char *memory, size_t size, uint64_t slot)
{
    spill_file_leave(memory, size);
    for (size_t done = 0; done < size; done += LOG_SEGMENT_SIZE)
        free_slot(file, slot++);
}

void spill_file_leave(const char *memory, size_t size)
{
    madvise((void *)(uintptr_t)memory, size, MADV_DONTNEED);
}

void spill_file_expect(const struct spill_file *file, const char *memory, size_t size)
{
    posix_fadvise(file->descriptor, memory - file->map, (off_t)size, POSIX_FADV_WILLNEED);
}
