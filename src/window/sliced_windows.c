#include "window/sliced_windows.h"

#include "time/timestamp.h"
#include "window/sliding_total.h"

#include <stdlib.h>

#define NO_WINDOW INT64_MAX

enum { FEW_SLICES = 4, NEAR_AHEAD = 6, FAR_AHEAD = 16 };

/* Which results of a window are written. */
enum writing { WRITE_CHANGED, WRITE_FINAL };

/* Worth it where windows hold many slices; possible where each result is written once, in order. */
static bool slides(const struct window_plan *plan)
{
    return !window_plan_revised(plan) && !plan->aggregates->grows &&
           plan->spec.size / plan->spec.slice > FEW_SLICES;
}

void sliced_windows_init(struct sliced_windows *windows, const struct window_plan *plan,
                         uint32_t partition)
{
    *windows = (struct sliced_windows){.plan = plan,
                                       .journal = {.wanted = plan->durable, .partition = partition},
                                       .next_close = NO_WINDOW,
                                       .next_final = NO_WINDOW,
                                       .next_tick = INT64_MIN};
    key_table_init(&windows->keys);
    cell_pool_init(&windows->cells, plan->aggregates->size);
    windows->total = allocate_zeroed(plan->aggregates->size + 1, 1);
    windows->slides = slides(plan);
}

static void drop_cell(struct sliced_windows *windows, struct cell *cell)
{
    const struct aggregate_set *aggregates = windows->plan->aggregates;
    struct window_key *key = &windows->keys.keys[cell->key];
    sliding_total_drop(key->sliding, aggregates, cell);
    key_table_unlink(&windows->keys, cell);
    if (key->newest == NULL) {
        sliding_total_free(key->sliding, aggregates);
        key_table_remove(&windows->keys, cell->key);
    }
    window_journal_forget(&windows->journal, cell);
    aggregate_set_clear(aggregates, cell->states);
    cell_give(&windows->cells, cell);
}

static void drop_slice(struct sliced_windows *windows)
{
    struct slice *slice = &windows->slices.slices[windows->slices.first];
    struct cell *next;
    for (struct cell *cell = slice->cells; cell != NULL; cell = next) {
        next = cell->next;
        drop_cell(windows, cell);
    }
    slice_list_shift(&windows->slices);
}

void sliced_windows_free(struct sliced_windows *windows)
{
    while (slice_list_count(&windows->slices) > 0)
        drop_slice(windows);
    slice_list_free(&windows->slices);
    key_table_free(&windows->keys);
    cell_pool_free(&windows->cells);
    revision_table_free(&windows->revisions);
    window_journal_free(&windows->journal);
    free(windows->total);
}

static int64_t close_time(const struct sliced_windows *windows, int64_t end)
{
    return window_time(&windows->plan->spec, end);
}

/* When a window's result is final: `lateness` behind its end. */
int64_t sliced_windows_final_time(const struct sliced_windows *windows, int64_t end)
{
    return time_add(close_time(windows, end), windows->plan->spec.lateness);
}

/* A result that is about to be written: the states of its cells together. */
struct merged {
    const void *states;
    uint64_t version; /* of its newest cell */
    bool made;        /* in windows->total, to be cleared */
};

static void merge_all(struct sliced_windows *windows, const struct cell *cell, int64_t end,
                      struct merged *merged)
{
    for (; cell != NULL && cell->first < end; cell = cell->newer) {
        aggregate_set_merge(windows->plan->aggregates, windows->total, cell->states);
        if (cell->version > merged->version)
            merged->version = cell->version;
    }
}

/* Where the total of a sliding window is taken apart: at the same place for all keys and runs. */
static struct sliding_range sliding_range(const struct window_spec *spec, int64_t start,
                                          int64_t end)
{
    int64_t behind = (end - 1 - spec->offset) % spec->size;
    if (behind < 0)
        behind += spec->size;
    return (struct sliding_range){start, end - 1 - behind, end};
}

