#ifndef NDJSON_JSON_PLAIN_H
#define NDJSON_JSON_PLAIN_H

#include "ndjson/json_scan.h"

/* The portable kernel, byte by byte. It alone decides why and where a line is rejected: the other
   kernels accept lines, and hand every line that they cannot accept to this one. */

/* Scans a line whose text and length are set; writes its slots, or reason and error_byte. */
enum scan_status json_plain_scan(const struct json_projection *projection, enum json_utf8 utf8,
                                 struct json_line *line);

/* Sets length and next for the line that starts at line->text. */
void json_plain_find_end(struct json_line *line, const char *limit);

#endif
