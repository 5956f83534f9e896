#ifndef STATE_SEGMENT_READER_H
#define STATE_SEGMENT_READER_H

#include "cli/diagnostics.h"
#include "state/parsed_rows.h"
#include "state/segment_list.h"
#include "state/state_directory.h"

#include <stdbool.h>
#include <stddef.h>

/* The text of the segments of a role, decompressed ahead by a thread of its own. */
struct segment_reader;

/* Directory, list and format outlive the reader. `format`: what rows are made of the lines; NULL =
   none are. */
struct segment_reader *segment_reader_start(const struct state_directory *directory,
                                            const struct segment_list *list, const char *role,
                                            const struct row_format *format);
/* Also before the end was reached. */
void segment_reader_stop(struct segment_reader *reader);

/* The next whole lines, about 256 KiB of them from one segment, with JSON_PADDING readable bytes
   behind, and their rows; valid until the next call. SEGMENT_FAILED: *error begins with the file's
   name. */
struct segment_lines {
    const char *lines;
    size_t length;
    const char *file;
    const struct parsed_rows *rows; /* NULL without a format */
};
enum segment_read { SEGMENT_LINES, SEGMENT_END, SEGMENT_FAILED };
enum segment_read segment_reader_next(struct segment_reader *reader, struct segment_lines *lines,
                                      struct error_text *error);

#endif
