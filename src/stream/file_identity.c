#include "stream/file_identity.h"

#include "time/timestamp.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Reads until there are `size` bytes, or no more; -1: errno. */
static ssize_t read_head(int descriptor, char *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t count = pread(descriptor, bytes + done, size - done, (off_t)done);
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

static int64_t birth_of(int descriptor)
{
    struct statx status;
    if (statx(descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0 ||
        (status.stx_mask & STATX_BTIME) == 0)
        return 0;
    return status.stx_btime.tv_sec * NS_PER_SECOND + status.stx_btime.tv_nsec;
}

bool file_identity_read(int descriptor, uint64_t limit, struct file_identity *identity)
{
    char bytes[BYTE_HEAD_SIZE];
    struct stat status;
    ssize_t length = read_head(descriptor, bytes,
                               limit < sizeof bytes ? (size_t)limit : sizeof bytes);
    if (length < 0 || fstat(descriptor, &status) != 0)
        return false;
    *identity = (struct file_identity){.device = status.st_dev,
                                       .inode = status.st_ino,
                                       .birth = birth_of(descriptor),
                                       .head_length = (uint64_t)length,
                                       .head_hash = XXH3_64bits(bytes, (size_t)length)};
    return true;
}

struct file_identity pipe_identity(const struct byte_head *head, uint64_t consumed)
{
    size_t length = consumed < head->length ? (size_t)consumed : head->length;
    return (struct file_identity){.head_length = length,
                                  .head_hash = XXH3_64bits(head->bytes, length)};
}

static enum head_match match(const struct file_identity *identity, const char *bytes, size_t length)
{
    if (length < identity->head_length)
        return HEAD_SHORTER;
    return XXH3_64bits(bytes, (size_t)identity->head_length) == identity->head_hash ? HEAD_SAME
                                                                                    : HEAD_OTHER;
}

enum head_match file_identity_match(const struct file_identity *identity, int descriptor)
{
    char bytes[BYTE_HEAD_SIZE];
    ssize_t length = read_head(descriptor, bytes, (size_t)identity->head_length);
    int64_t birth = birth_of(descriptor);
    if (birth != 0 && identity->birth != 0 && birth != identity->birth)
        return HEAD_OTHER;
    return match(identity, bytes, length < 0 ? 0 : (size_t)length);
}

enum head_match pipe_identity_match(const struct file_identity *identity,
                                    const struct byte_head *head)
{
    return match(identity, head->bytes, head->length);
}
