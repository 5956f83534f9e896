#ifndef STATE_LINE_CHECK_H
#define STATE_LINE_CHECK_H

#include "cli/diagnostics.h"
#include "ndjson/json_scan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lines of a file of ours, one after the other: each is one JSON object and ends with LF. A
   checksum only proves that the bytes are those that somebody wrote. */
struct line_check {
    struct json_projection *projection;
    struct json_scanner *scanner;
    uint64_t number; /* of the latest line, from 1 */
};

void line_check_init(struct line_check *check);
void line_check_free(struct line_check *check);

/* The line at *at, which is moved behind it; JSON_PADDING bytes behind `limit` are readable. false:
   not such a line, *error says why ("line 7: ..."). */
bool line_check_next(struct line_check *check, const char **at, const char *limit,
                     const char **line, size_t *length, struct error_text *error);

#endif
