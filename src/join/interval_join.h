#ifndef JOIN_INTERVAL_JOIN_H
#define JOIN_INTERVAL_JOIN_H

#include "join/join_rules.h"
#include "state/waiting_row.h"

#include <stdbool.h>
#include <stdint.h>

/* Pairs left and right rows of equal key whose times lie within a range of each other, and tells
   which rows never found a partner. Knows nothing of input, output or expressions: rows come in,
   results go out. The rules are those of evjoin(1). */

/* A pair, or a row that found no partner (the other one is NULL). Borrowed until the call returns.
 */
struct join_result {
    const struct row_view *left;
    const struct row_view *right;
    const struct json_key *key; /* as the row spelled it that came first */
    int64_t time;               /* of the later one */
    bool late;                  /* a late row without a partner */
};

struct join_listener {
    void *self;
    void (*result)(void *self, const struct join_result *result);
    /* The residual condition; NULL = every pair is one. Asked once per candidate, in the order in
       which results come. */
    bool (*accept)(void *self, const struct join_result *pair);
};

struct interval_join;

struct interval_join *interval_join_new(const struct join_rules *rules,
                                        const struct join_listener *listener);
void interval_join_free(struct interval_join *join);

/* What became of a row, as bits. */
enum join_fate {
    FATE_LATE = 1,    /* it came too late to be stored */
    FATE_MATCHED = 2, /* it found a partner */
    FATE_RESULT = 4   /* it came out as unmatched at once */
};

/* Takes a row: gives its pairs, by partner's time, then arrival. A row that is both left and right
   is added twice. */
unsigned interval_join_add(struct interval_join *join, enum side side, const struct row_view *row);

/* How much longer the watermark would have had to wait for a row that came late, ns. */
int64_t interval_join_late_by(const struct interval_join *join, enum side side, int64_t time);

/* The watermark rose: gives the unmatched rows that no partner can reach any more, by time, right
   before left, key, arrival. WATERMARK_END: all of them. */
void interval_join_advance(struct interval_join *join, int64_t watermark);

/* Hint for a row that is going to be added some records later. */
void interval_join_prefetch(struct interval_join *join, enum side side, uint64_t hash);

struct join_counts {
    uint64_t pairs; /* found, written or not */
    uint64_t unmatched[2];
    uint64_t held[2]; /* rows in memory: those that wait, and some that need not any more */
    uint64_t bytes;
};
/* Adds to the counts. */
void interval_join_count(const struct interval_join *join, struct join_counts *counts);

/* --memory: before the first row. */
struct memory_bound;
void interval_join_bind(struct interval_join *join, struct memory_bound *bound);

/* For --state (join_state.h): from now on notes what becomes of rows that wait, by side. */
struct log_marks;
void interval_join_journal(struct interval_join *join, uint32_t partition,
                           struct log_marks *const marks[2]);
struct join_side *interval_join_side(struct interval_join *join, enum side side);
/* Goes on counting from there: pairs, unmatched. */
void interval_join_restore_count(struct interval_join *join, const struct join_counts *counts);

/* Results that are still open: unmatched rows of a preserved side; for an inner join, rows that may
   still find a partner (as exact as join_side_waiting()). Soon counted, however many wait. */
uint64_t interval_join_open_results(const struct interval_join *join);

#endif
