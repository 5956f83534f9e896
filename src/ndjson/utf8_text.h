#ifndef NDJSON_UTF8_TEXT_H
#define NDJSON_UTF8_TEXT_H

#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* For places off the hot path; json_scan checks records by itself. */
bool utf8_valid(const char *bytes, size_t length);

/* Appends the bytes, each one that is not part of valid UTF-8 replaced by U+FFFD. */
void utf8_repair(struct text_buffer *out, const char *bytes, size_t length);

#endif
