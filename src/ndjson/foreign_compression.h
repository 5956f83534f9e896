#ifndef NDJSON_FOREIGN_COMPRESSION_H
#define NDJSON_FOREIGN_COMPRESSION_H

#include <stdbool.h>
#include <stddef.h>

/* Compressed data that is not read here, told by its first bytes. None of them begins JSON text. */

struct foreign_compression {
    const char *name;    /* "gzip" */
    const char *command; /* that decompresses it to standard output: "gzip -dc" */
    const char *magic;
    size_t magic_size;
};

/* What the bytes begin with, NULL = nothing known. *whole: all of its magic is there; otherwise
   the bytes are but the beginning of one. */
const struct foreign_compression *foreign_compression_find(const char *bytes, size_t length,
                                                           bool *whole);

#endif
