#include "ndjson/foreign_compression.h"

#include <string.h>

static const struct foreign_compression kinds[] = {
    {"gzip", "gzip -dc", "\x1f\x8b", 2},
    {"xz", "xz -dc", "\xfd\x37zXZ", 5},
    {"bzip2", "bzip2 -dc", "BZh", 3},
    {"lz4", "lz4 -dc", "\x04\x22\x4d\x18", 4},
};

const struct foreign_compression *foreign_compression_find(const char *bytes, size_t length,
                                                           bool *whole)
{
    for (size_t i = 0; length > 0 && i < sizeof kinds / sizeof *kinds; i++) {
        *whole = length >= kinds[i].magic_size;
        if (memcmp(bytes, kinds[i].magic, *whole ? kinds[i].magic_size : length) == 0)
            return &kinds[i];
    }
    return NULL;
}
