#ifndef JOIN_JOIN_SIDE_H
#define JOIN_JOIN_SIDE_H

#include "join/pair_index.h"
#include "state/expiry.h"
#include "state/log_marks.h"
#include "state/record_log.h"
#include "state/waiting_row.h"
#include "time/timestamp.h"

#include <stdbool.h>
#include <stdint.h>

/* The rows of one side that wait for partners: in a log, found by key, expired by time. The rows of
   a key form a chain through the log, from the greatest (time, arrival) down. So whatever row of a
   chain is expired, all behind it are too, and a chain whose first row's segment was given back has
   nothing left in it. */
struct join_side {
    struct record_log log;
    struct pair_index *index;
    enum side which;
    struct expiry expiry; /* of rows that come out if unmatched */
    size_t segments;      /* of the log when it was last tidied */
    int64_t wait;         /* ns behind its own time that a row's last partner may have; INT64_MAX */
    bool preserved;       /* unmatched rows come out */
    int64_t past;         /* rows older than this have no partner to come */
    int64_t late;         /* rows older than this come too late to be stored */
    /* Where what becomes of rows is noted for the next snapshot; NULL = nowhere: */
    struct log_marks *marks;
    uint32_t partition;
    uint8_t telling;  /* the flags that later results depend on */
    uint64_t saved;   /* rows before this position were saved */
    uint64_t pending; /* rows that come out unless they are matched or used up before */
};

/* `side` must stay where it is. The index is shared by both sides. */
void join_side_init(struct join_side *side, enum side which, struct pair_index *index, int64_t wait,
                    bool preserved);
void join_side_free(struct join_side *side);

/* The watermark rose, or is INT64_MIN, not known yet. */
static inline void join_side_advance(struct join_side *side, int64_t watermark)
{
    if (side->wait == INT64_MAX)
        return;
    side->past = time_subtract(watermark, side->wait);
    side->late = side->wait < 0 ? watermark : side->past;
}

/* Positions of rows, growing at the end. */
struct positions {
    uint64_t *items;
    size_t count;
    size_t capacity;
};

/* Appends the rows of this key that still wait and lie in [low, high], the greatest (time, arrival)
   first. Rows found used up on the way leave the chain. `first`: what key_index_find() said of the
   key's hash, which holds until something is stored. */
void join_side_find(struct join_side *side, const struct json_key *key,
                    const struct index_entry *first, int64_t low, int64_t high,
                    struct positions *found);

/* Makes a row wait. `matched`: it was part of a result. */
void join_side_store(struct join_side *side, const struct row_view *view,
                     const struct index_entry *first, bool matched);

/* Makes an unmatched row wait that finds no partner any more. */
void join_side_store_replaced(struct join_side *side, const struct row_view *view);

/* Counts what these flags change if they are set. */
static inline void join_side_account(struct join_side *side, uint64_t position,
                                     const struct waiting_row *row, uint8_t flags)
{
    const uint8_t over = ROW_MATCHED | ROW_GONE, spent = ROW_GONE | ROW_REPLACED;
    if (side->preserved && (flags & over) != 0 && (row->state & over) == 0)
        side->pending--;
    if ((flags & spent) != 0 && (row->state & spent) == 0)
        record_log_spend(&side->log, position);
}

/* Sets flags of a row that waits. */
static inline void join_side_mark(struct join_side *side, uint64_t position,
                                  struct waiting_row *row, uint8_t flags)
{
    uint8_t told = (uint8_t)(flags & side->telling & ~row->state);
    join_side_account(side, position, row, flags);
    waiting_row_mark(row, flags);
    if (side->marks != NULL && told != 0)
        log_marks_add(side->marks, &(struct log_mark){position, row->time, side->partition, told});
}

/* Puts a row back where it was, as one that nothing has become of; one that is past is left out.
   false: it cannot have been there. */
bool join_side_restore(struct join_side *side, const struct row_view *view, uint64_t position);
/* The same for what became of it. */
bool join_side_restore_mark(struct join_side *side, const struct log_mark *mark);

/* Hint that rows of this hash will be read some records later. */
void join_side_prefetch_row(const struct join_side *side, uint64_t hash);

/* Rows that may still find a partner; see waiting_count() for how exact that is. */
uint64_t join_side_waiting(const struct join_side *side);
/* Bytes of memory held, but for the index. */
uint64_t join_side_bytes(const struct join_side *side);

#endif
