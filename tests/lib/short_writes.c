/* LD_PRELOAD: write(2) that takes less than it is given, and now and then is interrupted first;
   what it says that it has written it has written. Standard error is spared. */
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t write(int descriptor, const void *bytes, size_t length)
{
    static unsigned calls;
    unsigned call = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if (descriptor == STDERR_FILENO)
        return syscall(SYS_write, descriptor, bytes, length);
    if (call % 5 == 0) {
        errno = EINTR;
        return -1;
    }
    if (length > 1 + call % 3000)
        length = 1 + call % 3000;
    return syscall(SYS_write, descriptor, bytes, length);
}
