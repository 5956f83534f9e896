#ifndef NDJSON_LINE_WRITER_H
#define NDJSON_LINE_WRITER_H

#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whole lines to a file descriptor in large writes. A line is built in place at the end of the
   buffer and is never cut: what goes out in one write(2) ends with LF. Errors stick: after a failed
   write everything is discarded and line_writer_flush() returns false. */
struct line_writer {
    int descriptor;
    const char *name;        /* "stdout" or the file's name, for messages */
    struct text_buffer text; /* append whole lines here; then call line_writer_end */
    size_t threshold;        /* bytes at which line_writer_end writes; 256 KiB */
    uint64_t written;        /* bytes that the descriptor has accepted */
    int error;               /* errno of the write that failed, 0 = none */
    bool stale;              /* the file still holds what it held before it was opened */
};

void line_writer_init(struct line_writer *writer, int descriptor, const char *name);
/* Opens FILE for writing ("-" = standard output); false with the reason. What it holds is dropped
   by the first flush or the close. */
struct error_text;
bool line_writer_open(struct line_writer *writer, const char *name, struct error_text *error);

/* Before the first write to a regular file: it keeps its first `length` bytes, what lies behind
   them goes now, and output comes behind. false: errno. */
bool line_writer_cut(struct line_writer *writer, uint64_t length);

/* Writes everything pending; true if all of it, and all before, was accepted. */
bool line_writer_flush(struct line_writer *writer);

/* To be called when one or more whole lines were appended to writer->text. */
static inline void line_writer_end(struct line_writer *writer)
{
    if (writer->text.length >= writer->threshold)
        line_writer_flush(writer);
}

/* flush + close, both checked; frees the buffer. */
bool line_writer_close(struct line_writer *writer);

#endif
