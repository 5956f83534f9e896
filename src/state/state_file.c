#include "state/state_file.h"

#include "state/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { READ_SIZE = 256 * 1024 };
#define SKIPPABLE_MAGIC UINT32_C(0x184D2A50)

struct state_file {
    const struct state_directory *directory;
    char name[STATE_NAME_SIZE];
    char unfinished[STATE_NAME_SIZE + 4];
    int descriptor;
    uint64_t bytes;
    XXH3_state_t *hash;
};

static bool fail(const struct state_directory *directory, const char *name,
                 struct error_text *error)
{
    return refuse(error, "%s/%s: %s", directory->name, name, strerror(errno));
}

static XXH3_state_t *hash_new(void)
{
    /* Its alignment is more than malloc promises. */
    XXH3_state_t *hash = XXH3_createState();
    if (hash == NULL)
        die(STATUS_IO, "out of memory");
    XXH3_64bits_reset(hash);
    return hash;
}

struct state_file *state_file_create(const struct state_directory *directory, const char *name,
                                     struct error_text *error)
{
    struct state_file *file = allocate(sizeof *file);
    *file = (struct state_file){.directory = directory};
    snprintf(file->name, sizeof file->name, "%s", name);
    snprintf(file->unfinished, sizeof file->unfinished, "%s.tmp", file->name);
    file->descriptor = openat(directory->descriptor, file->unfinished,
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file->descriptor < 0) {
        fail(directory, file->unfinished, error);
        free(file);
        return NULL;
    }
    file->hash = hash_new();
    return file;
}

bool state_file_write(struct state_file *file, const void *bytes, size_t length,
                      struct error_text *error)
{
    if (!write_fully(file->descriptor, bytes, length))
        return fail(file->directory, file->name, error);
    XXH3_64bits_update(file->hash, bytes, length);
    file->bytes += length;
    return true;
}

