#include "window/window_state.h"

#include "window/key_cache.h"
#include "window/session_windows.h"
#include "window/sliced_windows.h"
#include "window/window_saving.h"

#include <stdlib.h>

struct window_state {
    struct key_cache cache;
    bool sessions;
    union {
        struct sliced_windows sliced;
        struct session_windows session;
    };
};

struct window_state *window_state_new(const struct window_plan *plan, uint32_t partition)
{
    struct window_state *state = allocate_zeroed(1, sizeof *state);
    state->sessions = plan->spec.kind == WINDOW_SESSION;
    if (state->sessions)
        session_windows_init(&state->session, plan, partition);
    else
        sliced_windows_init(&state->sliced, plan, partition);
    return state;
}

void window_state_free(struct window_state *state)
{
    if (state == NULL)
        return;
    if (state->sessions)
        session_windows_free(&state->session);
    else
        sliced_windows_free(&state->sliced);
    free(state);
}

static const struct key_table *keys_of(const struct window_state *state)
{
    return state->sessions ? &state->session.keys : &state->sliced.keys;
}

enum window_placed window_state_add(struct window_state *state, struct window_record *record,
                                    int64_t watermark, int64_t *late_by)
{
    bool known = record->number != UINT32_MAX;
    enum window_placed placed =
        state->sessions ? session_windows_add(&state->session, record, watermark, late_by)
                        : sliced_windows_add(&state->sliced, record, watermark, late_by);
    if (!known && !json_slice_absent(record->text) && record->number != UINT32_MAX)
        key_cache_note(&state->cache, record->text, keys_of(state)->removals, record->number);
    return placed;
}

void window_state_advance(struct window_state *state, int64_t watermark)
{
    if (state->sessions)
        session_windows_advance(&state->session, watermark);
    else
        sliced_windows_advance(&state->sliced, watermark);
}

void window_state_prefetch(const struct window_state *state, uint64_t hash)
{
    key_table_prefetch(keys_of(state), hash);
}

uint32_t window_state_recall(struct window_state *state, struct json_slice text)
{
    return key_cache_find(&state->cache, text, keys_of(state)->removals);
}

uint32_t window_state_removals(const struct window_state *state)
{
    return keys_of(state)->removals;
}

uint64_t window_state_open(const struct window_state *state)
{
    return state->sessions ? state->session.cells.in_use - state->session.absorbed
                           : state->sliced.cells.in_use;
}

bool window_state_save(struct window_state *state, struct window_save *save)
{
    return state->sessions ? session_windows_save(&state->session, save)
                           : sliced_windows_save(&state->sliced, save);
}

size_t window_state_pending(const struct window_state *state)
{
    return window_journal_pending(state->sessions ? &state->session.journal
                                                  : &state->sliced.journal);
}

bool window_state_rewrite(struct window_state *state, uint32_t *key, struct window_save *save)
{
    const struct key_table *keys = keys_of(state);
    for (; *key < keys->count && !window_save_full(save); ++*key) {
        if (keys->keys[*key].bytes == NULL)
            continue;
        if (state->sessions)
            session_windows_rewrite(&state->session, *key, save);
        else
            sliced_windows_rewrite(&state->sliced, *key, save);
    }
    return *key < keys->count;
}

uint64_t window_state_size(const struct window_state *state)
{
    enum { REVISION_BYTES = 96 };
    if (state->sessions)
        return state->session.journal.live;
    return state->sliced.journal.live + REVISION_BYTES * state->sliced.revisions.count;
}

bool window_state_restore(struct window_state *state, const struct window_line *line,
                          uint64_t number, int64_t watermark)
{
    return state->sessions ? session_windows_restore(&state->session, line, number)
                           : sliced_windows_restore(&state->sliced, line, number, watermark);
}

void window_state_restored(struct window_state *state, int64_t watermark)
{
    if (state->sessions)
        session_windows_restored(&state->session, watermark);
    else
        sliced_windows_restored(&state->sliced, watermark);
}

int64_t window_state_tick(const struct window_state *state)
{
    return state->sessions ? state->session.next_tick : state->sliced.next_tick;
}

void window_state_set_tick(struct window_state *state, int64_t tick)
{
    if (state->sessions)
        state->session.next_tick = tick;
    else
        state->sliced.next_tick = tick;
}
