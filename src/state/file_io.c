#include "state/file_io.h"

#include "cli/diagnostics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool write_fully(int descriptor, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t count = write(descriptor, at, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        at += count;
        length -= (size_t)count;
    }
    return true;
}

int64_t read_fully(int descriptor, void *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t count = read(descriptor, (char *)bytes + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        done += (size_t)count;
    }
    return (int64_t)done;
}

bool sync_name(const char *name)
{
    char *target = realpath(name, NULL);
    bool fine = target != NULL && (sync_parent(target) || errno == EACCES);
    free(target);
    return fine;
}

bool sync_parent(const char *name)
{
    char *directory = duplicate_text(strchr(name, '/') == NULL ? "./" : name);
    char *slash = strrchr(directory, '/');
    int descriptor;
    int reason;
    bool fine;
    slash[slash == directory] = '\0';
    descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    if (descriptor < 0)
        return false;
    fine = fsync(descriptor) == 0;
    reason = errno;
    close(descriptor);
    errno = reason;
    return fine;
}