static void slide(struct sliced_windows *windows, struct window_key *key, struct cell *oldest,
                  int64_t start, int64_t end)
{
    const struct aggregate_set *aggregates = windows->plan->aggregates;
    if (key->sliding == NULL)
        key->sliding = sliding_total_new(aggregates);
    sliding_total_merge(key->sliding, aggregates, oldest,
                        sliding_range(&windows->plan->spec, start, end), windows->total);
}

/* The cells of a key in [start, end), in the order of time; false = there are none. */
static bool merge_cells(struct sliced_windows *windows, struct window_key *key, int64_t start,
                        int64_t end, struct merged *merged)
{
    struct cell *cell = key->oldest;
    while (cell != NULL && cell->first < start)
        cell = cell->newer;
    if (cell == NULL || cell->first >= end)
        return false;
    *merged = (struct merged){cell->states, cell->version, false};
    if (!windows->slides && (cell->newer == NULL || cell->newer->first >= end))
        return true;
    merged->states = windows->total;
    merged->made = true;
    if (windows->slides)
        slide(windows, key, cell, start, end);
    else
        merge_all(windows, cell, end, merged);
    return true;
}

/* Whether there is news of a result; false for one that was written as it is. */
static bool changed(const struct sliced_windows *windows, uint32_t key, int64_t end,
                    uint64_t version)
{
    const struct revision *revision = revision_table_find(&windows->revisions, key, end);
    return revision == NULL || version > revision->version;
}

/* The number of the revision that is written now. */
static uint32_t note_revision(struct sliced_windows *windows, uint32_t key, int64_t end,
                              uint64_t version, bool final)
{
    struct revision *revision = revision_table_write(&windows->revisions, key, end, version);
    if (windows->journal.wanted && !final && !revision->noted) {
        revision->noted = true;
        window_journal_note_revision(&windows->journal, key, end);
    }
    return revision->number;
}

static void write_result(struct sliced_windows *windows, uint32_t key, int64_t end,
                         const struct merged *merged, bool final)
{
    const struct window_plan *plan = windows->plan;
    struct window_result result = {.start = close_time(windows, window_start(&plan->spec, end)),
                                   .end = close_time(windows, end),
                                   .key = &windows->keys.keys[key],
                                   .states = merged->states,
                                   .final = final};
    if (window_plan_revised(plan))
        result.revision = note_revision(windows, key, end, merged->version, final);
    plan->sink.result(plan->sink.self, &result);
}

static void write_key(struct sliced_windows *windows, uint32_t key, int64_t start, int64_t end,
                      enum writing writing)
{
    struct merged merged;
    if (!merge_cells(windows, &windows->keys.keys[key], start, end, &merged))
        return;
    if (writing == WRITE_FINAL || changed(windows, key, end, merged.version))
        write_result(windows, key, end, &merged, writing == WRITE_FINAL);
    if (merged.made)
        aggregate_set_clear(windows->plan->aggregates, windows->total);
    if (writing == WRITE_FINAL && window_plan_revised(windows->plan))
        revision_table_remove(&windows->revisions, key, end);
}

/* In the order of keys, memory is visited at random: what comes is fetched in two steps. */
static void fetch_ahead(const struct sliced_windows *windows, const struct sorted_key *keys,
                        uint32_t at, uint32_t count)
{
    const struct window_key *table = windows->keys.keys;
    if (at + FAR_AHEAD < count)
        __builtin_prefetch(&table[keys[at + FAR_AHEAD].number]);
    if (at + NEAR_AHEAD < count) {
        __builtin_prefetch(table[keys[at + NEAR_AHEAD].number].oldest);
        __builtin_prefetch(table[keys[at + NEAR_AHEAD].number].bytes);
    }
}

