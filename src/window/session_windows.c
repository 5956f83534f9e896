#include "window/session_windows.h"

#include "cli/diagnostics.h"
#include "time/timestamp.h"

#include <stdlib.h>

void session_windows_init(struct session_windows *windows, const struct window_plan *plan,
                          uint32_t partition)
{
    *windows = (struct session_windows){
        .plan = plan,
        .journal = {.wanted = plan->durable, .partition = partition},
        .next_tick = INT64_MIN};
    key_table_init(&windows->keys);
    cell_pool_init(&windows->cells, plan->aggregates->size);
}

static void give_cell(struct session_windows *windows, struct cell *cell)
{
    window_journal_forget(&windows->journal, cell);
    aggregate_set_clear(windows->plan->aggregates, cell->states);
    cell_give(&windows->cells, cell);
}

void session_windows_free(struct session_windows *windows)
{
    for (uint32_t i = 0; i < windows->keys.count; i++) {
        struct cell *newer;
        if (windows->keys.keys[i].bytes == NULL)
            continue;
        for (struct cell *cell = windows->keys.keys[i].oldest; cell != NULL; cell = newer) {
            newer = cell->newer;
            give_cell(windows, cell);
        }
    }
    key_table_free(&windows->keys);
    cell_pool_free(&windows->cells);
    deadline_heap_free(&windows->deadlines);
    window_journal_free(&windows->journal);
    free(windows->due);
}

static int64_t end_of(const struct session_windows *windows, const struct cell *cell)
{
    return time_add(cell->last, windows->plan->spec.gap);
}

/* The least W at which a session is closed, or given up: its end is still part of it. */
int64_t session_windows_due_time(const struct session_windows *windows, const struct cell *cell,
                                 bool final)
{
    int64_t lateness = final ? windows->plan->spec.lateness : 0;
    return time_add(time_add(end_of(windows, cell), lateness), 1);
}

static void write_session(struct session_windows *windows, struct cell *cell, bool final,
                          bool retract)
{
    const struct window_plan *plan = windows->plan;
    struct window_result result = {.start = cell->first,
                                   .end = end_of(windows, cell),
                                   .last_event = cell->last,
                                   .key = &windows->keys.keys[cell->key],
                                   .states = cell->states,
                                   .revision = ++cell->revision,
                                   .final = final,
                                   .retract = retract};
    cell->written = cell->version;
    if (!final)
        window_journal_note(&windows->journal, cell);
    plan->sink.result(plan->sink.self, &result);
}

void session_windows_expect(struct session_windows *windows, struct cell *cell, bool final)
{
    cell->deadlines++;
    deadline_heap_push(
        &windows->deadlines,
        (struct deadline){session_windows_due_time(windows, cell, final), cell, final});
}

static void note_due(struct session_windows *windows, int64_t time, struct cell *cell, bool final)
{
    if (windows->due_count == windows->due_capacity) {
        windows->due_capacity = windows->due_capacity == 0 ? 16 : 2 * windows->due_capacity;
        windows->due = reallocate(windows->due, windows->due_capacity * sizeof *windows->due);
    }
    windows->due[windows->due_count++] = (struct due_session){time, cell, final};
}

/* Only what was merged away is given back here: the others are still to be written. */
static void take_due(struct session_windows *windows, int64_t watermark)
{
    struct deadline deadline;
    while (deadline_heap_pop(&windows->deadlines, watermark, &deadline)) {
        struct cell *cell = deadline.cell;
        cell->deadlines--;
        if (cell->gone) {
            if (cell->deadlines == 0) {
                cell_give(&windows->cells, cell);
                windows->absorbed--;
            }
            continue;
        }
        if (session_windows_due_time(windows, cell, deadline.final) > deadline.time) {
            session_windows_expect(windows, cell, deadline.final);
            continue;
        }
        note_due(windows, deadline.time, cell, deadline.final);
    }
}

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_due(const void *a, const void *b, void *keys)
{
    const struct due_session *left = a, *right = b;
    const struct window_key *table = keys;
    int order = compare(left->time, right->time);
    if (order == 0)
        order = compare(left->cell->last, right->cell->last);
    if (order == 0)
        order = compare(left->cell->first, right->cell->first);
    if (order == 0)
        order = window_key_compare(&table[left->cell->key], &table[right->cell->key]);
    return order != 0 ? order : left->final - right->final;
}

void session_windows_give_up(struct session_windows *windows, struct cell *cell)
{
    key_table_unlink(&windows->keys, cell);
    if (windows->keys.keys[cell->key].newest == NULL)
        key_table_remove(&windows->keys, cell->key);
    give_cell(windows, cell);
}

static void write_due(struct session_windows *windows)
{
    if (windows->due_count == 0)
        return;
    qsort_r(windows->due, windows->due_count, sizeof *windows->due, compare_due,
            windows->keys.keys);
    for (size_t i = 0; i < windows->due_count; i++) {
        struct cell *cell = windows->due[i].cell;
        if (windows->due[i].final || cell->version > cell->written)
            write_session(windows, cell, windows->due[i].final, false);
        if (windows->due[i].final)
            session_windows_give_up(windows, cell);
    }
    windows->due_count = 0;
}

