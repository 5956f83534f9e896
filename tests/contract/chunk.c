/* chunk SIZE [SEED]: copies standard input to a pipe in pieces that the reader gets one per
   read(2): SIZE bytes each, or with SEED random sizes from 1 to SIZE. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static size_t next_size(size_t largest, unsigned *seed)
{
    return seed ? 1 + (size_t)rand_r(seed) % largest : largest;
}

int main(int argc, char **argv)
{
    static char text[4096];
    size_t largest = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    if (largest == 0 || largest > sizeof text || fcntl(1, F_SETFL, O_DIRECT) != 0) {
        fprintf(stderr, "usage: chunk SIZE [SEED] | ..., SIZE from 1 to %zu\n", sizeof text);
        return 2;
    }
    for (;;) {
        size_t count = fread(text, 1, next_size(largest, argc > 2 ? &seed : NULL), stdin);
        if (count == 0)
            return ferror(stdin) ? 3 : 0;
        if (write(1, text, count) != (ssize_t)count)
            return 3;
    }
}
