#include "join/interval_join.h"

#include "cli/diagnostics.h"
#include "join/join_side.h"
#include "state/memory_bound.h"
#include "time/timestamp.h"
#include "time/watermark.h"

#include <stdlib.h>

/* Records between the hint for the index and the hint for the row it leads to: preparing so many
   takes as long as memory does. */
enum { HINT_DELAY = 4 };

struct hint {
    uint64_t hash;
    enum side side;
};

struct interval_join {
    struct join_rules rules;
    struct time_range reach[2]; /* of (time of partner - time of a row of this side) */
    bool used_up[2];            /* a match is the end of a row of this side */
    struct join_listener listener;
    struct join_side sides[2];
    struct pair_index index;
    struct positions found;
    struct due_rows due[2];
    struct memory_bound *bound; /* --memory; NULL = none */
    struct hint hints[HINT_DELAY];
    unsigned next_hint;
    bool hinting; /* hints were given since the last row was added */
    uint64_t pairs;
    uint64_t unmatched[2];
};

static int64_t negated(int64_t bound)
{
    return bound == INT64_MIN ? INT64_MAX : -bound;
}

struct interval_join *interval_join_new(const struct join_rules *rules,
                                        const struct join_listener *listener)
{
    const struct time_range *within = &rules->within;
    struct interval_join *join = allocate_zeroed(1, sizeof *join);
    join->rules = *rules;
    join->listener = *listener;
    join->reach[SIDE_LEFT] = *within;
    join->reach[SIDE_RIGHT].lower = within->upper == INT64_MAX ? INT64_MIN : negated(within->upper);
    join->reach[SIDE_RIGHT].upper = negated(within->lower);
    join->used_up[SIDE_LEFT] = rules->once;
    join->used_up[SIDE_RIGHT] = rules->once || rules->keep != KEEP_ALL;
    for (enum side side = SIDE_LEFT; side <= SIDE_RIGHT; side++)
        join_side_init(&join->sides[side], side, &join->index, join->reach[side].upper,
                       join_preserves(rules->kind, side));
    pair_index_init(&join->index, &join->sides[SIDE_LEFT].log, &join->sides[SIDE_RIGHT].log);
    return join;
}

void interval_join_free(struct interval_join *join)
{
    for (int side = 0; side < 2; side++) {
        join_side_free(&join->sides[side]);
        due_rows_free(&join->due[side]);
    }
    key_index_free(&join->index.keys);
    free(join->found.items);
    free(join);
}

void interval_join_bind(struct interval_join *join, struct memory_bound *bound)
{
    join->bound = bound;
    for (int side = 0; side < 2; side++)
        record_log_bind(&join->sides[side].log, bound);
    if (bound != NULL)
        key_index_refine(&join->index.keys);
}

void interval_join_journal(struct interval_join *join, uint32_t partition,
                           struct log_marks *const marks[2])
{
    for (enum side side = SIDE_LEFT; side <= SIDE_RIGHT; side++) {
        struct join_side *own = &join->sides[side];
        own->marks = marks[side];
        own->partition = partition;
        own->telling = (uint8_t)(ROW_REPLACED | (join->used_up[side] ? ROW_GONE : 0) |
                                 (own->preserved && !join->used_up[side] ? ROW_MATCHED : 0));
    }
}

struct join_side *interval_join_side(struct interval_join *join, enum side side)
{
    return &join->sides[side];
}

static int64_t shifted(int64_t time, int64_t bound)
{
    return bound == INT64_MIN || bound == INT64_MAX ? bound : time_add(time, bound);
}

static void give_unmatched(struct interval_join *join, enum side side, const struct row_view *row,
                           bool late)
{
    struct join_result result = {.key = &row->key, .time = row->time, .late = late};
    if (side == SIDE_LEFT)
        result.left = row;
    else
        result.right = row;
    join->unmatched[side]++;
    join->listener.result(join->listener.self, &result);
}

/* Gives the pair of a row with one that waits, if it is one. */
static bool give_pair(struct interval_join *join, enum side side, const struct row_view *row,
                      struct waiting_row *waiting)
{
    struct row_view partner;
    const struct row_view *rows[2] = {&partner, &partner};
    struct join_result pair = {.key = &partner.key};
    waiting_row_view(waiting, &partner);
    rows[side] = row;
    pair.left = rows[SIDE_LEFT];
    pair.right = rows[SIDE_RIGHT];
    pair.time = row->time > partner.time ? row->time : partner.time;
    if (join->listener.accept != NULL && !join->listener.accept(join->listener.self, &pair))
        return false;
    join->pairs++;
    if (join_writes_pairs(join->rules.kind))
        join->listener.result(join->listener.self, &pair);
    return true;
}

