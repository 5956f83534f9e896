#ifndef NDJSON_ZSTD_WRITER_H
#define NDJSON_ZSTD_WRITER_H

#include "ndjson/text_buffer.h"

#include <stddef.h>
#include <stdint.h>

/* Compression into one zstd frame, in pieces; and the skippable frame that ends our own files. */
struct zstd_writer;

/* `level`: zstd's, 1 = fastest. */
struct zstd_writer *zstd_writer_new(int level);
void zstd_writer_free(struct zstd_writer *writer);

/* Appends to *out what the bytes compress to; some of it may come with later calls. */
void zstd_writer_add(struct zstd_writer *writer, const char *bytes, size_t length,
                     struct text_buffer *out);
/* Appends what is left and ends the frame. The next zstd_writer_add() begins another. */
void zstd_writer_end(struct zstd_writer *writer, struct text_buffer *out);

#endif
