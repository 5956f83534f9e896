#ifndef STATE_LOG_RESTORE_H
#define STATE_LOG_RESTORE_H

#include "cli/diagnostics.h"
#include "state/log_marks.h"
#include "state/record_log.h"
#include "state/saved_row.h"
#include "state/saved_snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Logs of waiting rows, one per partition, put back as snapshots have them (log_snapshot.h,
   log_marks.h): rows where they were, then what became of them, then where the logs ended. */
struct log_restorer {
    const char *rows;  /* role */
    const char *marks; /* role */
    size_t row_size;   /* of a row as read() makes it, aligned like max_align_t */
    /* Reads what follows saved_row_begin(), with saved_row_end(). On any thread. */
    bool (*read)(struct saved_row *saved, struct scratch *scratch, void *row);

    void *owner;
    uint64_t count; /* of logs: other partitions are refused */
    struct record_log *(*log)(void *owner, uint32_t partition);
    /* Hints: restore() will be called with this row a little later, the nearer the larger `step`,
       from 0 to LOG_RESTORE_STEPS - 1. */
    void (*fetch)(void *owner, uint32_t partition, const void *row, unsigned step);
    /* Puts a row back, or passes over one that is past; false: it cannot have been there. */
    bool (*restore)(void *owner, uint32_t partition, const void *row, uint64_t position);
    bool (*mark)(void *owner, const struct log_mark *mark);
    /* The rows before this position were saved. */
    void (*saved)(void *owner, uint32_t partition, uint64_t tail);
};
enum { LOG_RESTORE_STEPS = 2 };

/* false: *error begins with a file's name. */
bool log_restore(const struct log_restorer *restorer, const struct saved_snapshot *saved,
                 struct error_text *error);

#endif