/* Joins a row with those that wait; true if it found a partner. */
static bool probe(struct interval_join *join, enum side side, const struct row_view *row,
                  const struct index_entry *first)
{
    struct join_side *partners = &join->sides[side_other(side)];
    /* No needless change to a row that may be on disk. */
    uint8_t fate = (uint8_t)((partners->preserved ? ROW_MATCHED : 0) |
                             (join->used_up[side_other(side)] ? ROW_GONE : 0));
    bool matched = false;
    int64_t low = shifted(row->time, join->reach[side].lower);
    int64_t high = shifted(row->time, join->reach[side].upper);
    join->found.count = 0;
    join_side_find(partners, &row->key, first, low, high, &join->found);
    for (size_t i = join->found.count; i-- > 0 && !(matched && join->rules.once);) {
        struct waiting_row *waiting = waiting_row_at(&partners->log, join->found.items[i]);
        if (!give_pair(join, side, row, waiting))
            continue;
        if (fate != 0)
            join_side_mark(partners, join->found.items[i], waiting, fate);
        matched = true;
    }
    return matched;
}

/* --left-keep last and first: one left of a key finds partners, the others only wait to come out.
 */
static void store_single(struct interval_join *join, const struct row_view *row,
                         const struct index_entry *first, bool matched)
{
    struct join_side *lefts = &join->sides[SIDE_LEFT];
    join->found.count = 0;
    join_side_find(lefts, &row->key, first, INT64_MIN, INT64_MAX, &join->found);
    if (join->found.count > 0) {
        struct waiting_row *holder = waiting_row_at(&lefts->log, join->found.items[0]);
        bool later = row->time >= holder->time;
        if (later != (join->rules.keep == KEEP_LAST)) {
            if (lefts->preserved && !matched)
                join_side_store_replaced(lefts, row);
            return;
        }
        join_side_mark(lefts, join->found.items[0], holder, ROW_REPLACED);
    }
    join_side_store(lefts, row, first, matched);
}

static void hint_row(const struct interval_join *join, struct hint *hint)
{
    if (hint->hash != 0)
        join_side_prefetch_row(&join->sides[side_other(hint->side)], hint->hash);
    hint->hash = 0;
}

void interval_join_prefetch(struct interval_join *join, enum side side, uint64_t hash)
{
    struct hint *hint = &join->hints[join->next_hint++ % HINT_DELAY];
    key_index_prefetch(&join->index.keys, hash);
    hint_row(join, hint);
    *hint = (struct hint){hash, side};
    join->hinting = true;
}

/* The first row of a batch is added: nothing will follow the hints of the last ones. */
static void end_hints(struct interval_join *join)
{
    for (int i = 0; i < HINT_DELAY; i++)
        hint_row(join, &join->hints[i]);
    join->hinting = false;
}

unsigned interval_join_add(struct interval_join *join, enum side side, const struct row_view *row)
{
    struct join_side *own = &join->sides[side];
    bool keyed = row->key.kind > JSON_NULL;
    bool late = row->time < own->late;
    struct index_entry first;
    bool matched;
    if (join->hinting)
        end_hints(join);
    memory_bound_tend(join->bound);
    key_index_find(&join->index.keys, row->key.hash, &first);
    matched = keyed && probe(join, side, row, &first);
    unsigned fate = (late ? FATE_LATE : 0u) | (matched ? FATE_MATCHED : 0u);
    if (matched && join->used_up[side])
        return fate;
    if (late || !keyed || row->time < own->past) {
        if (matched || !own->preserved)
            return fate;
        give_unmatched(join, side, row, late);
        return fate | FATE_RESULT;
    }
    if (join->rules.keep != KEEP_ALL && side == SIDE_LEFT)
        store_single(join, row, &first, matched);
    else
        join_side_store(own, row, &first, matched);
    return fate;
}

int64_t interval_join_late_by(const struct interval_join *join, enum side side, int64_t time)
{
    return time_subtract(join->sides[side].late, time);
}

