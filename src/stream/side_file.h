#ifndef STREAM_SIDE_FILE_H
#define STREAM_SIDE_FILE_H

#include "ndjson/line_writer.h"

#include <stdbool.h>
#include <stddef.h>

/* A file beside the output: --late, --reject. Not given: everything appended is dropped. */
struct side_file {
    struct line_writer writer;
    bool open;
};

/* `name` NULL = not given. Dies with STATUS_IO if the file cannot be opened. Truncates. */
void side_file_open(struct side_file *file, const char *name);

/* SIGHUP: what is pending goes to the old file, then the name is opened again, appending. */
/* Right after opening: what the file holds stays, and output comes behind. */
void side_file_keep(struct side_file *file);
void side_file_reopen(struct side_file *file);

/* Where to append one line; NULL if the file was not given. side_file_end() after the LF. */
struct text_buffer *side_file_begin(struct side_file *file);
void side_file_end(struct side_file *file);

/* Dies with STATUS_IO if a write failed. */
void side_file_flush(struct side_file *file);
void side_file_close(struct side_file *file);

/* Appends `,"raw":"..."`; bytes that are not UTF-8 go out as `,"raw_base64":"..."`, so that nothing
   is lost. */
void side_file_add_raw(struct text_buffer *out, const char *bytes, size_t length);

#endif
