#ifndef WINDOW_WINDOW_CALENDAR_H
#define WINDOW_WINDOW_CALENDAR_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdint.h>

/* The clock on a time zone's walls. What it shows, a reading, is told in ns since it showed
   1970-01-01T00:00. Here readings never fall: where the clock is going to be set back, the reading
   stays at what it will be set back to until that has been done. So a reading is reached once, for
   good, and a day of readings lasts 23, 24 or 25 hours. */
struct window_calendar;

/* ZONE: a name of the time zone database ("Europe/Berlin"), or a POSIX rule ("CET-1CEST,M3.5.0,
   M10.5.0/3"); NULL with the reason if there is no such zone. Becomes the process's local time. */
struct window_calendar *window_calendar_new(const char *zone, struct error_text *error);
void window_calendar_free(struct window_calendar *calendar);

/* The reading at an instant in ns, which may be 200 years from 1970 at most. */
int64_t window_calendar_reading(struct window_calendar *calendar, int64_t time);
/* The first instant with this reading or, where the clock skips it, with a later one. */
int64_t window_calendar_instant(struct window_calendar *calendar, int64_t reading);

/* Whether the clock was and will be set by whole multiples of `step` ns only, from 1970 to 2050; if
   so, how far it is ahead of UTC, ns modulo step. */
bool window_calendar_keeps(const struct window_calendar *calendar, int64_t step, int64_t *ahead);

#endif