static void write_window(struct sliced_windows *windows, int64_t end, enum writing writing)
{
    const struct window_plan *plan = windows->plan;
    int64_t start = window_start(&plan->spec, end);
    uint32_t count;
    const struct sorted_key *keys = key_table_sorted(&windows->keys, &count);
    for (uint32_t i = 0; i < count; i++) {
        fetch_ahead(windows, keys, i, count);
        write_key(windows, keys[i].number, start, end, writing);
    }
    if (plan->sink.window_end != NULL)
        plan->sink.window_end(plan->sink.self);
}

/* The earliest window behind `end` that has something in it. */
static int64_t next_window(const struct sliced_windows *windows, int64_t end)
{
    const struct window_spec *spec = &windows->plan->spec;
    const struct slice_list *slices = &windows->slices;
    for (size_t i = slices->first; i < slices->end; i++) {
        int64_t first, last;
        window_first_end(spec, slices->slices[i].start, &first);
        window_last_end(spec, slices->slices[i].start, &last);
        if (first > end)
            return first;
        if (last > end)
            return window_next_end(spec, end);
    }
    return NO_WINDOW;
}

static void give_up_window(struct sliced_windows *windows, int64_t end)
{
    struct slice_list *slices = &windows->slices;
    int64_t last;
    write_window(windows, end, WRITE_FINAL);
    while (slice_list_count(slices) > 0 &&
           window_last_end(&windows->plan->spec, slices->slices[slices->first].start, &last) &&
           last <= end)
        drop_slice(windows);
    windows->next_final = next_window(windows, end);
}

/* Updates that --every collects: what changed, in all windows. */
static void tick(struct sliced_windows *windows, int64_t watermark)
{
    bool due = window_plan_ticks(windows->plan, watermark, &windows->next_tick);
    for (int64_t end = windows->next_final; due && end != NO_WINDOW;
         end = next_window(windows, end))
        write_window(windows, end, WRITE_CHANGED);
}

/* What is next: looked up by every record that raises W. */
void sliced_windows_set_due(struct sliced_windows *windows)
{
    int64_t due = INT64_MAX;
    if (windows->next_final != NO_WINDOW)
        due = sliced_windows_final_time(windows, windows->next_final);
    if (windows->next_close != NO_WINDOW && close_time(windows, windows->next_close) < due)
        due = close_time(windows, windows->next_close);
    if (windows->plan->every > 0 && windows->next_tick < due)
        due = windows->next_tick;
    windows->due = due;
}

void sliced_windows_advance(struct sliced_windows *windows, int64_t watermark)
{
    bool kept = windows->plan->spec.lateness > 0;
    if (watermark < windows->due)
        return;
    for (;;) {
        bool close = kept && windows->next_close != NO_WINDOW &&
                     close_time(windows, windows->next_close) <= watermark;
        bool final = windows->next_final != NO_WINDOW &&
                     sliced_windows_final_time(windows, windows->next_final) <= watermark;
        if (close && (!final || close_time(windows, windows->next_close) <
                                    sliced_windows_final_time(windows, windows->next_final))) {
            write_window(windows, windows->next_close, WRITE_CHANGED);
            windows->next_close = next_window(windows, windows->next_close);
        } else if (final) {
            give_up_window(windows, windows->next_final);
        } else {
            break;
        }
    }
    tick(windows, watermark);
    sliced_windows_set_due(windows);
}

/* The earliest window of a new slice that is still to be closed or given up. */
void sliced_windows_expect(struct sliced_windows *windows, int64_t slice, int64_t watermark)
{
    const struct window_spec *spec = &windows->plan->spec;
    int64_t end;
    window_first_end(spec, slice, &end);
    while (sliced_windows_final_time(windows, end) <= watermark)
        end = window_next_end(spec, end);
    if (end < windows->next_final)
        windows->next_final = end;
    if (spec->lateness > 0) {
        while (close_time(windows, end) <= watermark)
            end = window_next_end(spec, end);
        if (end < windows->next_close)
            windows->next_close = end;
    }
    sliced_windows_set_due(windows);
}