/* Updates that --every collects. */
static void tick(struct session_windows *windows, int64_t watermark)
{
    bool due = window_plan_ticks(windows->plan, watermark, &windows->next_tick);
    for (uint32_t i = 0; due && i < windows->keys.count; i++)
        if (windows->keys.keys[i].bytes != NULL)
            for (struct cell *cell = windows->keys.keys[i].oldest; cell; cell = cell->newer)
                if (cell->version > cell->written)
                    note_due(windows, 0, cell, false);
    write_due(windows);
}

void session_windows_advance(struct session_windows *windows, int64_t watermark)
{
    take_due(windows, watermark);
    write_due(windows);
    tick(windows, watermark);
}

/* The sessions on both sides of a time: `before` begins at or before it. */
struct neighbours {
    struct cell *before;
    struct cell *after;
};

static struct neighbours find_neighbours(const struct window_key *key, int64_t time)
{
    struct neighbours found = {key->newest, NULL};
    while (found.before != NULL && found.before->first > time) {
        found.after = found.before;
        found.before = found.before->older;
    }
    return found;
}

static bool fits(const struct session_windows *windows, int64_t first, int64_t last)
{
    int64_t longest = windows->plan->spec.longest;
    return longest == 0 || last - first <= longest;
}

static bool near(const struct session_windows *windows, int64_t first, int64_t last)
{
    return last - first <= windows->plan->spec.gap;
}

/* What was written of a session is no longer true: its start has changed, or it is no more. */
static void retract(struct session_windows *windows, struct cell *cell)
{
    if (cell->revision > 0)
        write_session(windows, cell, false, true);
    cell->revision = 0;
}

/* In snapshots it is no longer the session of its first event. */
static void rename_session(struct session_windows *windows, struct cell *cell)
{
    window_journal_rename(&windows->journal, windows->plan, &windows->keys.keys[cell->key], cell);
}

/* `after` becomes part of `before`. Its places in the heap are found empty later. */
static void absorb(struct session_windows *windows, struct cell *before, struct cell *after)
{
    retract(windows, after);
    rename_session(windows, after);
    window_journal_forget(&windows->journal, after);
    key_table_unlink(&windows->keys, after);
    aggregate_set_merge(windows->plan->aggregates, before->states, after->states);
    before->last = after->last;
    aggregate_set_clear(windows->plan->aggregates, after->states);
    after->gone = true;
    windows->absorbed++;
}

static struct cell *new_session(struct session_windows *windows, uint32_t key, int64_t time,
                                struct cell *before)
{
    struct cell *cell = cell_take(&windows->cells);
    cell->key = key;
    cell->first = cell->last = time;
    key_table_link(&windows->keys, cell, before);
    session_windows_expect(windows, cell, true);
    return cell;
}

/* The session that an event belongs to, made fit for it; of two that could take it but not both
   together, the earlier one. */
static struct cell *join(struct session_windows *windows, struct neighbours at, int64_t time)
{
    bool before = at.before != NULL && near(windows, at.before->last, time);
    bool after = at.after != NULL && near(windows, time, at.after->first);
    if (at.before != NULL && time <= at.before->last)
        return at.before;
    if (before && after && fits(windows, at.before->first, at.after->last)) {
        absorb(windows, at.before, at.after);
        return at.before;
    }
    if (before && fits(windows, at.before->first, time)) {
        at.before->last = time;
        return at.before;
    }
    if (after && fits(windows, time, at.after->last)) {
        retract(windows, at.after);
        rename_session(windows, at.after);
        at.after->first = time;
        return at.after;
    }
    return NULL;
}

static bool writes_at_once(const struct session_windows *windows, const struct cell *cell,
                           int64_t watermark)
{
    const struct window_plan *plan = windows->plan;
    if (!window_plan_revised(plan) || plan->every > 0)
        return false;
    return plan->update || session_windows_due_time(windows, cell, false) <= watermark;
}

enum window_placed session_windows_add(struct session_windows *windows,
                                       struct window_record *record, int64_t watermark,
                                       int64_t *late_by)
{
    const struct window_plan *plan = windows->plan;
    uint32_t key = window_key_find(&windows->keys, record);
    struct neighbours at = {NULL, NULL};
    struct cell *cell = NULL;
    int64_t alone = record->time + plan->spec.gap + plan->spec.lateness;
    if (key != UINT32_MAX) {
        at = find_neighbours(&windows->keys.keys[key], record->time);
        cell = join(windows, at, record->time);
    }
    if (cell == NULL && alone < watermark) {
        *late_by = watermark - alone;
        return WINDOW_LATE;
    }
    if (key == UINT32_MAX)
        key = window_key_add(windows->plan, &windows->keys, record);
    if (cell == NULL)
        cell = new_session(windows, key, record->time, at.before);
    aggregate_set_update(plan->aggregates, cell->states, record->arguments, record->time);
    cell->version = ++windows->version;
    window_journal_note(&windows->journal, cell);
    /* A session that is kept for corrections closes before it is given up; maybe not for the first
       time. */
    if (plan->spec.lateness > 0 && cell->deadlines == 1 &&
        session_windows_due_time(windows, cell, false) > watermark)
        session_windows_expect(windows, cell, false);
    if (writes_at_once(windows, cell, watermark))
        write_session(windows, cell, false, false);
    return WINDOW_PLACED;
}
