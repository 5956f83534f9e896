#include "ndjson/zstd_reader.h"

#include "cli/diagnostics.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { INPUT_SIZE = 256 * 1024 };

struct zstd_reader {
    ZSTD_DStream *stream;
    ZSTD_inBuffer input;
    bool output_was_full; /* the decoder may hold more although the input is used up */
    bool complete;
    const char *error; /* what comes behind all that was taken is damaged; NULL = nothing known */
    char bytes[INPUT_SIZE];
};

bool zstd_magic_matches(const char *bytes, size_t length)
{
    static const unsigned char frame[FRAME_MAGIC_SIZE] = {0x28, 0xb5, 0x2f, 0xfd};
    /* 0x50 to 0x5f: pzstd begins with such a frame. */
    static const unsigned char skippable[FRAME_MAGIC_SIZE] = {0x50, 0x2a, 0x4d, 0x18};
    size_t size = length < FRAME_MAGIC_SIZE ? length : FRAME_MAGIC_SIZE;
    if (memcmp(bytes, frame, size) == 0)
        return true;
    return size > 0 && ((unsigned char)bytes[0] & 0xf0) == skippable[0] &&
           memcmp(bytes + 1, skippable + 1, size - 1) == 0;
}

struct zstd_reader *zstd_reader_new(void)
{
    struct zstd_reader *reader = allocate_zeroed(1, sizeof *reader);
    reader->stream = ZSTD_createDStream();
    if (reader->stream == NULL)
        die(STATUS_IO, "out of memory for zstd");
    ZSTD_initDStream(reader->stream);
    reader->input.src = reader->bytes;
    reader->complete = true;
    return reader;
}

void zstd_reader_free(struct zstd_reader *reader)
{
    if (reader == NULL)
        return;
    ZSTD_freeDStream(reader->stream);
    free(reader);
}

char *zstd_reader_space(struct zstd_reader *reader, size_t *size)
{
    reader->input.pos = reader->input.size = 0;
    *size = sizeof reader->bytes;
    return reader->bytes;
}

void zstd_reader_supply(struct zstd_reader *reader, size_t length)
{
    reader->input.size = length;
}

bool zstd_reader_starved(const struct zstd_reader *reader)
{
    return reader->input.pos == reader->input.size && !reader->output_was_full &&
           reader->error == NULL;
}

size_t zstd_reader_take(struct zstd_reader *reader, char *out, size_t size, const char **error)
{
    ZSTD_outBuffer output = {out, size, 0};
    while (reader->error == NULL && output.pos < output.size) {
        size_t before = output.pos;
        bool had_input = reader->input.pos < reader->input.size;
        size_t result = ZSTD_decompressStream(reader->stream, &output, &reader->input);
        if (ZSTD_isError(result))
            reader->error = ZSTD_getErrorName(result);
        else if (had_input || output.pos > before)
            reader->complete = result == 0;
        if (reader->input.pos == reader->input.size && output.pos < output.size)
            break;
    }
    reader->output_was_full = output.pos == output.size;
    if (reader->error != NULL && output.pos == 0) {
        *error = reader->error;
        return SIZE_MAX;
    }
    return output.pos;
}

bool zstd_reader_complete(const struct zstd_reader *reader)
{
    return reader->complete;
}

const char *zstd_reader_version(void)
{
    return ZSTD_versionString();
}
