#include "join/join_side.h"

#include "cli/diagnostics.h"
#include "state/waiting_count.h"

#include <stdlib.h>

enum { SWEEP_SEGMENTS = 8 };

void join_side_init(struct join_side *side, enum side which, struct pair_index *index, int64_t wait,
                    bool preserved)
{
    *side = (struct join_side){.index = index,
                               .which = which,
                               .wait = wait,
                               .preserved = preserved,
                               .past = INT64_MIN,
                               .late = INT64_MIN};
    record_log_init(&side->log);
    expiry_init(&side->expiry, &side->log);
}

void join_side_free(struct join_side *side)
{
    expiry_free(&side->expiry);
    record_log_free(&side->log);
}

static bool is_entry_of(const struct join_side *side, const struct json_key *key, uint64_t place,
                        uint64_t *position)
{
    const struct waiting_row *row;
    if (pair_index_side(place) != side->which)
        return false;
    *position = pair_index_position(&side->log, place);
    row = waiting_row_at(&side->log, *position);
    return row != NULL && waiting_row_has_key(row, key);
}

/* Moves the entry, which is where those of the key's hash begin, to this side's of the key; false:
   none, the entry is where one belongs. */
static bool find_chain(const struct join_side *side, const struct json_key *key,
                       struct index_entry *entry, uint64_t *position)
{
    for (bool found = key_index_holds(entry); found; found = key_index_next(entry))
        if (is_entry_of(side, key, key_index_place(entry), position))
            return true;
    return false;
}

/* Takes out what stands between two rows of a chain; `before` NULL: its start. */
static void bridge(struct join_side *side, struct index_entry *entry, struct waiting_row *before,
                   uint64_t before_position, uint64_t after)
{
    if (before != NULL)
        waiting_row_set_link(before, before_position, after);
    else if (after != LOG_NOWHERE)
        key_index_replace(entry, pair_index_place(side->which, after));
    else
        key_index_remove(&side->index->keys, entry);
}

static void add_position(struct positions *positions, uint64_t position)
{
    if (positions->count == positions->capacity) {
        positions->capacity = positions->capacity == 0 ? 64 : 2 * positions->capacity;
        positions->items = reallocate(positions->items,
                                      positions->capacity * sizeof *positions->items);
    }
    positions->items[positions->count++] = position;
}

void join_side_find(struct join_side *side, const struct json_key *key,
                    const struct index_entry *first, int64_t low, int64_t high,
                    struct positions *found)
{
    struct index_entry entry = *first;
    uint64_t position, next, before_position = LOG_NOWHERE;
    struct waiting_row *row, *before = NULL;
    if (!find_chain(side, key, &entry, &position))
        return;
    for (; position != LOG_NOWHERE; position = next) {
        row = waiting_row_at(&side->log, position);
        if (row == NULL || row->time < side->past) {
            bridge(side, &entry, before, before_position, LOG_NOWHERE);
            return;
        }
        next = waiting_row_link(row, position);
        if (row->state & (ROW_GONE | ROW_REPLACED)) {
            bridge(side, &entry, before, before_position, next);
            continue;
        }
        if (row->time < low)
            return;
        if (row->time <= high)
            add_position(found, position);
        before = row;
        before_position = position;
    }
}

/* Gives back what has expired. Even an index of 2^14 pages is swept once per 256 GiB of log, so
   that no place outlives its 37 bits, which is 512 GiB. */
static void tidy(struct join_side *side)
{
    if (side->log.first + side->log.count == side->segments)
        return;
    record_log_release(&side->log, side->past);
    if (side->segments % SWEEP_SEGMENTS == 0)
        key_index_sweep(&side->index->keys);
    side->segments = side->log.first + side->log.count;
}

/* The row of a chain behind which a row of this time belongs; LOG_NOWHERE: in front of all. */
static uint64_t place_in_chain(const struct join_side *side, uint64_t position, int64_t time,
                               uint64_t *after)
{
    uint64_t before = LOG_NOWHERE;
    const struct waiting_row *row = waiting_row_at(&side->log, position);
    while (row != NULL && row->time > time) {
        before = position;
        position = waiting_row_link(row, position);
        row = position == LOG_NOWHERE ? NULL : waiting_row_at(&side->log, position);
    }
    *after = row == NULL || row->time < side->past ? LOG_NOWHERE : position;
    return before;
}