static int compare_due(const void *a, const void *b, void *log)
{
    const struct expiry_due *left = a;
    const struct expiry_due *right = b;
    struct row_view left_view, right_view;
    int order = (left->time > right->time) - (left->time < right->time);
    if (order != 0)
        return order;
    waiting_row_view(waiting_row_at(log, left->position), &left_view);
    waiting_row_view(waiting_row_at(log, right->position), &right_view);
    order = json_key_compare(&left_view.key, &right_view.key);
    return order != 0 ? order
                      : (left->position > right->position) - (left->position < right->position);
}

static void take_due(struct interval_join *join, enum side side, int64_t cutoff, bool all)
{
    struct join_side *own = &join->sides[side];
    struct due_rows *due = &join->due[side];
    due->count = 0;
    if (!own->preserved)
        return;
    if (all)
        expiry_take_all(&own->expiry, due);
    else
        expiry_take(&own->expiry, cutoff, due);
    if (due->count > 1)
        qsort_r(due->rows, due->count, sizeof *due->rows, compare_due, &own->log);
}

static void give_due(struct interval_join *join, enum side side, const struct expiry_due *due)
{
    struct row_view view;
    memory_bound_tend(join->bound);
    waiting_row_view(waiting_row_at(&join->sides[side].log, due->position), &view);
    join->sides[side].pending--;
    give_unmatched(join, side, &view, false);
}

static void give_all_due(struct interval_join *join)
{
    const struct due_rows *lefts = &join->due[SIDE_LEFT];
    const struct due_rows *rights = &join->due[SIDE_RIGHT];
    size_t left = 0;
    for (size_t right = 0; right < rights->count; right++) {
        while (left < lefts->count && lefts->rows[left].time < rights->rows[right].time)
            give_due(join, SIDE_LEFT, &lefts->rows[left++]);
        give_due(join, SIDE_RIGHT, &rights->rows[right]);
    }
    while (left < lefts->count)
        give_due(join, SIDE_LEFT, &lefts->rows[left++]);
}

/* By few rows at a time: that all are due must not take memory for each. */
static void give_rest(struct interval_join *join)
{
    int64_t cutoff;
    do {
        int64_t left = expiry_next_cutoff(&join->sides[SIDE_LEFT].expiry);
        int64_t right = expiry_next_cutoff(&join->sides[SIDE_RIGHT].expiry);
        cutoff = left < right ? left : right;
        take_due(join, SIDE_LEFT, cutoff, cutoff == INT64_MAX);
        take_due(join, SIDE_RIGHT, cutoff, cutoff == INT64_MAX);
        give_all_due(join);
        memory_bound_fit(join->bound);
    } while (cutoff != INT64_MAX);
}

static void give_past(struct interval_join *join)
{
    for (enum side side = SIDE_LEFT; side <= SIDE_RIGHT; side++)
        take_due(join, side, join->sides[side].past, false);
    give_all_due(join);
}

void interval_join_advance(struct interval_join *join, int64_t watermark)
{
    bool ended = watermark == WATERMARK_END;
    for (enum side side = SIDE_LEFT; side <= SIDE_RIGHT; side++)
        join_side_advance(&join->sides[side], watermark);
    if (ended)
        give_rest(join);
    else if (join->sides[SIDE_LEFT].preserved || join->sides[SIDE_RIGHT].preserved)
        give_past(join);
    for (int side = 0; ended && side < 2; side++)
        record_log_release(&join->sides[side].log, INT64_MAX);
}

void interval_join_count(const struct interval_join *join, struct join_counts *counts)
{
    counts->pairs += join->pairs;
    for (int side = 0; side < 2; side++) {
        counts->unmatched[side] += join->unmatched[side];
        counts->held[side] += join->sides[side].log.records;
        counts->bytes += join_side_bytes(&join->sides[side]);
    }
    counts->bytes += join->index.keys.bytes;
}

void interval_join_restore_count(struct interval_join *join, const struct join_counts *counts)
{
    join->pairs = counts->pairs;
    join->unmatched[SIDE_LEFT] = counts->unmatched[SIDE_LEFT];
    join->unmatched[SIDE_RIGHT] = counts->unmatched[SIDE_RIGHT];
}

uint64_t interval_join_open_results(const struct interval_join *join)
{
    const struct join_side *lefts = &join->sides[SIDE_LEFT], *rights = &join->sides[SIDE_RIGHT];
    if (join->rules.kind == JOIN_INNER)
        return join_side_waiting(lefts) + join_side_waiting(rights);
    return lefts->pending + rights->pending;
}
