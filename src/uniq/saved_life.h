#ifndef UNIQ_SAVED_LIFE_H
#define UNIQ_SAVED_LIFE_H

#include "ndjson/scratch.h"
#include "uniq/recent_keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line of a life journal, read back. */
struct saved_life {
    uint64_t partition;
    struct marked_key key; /* key or mark, as `exact` says */
    int64_t first;
    int64_t last;
};

/* false: not such a line, which need not have been validated as JSON. What the key points to lives
 * as long as the line and the scratch. */
bool saved_life_read(struct saved_life *life, const char *line, size_t length, bool exact,
                     struct scratch *scratch);

#endif
