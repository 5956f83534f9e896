#include "ndjson/zstd_writer.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <zstd.h>

struct zstd_writer {
    ZSTD_CCtx *context;
};

struct zstd_writer *zstd_writer_new(int level)
{
    struct zstd_writer *writer = allocate(sizeof *writer);
    writer->context = ZSTD_createCCtx();
    if (writer->context == NULL)
        die(STATUS_IO, "out of memory for zstd");
    ZSTD_CCtx_setParameter(writer->context, ZSTD_c_compressionLevel, level);
    return writer;
}

void zstd_writer_free(struct zstd_writer *writer)
{
    if (writer == NULL)
        return;
    ZSTD_freeCCtx(writer->context);
    free(writer);
}

/* The library's only failure with these parameters is memory, which it takes at a frame's start. */
static void compress(struct zstd_writer *writer, ZSTD_inBuffer *input, ZSTD_EndDirective directive,
                     struct text_buffer *out)
{
    size_t left;
    do {
        size_t room = ZSTD_CStreamOutSize();
        ZSTD_outBuffer output = {text_buffer_reserve(out, room), room, 0};
        left = ZSTD_compressStream2(writer->context, &output, input, directive);
        if (ZSTD_isError(left))
            die(STATUS_IO, "out of memory for zstd: %s", ZSTD_getErrorName(left));
        out->length += output.pos;
    } while (directive == ZSTD_e_end ? left > 0 : input->pos < input->size);
}

void zstd_writer_add(struct zstd_writer *writer, const char *bytes, size_t length,
                     struct text_buffer *out)
{
    ZSTD_inBuffer input = {bytes, length, 0};
    compress(writer, &input, ZSTD_e_continue, out);
}

void zstd_writer_end(struct zstd_writer *writer, struct text_buffer *out)
{
    ZSTD_inBuffer input = {"", 0, 0};
    compress(writer, &input, ZSTD_e_end, out);
}