static struct cell *new_cell(struct sliced_windows *windows, uint32_t key, int64_t start,
                             struct cell *older, int64_t watermark)
{
    struct slice *slice = slice_list_find(&windows->slices, start);
    struct cell *cell = cell_take(&windows->cells);
    if (slice == NULL) {
        slice = slice_list_add(&windows->slices, start);
        sliced_windows_expect(windows, start, watermark);
    }
    cell->key = key;
    cell->first = start;
    cell->next = slice->cells;
    slice->cells = cell;
    slice->count++;
    key_table_link(&windows->keys, cell, older);
    return cell;
}

static struct cell *find_cell(struct sliced_windows *windows, struct window_record *record,
                              int64_t slice, int64_t watermark)
{
    uint32_t key = window_key_find(&windows->keys, record);
    struct cell *cell;
    if (key == UINT32_MAX)
        key = window_key_add(windows->plan, &windows->keys, record);
    cell = windows->keys.keys[key].newest;
    while (cell != NULL && cell->first > slice)
        cell = cell->older;
    if (cell != NULL && cell->first == slice)
        return cell;
    return new_cell(windows, key, slice, cell, watermark);
}

/* Writes what the record changed, unless that has to wait: for the windows' close, or for the next
   tick. */
static void write_changes(struct sliced_windows *windows, const struct cell *cell,
                          int64_t watermark)
{
    const struct window_plan *plan = windows->plan;
    int64_t last = windows->placement.last;
    if (!window_plan_revised(plan) || plan->every > 0)
        return;
    for (int64_t end = windows->placement.first; end <= last;
         end = window_next_end(&plan->spec, end)) {
        if (!plan->update && close_time(windows, end) > watermark)
            return;
        if (sliced_windows_final_time(windows, end) > watermark)
            write_key(windows, cell->key, window_start(&plan->spec, end), end, WRITE_CHANGED);
    }
}

static void update_sliding(struct sliced_windows *windows, struct cell *cell,
                           const struct window_record *record)
{
    struct sliding_total *sliding = windows->keys.keys[cell->key].sliding;
    if (sliding != NULL)
        sliding_total_update(sliding, windows->plan->aggregates, cell, record->arguments,
                             record->time);
}

static void place(struct sliced_windows *windows, int64_t time)
{
    const struct window_spec *spec = &windows->plan->spec;
    struct placement *placement = &windows->placement;
    int64_t slice = window_slice(spec, time);
    placement->slice = slice;
    placement->from = window_time(spec, slice);
    placement->to = window_time(spec, slice + spec->slice);
    placement->none = !window_first_end(spec, slice, &placement->first);
    window_last_end(spec, slice, &placement->last);
    placement->first_final = sliced_windows_final_time(windows, placement->first);
}

enum window_placed sliced_windows_add(struct sliced_windows *windows, struct window_record *record,
                                      int64_t watermark, int64_t *late_by)
{
    const struct placement *placement = &windows->placement;
    enum window_placed placed = WINDOW_PLACED;
    struct cell *cell;
    if (record->time < placement->from || record->time >= placement->to)
        place(windows, record->time);
    if (placement->none)
        return WINDOW_NONE;
    if (placement->first_final <= watermark) {
        *late_by = watermark - placement->first_final + 1;
        if (sliced_windows_final_time(windows, placement->last) <= watermark)
            return WINDOW_LATE;
        placed = WINDOW_PARTLY_LATE;
    }
    cell = find_cell(windows, record, placement->slice, watermark);
    aggregate_set_update(windows->plan->aggregates, cell->states, record->arguments, record->time);
    cell->version = ++windows->version;
    window_journal_note(&windows->journal, cell);
    if (windows->slides)
        update_sliding(windows, cell, record);
    write_changes(windows, cell, watermark);
    return placed;
}