/* Where a row belongs. */
struct chain_place {
    struct index_entry entry;
    bool known; /* the key has a chain */
    uint64_t before;
    uint64_t after;
};

__attribute__((always_inline)) static inline void
find_place(const struct join_side *side, const struct row_view *view, struct chain_place *place)
{
    uint64_t head;
    place->before = place->after = LOG_NOWHERE;
    place->known = find_chain(side, &view->key, &place->entry, &head);
    if (place->known)
        place->before = place_in_chain(side, head, view->time, &place->after);
}

__attribute__((always_inline)) static inline void put_in_chain(struct join_side *side,
                                                               struct chain_place *place,
                                                               struct waiting_row *row,
                                                               uint64_t position)
{
    waiting_row_set_link(row, position, place->after);
    if (place->before != LOG_NOWHERE)
        waiting_row_set_link(waiting_row_at(&side->log, place->before), place->before, position);
    else if (place->known)
        key_index_replace(&place->entry, pair_index_place(side->which, position));
    else
        key_index_put(&side->index->keys, &place->entry, pair_index_place(side->which, position));
}

void join_side_store(struct join_side *side, const struct row_view *view,
                     const struct index_entry *first, bool matched)
{
    struct chain_place place = {.entry = *first};
    struct waiting_row *row;
    uint64_t position;
    find_place(side, view, &place);
    row = waiting_row_append(&side->log, view, 0, &position);
    put_in_chain(side, &place, row, position);
    side->pending += side->preserved;
    if (matched)
        join_side_mark(side, position, row, ROW_MATCHED);
    if (side->preserved && !matched)
        expiry_add(&side->expiry, view->time, position);
    tidy(side);
}

void join_side_store_replaced(struct join_side *side, const struct row_view *view)
{
    uint64_t position;
    struct waiting_row *row = waiting_row_append(&side->log, view, 0, &position);
    side->pending++;
    join_side_mark(side, position, row, ROW_REPLACED);
    expiry_add(&side->expiry, view->time, position);
    tidy(side);
}

bool join_side_restore(struct join_side *side, const struct row_view *view, uint64_t position)
{
    struct chain_place place;
    struct waiting_row *row;
    if (view->time < side->past)
        return true;
    key_index_find(&side->index->keys, view->key.hash, &place.entry);
    find_place(side, view, &place);
    row = waiting_row_restore(&side->log, view, 0, position);
    if (row == NULL)
        return false;
    put_in_chain(side, &place, row, position);
    side->pending += side->preserved;
    if (side->preserved)
        expiry_add(&side->expiry, view->time, position);
    return true;
}

bool join_side_restore_mark(struct join_side *side, const struct log_mark *mark)
{
    struct waiting_row *row;
    if (mark->time < side->past)
        return true;
    row = waiting_row_at(&side->log, mark->position);
    if (row == NULL || row->time != mark->time || (mark->value & ~(uint32_t)ROW_FLAGS) != 0)
        return false;
    join_side_account(side, mark->position, row, (uint8_t)mark->value);
    waiting_row_mark(row, (uint8_t)mark->value);
    return true;
}

void join_side_prefetch_row(const struct join_side *side, uint64_t hash)
{
    struct index_entry entry;
    for (bool found = key_index_find(&side->index->keys, hash, &entry); found;
         found = key_index_next(&entry)) {
        if (pair_index_side(key_index_place(&entry)) != side->which)
            continue;
        record_log_expect(&side->log, pair_index_position(&side->log, key_index_place(&entry)));
        return;
    }
}

uint64_t join_side_waiting(const struct join_side *side)
{
    return waiting_count(&side->log, side->past, ROW_GONE | ROW_REPLACED);
}

uint64_t join_side_bytes(const struct join_side *side)
{
    return side->log.bytes + expiry_bytes(&side->expiry);
}
