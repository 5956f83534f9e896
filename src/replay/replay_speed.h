#ifndef REPLAY_REPLAY_SPEED_H
#define REPLAY_REPLAY_SPEED_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdint.h>

/* How fast recorded time passes: an exact factor, or without waiting. */
struct replay_speed {
    uint64_t factor;  /* 0 = as fast as possible */
    uint64_t divisor; /* a power of ten: 0.5x is 5 by 10 */
};

#define REPLAY_SPEED_REAL ((struct replay_speed){1, 1})

/* "1x" "60x" "0.5x" "max"; at most 9 digits on either side of the point. */
bool replay_speed_parse(const char *text, struct replay_speed *speed, struct error_text *error);
bool replay_speed_store(void *target, const char *argument, struct error_text *error);

/* The ns that `recorded` ns take, rounded down, held within int64. The speed is finite. */
int64_t replay_speed_scale(struct replay_speed speed, int64_t recorded);

#endif
