#ifndef NDJSON_ZSTD_READER_H
#define NDJSON_ZSTD_READER_H

#include <stdbool.h>
#include <stddef.h>

/* Decompression of a zstd stream (any number of frames) that comes in pieces. */
struct zstd_reader;

enum { FRAME_MAGIC_SIZE = 4 };

/* True if the bytes begin like a zstd frame; with fewer than FRAME_MAGIC_SIZE bytes: like the
   beginning of its magic. */
bool zstd_magic_matches(const char *bytes, size_t length);

struct zstd_reader *zstd_reader_new(void);
void zstd_reader_free(struct zstd_reader *reader);

/* Where to put further compressed bytes, and how many fit. Call only when zstd_reader_starved(). */
char *zstd_reader_space(struct zstd_reader *reader, size_t *size);
void zstd_reader_supply(struct zstd_reader *reader, size_t length);

/* True if no more can be decompressed without further input. */
bool zstd_reader_starved(const struct zstd_reader *reader);

/* Decompresses into [out, out+size); returns the bytes made. SIZE_MAX and *error (static text): the
   data is damaged, and all that stands before the damage was returned by earlier calls. */
size_t zstd_reader_take(struct zstd_reader *reader, char *out, size_t size, const char **error);

/* True if the input so far ends exactly at the end of a frame. */
bool zstd_reader_complete(const struct zstd_reader *reader);

/* Of the library that runs: "1.5.4". */
const char *zstd_reader_version(void);

#endif
