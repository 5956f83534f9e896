#ifndef STATE_PARSED_ROWS_H
#define STATE_PARSED_ROWS_H

#include "ndjson/scratch.h"
#include "state/line_check.h"

#include <stdbool.h>
#include <stddef.h>

/* What lines of a segment say, taken apart: rows of one size, one per line. Rows are many, and two
   threads share the work on them: one takes lines apart, the other puts rows where they belong. */

struct row_format {
    size_t size;    /* of a row */
    bool validated; /* lines are one JSON object each, or refused */
    /* Makes a row of a line: what ends in LF, that we wrote it the checksum says, JSON_PADDING
       readable bytes behind it. The row may point into the line and the scratch, and
       lives as long. false: not a line that this version writes. On any thread: looks at nothing
       that changes while rows are read. */
    bool (*parse)(const void *context, const char *line, size_t length, struct scratch *scratch,
                  void *row);
    const void *context;
};

/* Starts zeroed. */
struct parsed_rows {
    char *rows;
    size_t count;
    size_t capacity;
    bool refused; /* the line behind these was */
    struct line_check check;
    struct scratch scratch;
};

/* Instead of those before. `lines`: whole ones. */
void parsed_rows_make(struct parsed_rows *parsed, const struct row_format *format,
                      const char *lines, size_t length);
void parsed_rows_free(struct parsed_rows *parsed);

#endif
