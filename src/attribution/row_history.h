#ifndef ATTRIBUTION_ROW_HISTORY_H
#define ATTRIBUTION_ROW_HISTORY_H

#include "attribution/attribution_row.h"
#include "state/key_index.h"
#include "state/log_marks.h"
#include "state/record_log.h"

#include <stdbool.h>
#include <stdint.h>

/* Touches, or conversions, of the recent past: in a log, found by key. The rows of a key form a
   chain through the log, the youngest first, so that whatever row of a chain is past, all behind it
   are too. */
struct row_history {
    struct record_log log;
    struct key_index index;
    size_t segments; /* of the log when it was last tidied */
    int64_t past;    /* rows older than this are gone */
    /* Where what becomes of rows is noted for the next snapshot; NULL = nowhere: */
    struct log_marks *marks;
    uint32_t partition;
    uint64_t saved; /* rows before this position were saved */
};

/* `history` must stay where it is. */
void row_history_init(struct row_history *history);
void row_history_free(struct row_history *history);
/* --memory, of an empty history; NULL: none. */
struct memory_bound;
void row_history_bind(struct row_history *history, struct memory_bound *bound);

/* Rows older than `past` are not needed any more; never falls. */
void row_history_advance(struct row_history *history, int64_t past);

/* Keeps a row; returns its position. `chained`: it is to be found by its key. */
uint64_t row_history_add(struct row_history *history, const struct attribution_row *row,
                         bool chained);

/* Puts a row back where it was, if it is not past: *waiting, else NULL. false: it cannot have been
   there. */
bool row_history_restore(struct row_history *history, const struct attribution_row *row,
                         uint64_t position, bool chained, struct waiting_row **waiting);

/* Notes what has become of a row, for the next snapshot; the meaning of `value` is the caller's. */
void row_history_mark(struct row_history *history, uint64_t position, uint32_t value);
/* The row that a mark is about; *waiting is NULL if it is past. false: there is none. */
bool row_history_marked(const struct row_history *history, const struct log_mark *mark,
                        struct waiting_row **waiting);

struct waiting_row *row_history_at(const struct row_history *history, uint64_t position);

/* Positions of rows, growing at the end; starts zeroed. */
struct row_positions {
    uint64_t *items;
    size_t count;
    size_t capacity;
};
void row_positions_free(struct row_positions *positions);

/* Sets `found` to the rows of this key with low <= time <= high that are not used up, by time from
   the youngest; rows of the same time in any order. */
void row_history_find(const struct row_history *history, const struct json_key *key, int64_t low,
                      int64_t high, struct row_positions *found);

/* Hints for a record of this hash, given some records before it is processed: for the index; then
   for the row it leads to, of which the key alone is going to be read, or all of it, which returns
   that row or LOG_NOWHERE; then for the row behind that. */
void row_history_prefetch(const struct row_history *history, uint64_t hash);
uint64_t row_history_prefetch_row(const struct row_history *history, uint64_t hash, bool whole);
void row_history_prefetch_next(const struct row_history *history, uint64_t position);

/* A row finds nobody any more. */
void row_history_use_up(struct row_history *history, uint64_t position);

/* Rows that are neither past nor used up; see waiting_count() for how exact that is. */
uint64_t row_history_count(const struct row_history *history);
uint64_t row_history_bytes(const struct row_history *history);

#endif
