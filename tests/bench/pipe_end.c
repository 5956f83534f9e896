/* pipe_end write BYTES | pipe_end read: what a pipe alone carries, in large writes and reads. The
   reading end prints the bytes that came. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char block[256 << 10];

int main(int argc, char **argv)
{
    long long total = 0;
    if (argc == 3 && strcmp(argv[1], "write") == 0) {
        memset(block, 'x', sizeof block);
        fcntl(1, F_SETPIPE_SZ, 1 << 20);
        for (long long left = atoll(argv[2]); left > 0;) {
            size_t wanted = left < (long long)sizeof block ? (size_t)left : sizeof block;
            ssize_t count = write(1, block, wanted);
            if (count <= 0)
                return 3;
            left -= count;
        }
        return 0;
    }
    if (argc != 2 || strcmp(argv[1], "read") != 0)
        return 2;
    for (ssize_t count; (count = read(0, block, sizeof block)) > 0;)
        total += count;
    printf("%lld\n", total);
    return 0;
}
