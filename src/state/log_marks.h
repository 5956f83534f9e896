#ifndef STATE_LOG_MARKS_H
#define STATE_LOG_MARKS_H

#include "cli/diagnostics.h"
#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"

#include <stdbool.h>
#include <stdint.h>

/* What became of rows of logs since the last snapshot: rows go out once, as they came, and what is
   said of them later goes out as marks. Starts zeroed. */
struct mark_chunk;
struct log_marks {
    struct mark_chunk *first;
    struct mark_chunk *last;
    uint64_t count;
    int64_t youngest; /* greatest time of a row in it */
};

struct log_mark {
    uint64_t position; /* of the row, in its log */
    int64_t time;      /* the row's: says whether the row is still there */
    uint32_t partition;
    uint32_t value;
};

void log_marks_free(struct log_marks *marks);
void log_marks_add(struct log_marks *marks, const struct log_mark *mark);

/* Hands all of it to the draft as a segment of this role, and begins anew. Lines:
   {"p":PARTITION,"at":POSITION,"time":TIME,"value":VALUE}. */
void log_marks_save(struct log_marks *marks, struct snapshot_draft *draft, const char *role);

/* Takes such a line apart; false: it is none. */
bool log_mark_read(struct log_mark *mark, const char *line, size_t length);

#endif
