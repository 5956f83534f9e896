#ifndef STREAM_REJECT_LOG_H
#define STREAM_REJECT_LOG_H

#include "stream/side_file.h"

#include <stddef.h>
#include <stdint.h>

/* Tells about rejected records: the first REJECT_MESSAGES of a kind on standard error, the number
   of the others at the end, and every one in the --reject file. */
enum { REJECT_MESSAGES = 10, REJECT_KINDS = 24 };

struct rejection {
    const char *source;
    uint64_t line; /* number in the source; 0 = not an input line */
    uint32_t byte; /* 1-based; 0 = the line as a whole */
    const char
        *reason; /* kind, static: "json", "utf8", "time", "future", "expression", "key" ... */
    const char *message;
    const char *raw;
    size_t raw_length;
    const char *advice; /* what to try, static; NULL = none. Only said, not kept */
};

struct reject_log {
    struct side_file file;
    struct {
        const char *reason;
        uint64_t count;
    } kinds[REJECT_KINDS];
    size_t kind_count;
};

void reject_log_add(struct reject_log *log, const struct rejection *rejection);

/* The counts of what was not told one by one. */
void reject_log_summarise(const struct reject_log *log);

/* The kind of a json_scan reason. */
const char *reject_kind_of_scan(const char *scan_reason);

#endif
