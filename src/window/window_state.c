#include "window/window_state.h"

#include "window/key_cache.h"
#include "window/session_windows.h"
#include "window/sliced_windows.h"

#include <stdlib.h>

struct window_state {
    struct key_cache cache;
    bool sessions;
    union {
        struct sliced_windows sliced;
        struct session_windows session;
    };
};

struct window_state *window_state_new(const struct window_plan *plan)
{
    struct window_state *state = allocate_zeroed(1, sizeof *state);
    state->sessions = plan->spec.kind == WINDOW_SESSION;
    if (state->sessions)
        session_windows_init(&state->session, plan);
    else
        sliced_windows_init(&state->sliced, plan);
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
    return state->sessions ? state->session.cells.in_use : state->sliced.cells.in_use;
}
