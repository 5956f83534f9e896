#ifndef WINDOW_WINDOW_CALENDAR_H
#define WINDOW_WINDOW_CALENDAR_H

#include "cli/diagnostics.h"

#include <stdint.h>

/* The days of a time zone, numbered from 1970-01-01: each begins at its local midnight, or where
   the clocks skip midnight, at its first moment; so days have 23, 24 or 25 hours. Where clocks are
   set back over midnight, the day begins when its midnight comes for good. */
struct window_calendar;

/* ZONE: a name of the time zone database ("Europe/Berlin"), or a POSIX rule ("CET-1CEST,M3.5.0,
   M10.5.0/3"); NULL with the reason if there is no such zone. Becomes the process's local time. */
struct window_calendar *window_calendar_new(const char *zone, struct error_text *error);
void window_calendar_free(struct window_calendar *calendar);

/* The day of an instant in ns; the instant at which a day begins. */
int64_t window_calendar_day(struct window_calendar *calendar, int64_t time);
int64_t window_calendar_start(struct window_calendar *calendar, int64_t day);

#endif
