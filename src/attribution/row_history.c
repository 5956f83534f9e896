#include "attribution/row_history.h"

#include "cli/diagnostics.h"
#include "state/log_index.h"
#include "state/waiting_count.h"

#include <stdlib.h>

void row_history_init(struct row_history *history)
{
    *history = (struct row_history){.past = INT64_MIN};
    record_log_init(&history->log);
    key_index_init(&history->index, log_index_clear_stale, &history->log);
}

void row_history_bind(struct row_history *history, struct memory_bound *bound)
{
    record_log_bind(&history->log, bound);
    if (bound != NULL)
        key_index_refine(&history->index);
}

void row_history_free(struct row_history *history)
{
    key_index_free(&history->index);
    record_log_free(&history->log);
}

void row_history_advance(struct row_history *history, int64_t past)
{
    if (past > history->past)
        history->past = past;
}

struct waiting_row *row_history_at(const struct row_history *history, uint64_t position)
{
    return waiting_row_at(&history->log, position);
}

/* The entry of this key and its youngest row; false: none, the entry is where one belongs. */
static bool find_chain(const struct row_history *history, const struct json_key *key,
                       struct index_entry *entry, uint64_t *position)
{
    bool found = key_index_find(&history->index, key->hash, entry);
    for (; found; found = key_index_next(entry)) {
        *position = log_index_position(&history->log, key_index_place(entry));
        const struct waiting_row *row = row_history_at(history, *position);
        if (row != NULL && waiting_row_has_key(row, key))
            return true;
    }
    return false;
}

/* Gives back what is past, and sees to it that places never outlive their bits. */
static void tidy(struct row_history *history)
{
    if (history->log.first + history->log.count == history->segments)
        return;
    record_log_release(&history->log, history->past);
    key_index_sweep(&history->index);
    history->segments = history->log.first + history->log.count;
}

/* The row of a chain behind which one of this time belongs; LOG_NOWHERE: in front of all. `after`
   is the one that follows then. */
static uint64_t place_in_chain(const struct row_history *history, uint64_t position, int64_t time,
                               uint64_t *after)
{
    uint64_t before = LOG_NOWHERE;
    const struct waiting_row *row = row_history_at(history, position);
    while (row != NULL && row->time > time) {
        before = position;
        position = waiting_row_link(row, position);
        row = position == LOG_NOWHERE ? NULL : row_history_at(history, position);
    }
    *after = row == NULL || row->time < history->past ? LOG_NOWHERE : position;
    return before;
}

static void link_row(struct row_history *history, const struct attribution_row *row,
                     uint64_t position)
{
    struct index_entry entry;
    uint64_t first, before, after;
    if (!find_chain(history, &row->key, &entry, &first)) {
        key_index_put(&history->index, &entry, position & INDEX_PLACE_MASK);
        return;
    }
    before = place_in_chain(history, first, row->time, &after);
    waiting_row_set_link(row_history_at(history, position), position, after);
    if (before != LOG_NOWHERE)
        waiting_row_set_link(row_history_at(history, before), before, position);
    else
        key_index_replace(&entry, position & INDEX_PLACE_MASK);
}

uint64_t row_history_add(struct row_history *history, const struct attribution_row *row,
                         bool chained)
{
    uint64_t position;
    attribution_row_append(&history->log, row, &position);
    if (chained)
        link_row(history, row, position);
    tidy(history);
    return position;
}

bool row_history_restore(struct row_history *history, const struct attribution_row *row,
                         uint64_t position, bool chained, struct waiting_row **waiting)
{
    *waiting = NULL;
    if (row->time < history->past)
        return true;
    *waiting = attribution_row_restore(&history->log, row, position);
    if (*waiting == NULL)
        return false;
    if (chained)
        link_row(history, row, position);
    return true;
}

void row_history_mark(struct row_history *history, uint64_t position, uint32_t value)
{
    if (history->marks != NULL)
        log_marks_add(history->marks,
                      &(struct log_mark){position, row_history_at(history, position)->time,
                                         history->partition, value});
}

bool row_history_marked(const struct row_history *history, const struct log_mark *mark,
                        struct waiting_row **waiting)
{
    *waiting = NULL;
    if (mark->time < history->past)
        return true;
    *waiting = row_history_at(history, mark->position);
    return *waiting != NULL && (*waiting)->time == mark->time;
}

static void add_position(struct row_positions *positions, uint64_t position)
{
    if (positions->count == positions->capacity) {
        positions->capacity = positions->capacity == 0 ? 64 : 2 * positions->capacity;
        positions->items = reallocate(positions->items,
                                      positions->capacity * sizeof *positions->items);
    }
    positions->items[positions->count++] = position;
}

void row_positions_free(struct row_positions *positions)
{
    free(positions->items);
}

void row_history_find(const struct row_history *history, const struct json_key *key, int64_t low,
                      int64_t high, struct row_positions *found)
{
    struct index_entry entry;
    uint64_t position;
    found->count = 0;
    if (low < history->past)
        low = history->past;
    if (!find_chain(history, key, &entry, &position))
        return;
    while (position != LOG_NOWHERE) {
        const struct waiting_row *row = row_history_at(history, position);
        if (row == NULL || row->time < low)
            return;
        if (row->time <= high && (row->state & ROW_GONE) == 0)
            add_position(found, position);
        position = waiting_row_link(row, position);
    }
}

void row_history_prefetch(const struct row_history *history, uint64_t hash)
{
    key_index_prefetch(&history->index, hash);
}

/* Not in a function of their own, the hints: gcc takes one that does nothing else for one that does
   nothing. The first two cache lines hold the head of a row and, mostly, its key. */
enum { CACHE_LINE = 64 };

uint64_t row_history_prefetch_row(const struct row_history *history, uint64_t hash, bool whole)
{
    struct index_entry entry;
    const char *row;
    uint64_t position;
    if (!key_index_find(&history->index, hash, &entry))
        return LOG_NOWHERE;
    position = log_index_position(&history->log, key_index_place(&entry));
    row = record_log_at(&history->log, position);
    if (row == NULL || (history->log.bound != NULL && record_log_expect(&history->log, position)))
        return LOG_NOWHERE;
    __builtin_prefetch(row);
    __builtin_prefetch(row + CACHE_LINE);
    if (whole) {
        __builtin_prefetch(row + 2 * CACHE_LINE);
        __builtin_prefetch(row + 3 * CACHE_LINE);
    }
    return position;
}

void row_history_prefetch_next(const struct row_history *history, uint64_t position)
{
    const struct waiting_row *row = row_history_at(history, position);
    uint64_t next = row == NULL ? LOG_NOWHERE : waiting_row_link(row, position);
    if (next != LOG_NOWHERE)
        __builtin_prefetch(row_history_at(history, next));
}

uint64_t row_history_count(const struct row_history *history)
{
    return waiting_count(&history->log, history->past, ROW_GONE);
}

void row_history_use_up(struct row_history *history, uint64_t position)
{
    struct waiting_row *row = row_history_at(history, position);
    if (waiting_row_state(row) & ROW_GONE)
        return;
    waiting_row_mark(row, ROW_GONE);
    record_log_spend(&history->log, position);
}

uint64_t row_history_bytes(const struct row_history *history)
{
    return history->log.bytes + history->index.bytes;
}