static void put_little_endian(unsigned char *out, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t get_little_endian(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static void make_seal(unsigned char out[STATE_SEAL_SIZE], uint64_t checksum)
{
    put_little_endian(out, SKIPPABLE_MAGIC, 4);
    put_little_endian(out + 4, 8, 4);
    put_little_endian(out + 8, checksum, 8);
}

/* The name must not be taken; file systems that cannot promise that still rename, and the lock and
   the numbers keep names apart. */
static bool rename_new(int directory, const char *from, const char *to)
{
    if (renameat2(directory, from, directory, to, RENAME_NOREPLACE) == 0)
        return true;
    return (errno == EINVAL || errno == ENOSYS) && renameat(directory, from, directory, to) == 0;
}

static void discard(struct state_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    XXH3_freeState(file->hash);
    free(file);
}

bool state_file_finish(struct state_file *file, struct state_seal *seal, struct error_text *error)
{
    const struct state_directory *directory = file->directory;
    unsigned char frame[STATE_SEAL_SIZE];
    bool closed;
    seal->checksum = XXH3_64bits_digest(file->hash);
    seal->bytes = file->bytes + STATE_SEAL_SIZE;
    make_seal(frame, seal->checksum);
    /* fsync that failed is not tried again: the kernel may have dropped what it could not write. */
    bool fine = (write_fully(file->descriptor, frame, sizeof frame) &&
                 fsync(file->descriptor) == 0) ||
                fail(directory, file->name, error);
    closed = close(file->descriptor) == 0 || errno == EINTR;
    file->descriptor = -1;
    if (fine && !closed)
        fine = fail(directory, file->name, error);
    if (fine && !rename_new(directory->descriptor, file->unfinished, file->name))
        fine = fail(directory, file->name, error);
    if (!fine)
        unlinkat(directory->descriptor, file->unfinished, 0);
    discard(file);
    return fine;
}

void state_file_abandon(struct state_file *file)
{
    unlinkat(file->directory->descriptor, file->unfinished, 0);
    discard(file);
}

static bool check_kind(const struct state_directory *directory, const char *name, int descriptor,
                       uint64_t *size, struct error_text *error)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return fail(directory, name, error);
    if (!S_ISREG(status.st_mode))
        return refuse(error, "%s/%s: not a regular file", directory->name, name);
    if (status.st_uid != geteuid() || (status.st_mode & 077) != 0)
        return refuse(error, "%s/%s: belongs to another user, or others may use it",
                      directory->name, name);
    *size = (uint64_t)status.st_size;
    return true;
}

/* Of the first `size` bytes. */
static bool hash_contents(int descriptor, uint64_t size, uint64_t *checksum)
{
    XXH3_state_t *hash = hash_new();
    char *bytes = allocate(READ_SIZE);
    bool fine = true;
    while (size > 0 && fine) {
        size_t wanted = size < READ_SIZE ? (size_t)size : READ_SIZE;
        errno = EIO; /* for a file that shrank meanwhile */
        fine = read_fully(descriptor, bytes, wanted) == (int64_t)wanted;
        if (fine)
            XXH3_64bits_update(hash, bytes, wanted);
        size -= wanted;
    }
    *checksum = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    free(bytes);
    return fine;
}

static bool check_seal(const struct state_directory *directory, const char *name, int descriptor,
                       struct state_seal *seal, struct error_text *error)
{
    unsigned char frame[STATE_SEAL_SIZE];
    unsigned char wanted[STATE_SEAL_SIZE];
    if (seal->bytes < STATE_SEAL_SIZE)
        return refuse(error, "%s/%s: damaged (cut short)", directory->name, name);
    if (!hash_contents(descriptor, seal->bytes - STATE_SEAL_SIZE, &seal->checksum) ||
        read_fully(descriptor, frame, sizeof frame) != sizeof frame)
        return fail(directory, name, error);
    make_seal(wanted, seal->checksum);
    if (memcmp(frame, wanted, sizeof frame) == 0)
        return true;
    return refuse(error, "%s/%s: damaged (%s)", directory->name, name,
                  get_little_endian(frame, 8) == get_little_endian(wanted, 8)
                      ? "its checksum does not hold"
                      : "cut short, or longer than it was");
}

static bool check(const struct state_directory *directory, const char *name, int descriptor,
                  const struct state_seal *expected, struct state_seal *seal,
                  struct error_text *error)
{
    if (!check_kind(directory, name, descriptor, &seal->bytes, error))
        return false;
    if (expected != NULL && seal->bytes != expected->bytes)
        return refuse(error, "%s/%s: damaged (%llu bytes, not %llu)", directory->name, name,
                      (unsigned long long)seal->bytes, (unsigned long long)expected->bytes);
    if (!check_seal(directory, name, descriptor, seal, error))
        return false;
    if (expected != NULL && seal->checksum != expected->checksum)
        return refuse(error, "%s/%s: damaged (not the file that the snapshot names)",
                      directory->name, name);
    return lseek(descriptor, 0, SEEK_SET) == 0 || fail(directory, name, error);
}

/* Whether what was met speaks of the file, or of what this run may do at the moment. */
static int damage_or_failure(int number)
{
    switch (number) {
    case 0: /* found by what it holds */
    case ENOENT:
    case ELOOP:
    case ENXIO:
    case EISDIR:
    case EIO:
    case EUCLEAN:
    case EBADMSG:
        return STATE_FILE_DAMAGED;
    default:
        return STATE_FILE_FAILED;
    }
}

int state_file_open(const struct state_directory *directory, const char *name,
                    const struct state_seal *expected, struct state_seal *seal,
                    struct error_text *error)
{
    struct state_seal found = {0};
    /* Not waiting on a pipe that somebody put there. */
    int descriptor = openat(directory->descriptor, name,
                            O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        int result = damage_or_failure(errno);
        fail(directory, name, error);
        return result;
    }
    errno = 0;
    if (!check(directory, name, descriptor, expected, &found, error)) {
        int result = damage_or_failure(errno);
        close(descriptor);
        return result;
    }
    if (seal != NULL)
        *seal = found;
    return descriptor;
}
