#ifndef TIME_DURATION_H
#define TIME_DURATION_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdint.h>

/* Durations are int64 nanoseconds; DURATION_MAX stands for "unbounded" and saturates. */
#define DURATION_MAX INT64_MAX

/* "500ms" "10s" "2m" "1h30m" "7d" "1.5s"; units ns us ms s m h d, largest first, each once; a bare
   number only if 0; a fraction only in the last part, whole ns. At most INT64_MAX ns. A leading '-'
   is read only by duration_parse_signed. */
bool duration_parse(const char *text, int64_t *ns, struct error_text *error);
bool duration_parse_signed(const char *text, int64_t *ns, struct error_text *error);
bool duration_store_positive(void *target, const char *argument, struct error_text *error);
bool duration_store(void *target, const char *argument, struct error_text *error); /* int64_t ns */

/* The usual text, which duration_parse_signed reads back as `ns`: days, hours, minutes and seconds
   as far as not zero ("1h30m", "1m7.2s"), below a second its own unit ("1.5ms"), "0". Returns
   buffer. */
#define DURATION_TEXT_SIZE 48
char *duration_format(int64_t ns, char buffer[DURATION_TEXT_SIZE]);

#endif
