#ifndef STATE_WAITING_COUNT_H
#define STATE_WAITING_COUNT_H

#include "state/record_log.h"

#include <stdint.h>

/* How many rows of a log are not older than `past` and not used up (those for which the log's owner
   called record_log_spend() bear one of the flags `spent`). Rows are not looked at one by one but
   in the few segments that `past` divides; where those are many, or on disk, their share is worked
   out as if times were spread evenly. So it is exact but for at most the rows of the segments that
   `past` divides, takes about a microsecond per 4 GiB that wait, and reads nothing from disk. */
uint64_t waiting_count(const struct record_log *log, int64_t past, uint8_t spent);

#endif
