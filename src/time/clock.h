#ifndef TIME_CLOCK_H
#define TIME_CLOCK_H

#include <stdint.h>

/* Wall clock, ns since 1970 (CLOCK_REALTIME). Its readers are named in evtools(7), DETERMINISM. */
int64_t clock_wall(void);

/* For intervals: never set back (CLOCK_MONOTONIC), ns since some start. */
int64_t clock_steady(void);

#endif
