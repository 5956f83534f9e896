#ifndef TIME_DURATION_H
#define TIME_DURATION_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdint.h>

/* Durations are int64 nanoseconds; DURATION_MAX stands for "unbounded" and saturates. */
#define DURATION_MAX INT64_MAX

/* "500ms" "10s" "2m" "1h30m" "7d" "1.5s"; units ns us ms s m h d, largest first, each once; a bare
   number only if 0. A leading '-' is read only by duration_parse_signed. */
bool duration_parse(const char *text, int64_t *ns, struct error_text *error);
bool duration_parse_signed(const char *text, int64_t *ns, struct error_text *error);
bool duration_store(void *target, const char *argument, struct error_text *error); /* int64_t ns */

/* The shortest text that duration_parse reads back as `ns`, e.g. "1h30m", "7.2s", "0". Returns buffer. */
#define DURATION_TEXT_SIZE 48
char *duration_format(int64_t ns, char buffer[DURATION_TEXT_SIZE]);

#endif
