#include "window/window_saving.h"

bool session_windows_save(struct session_windows *windows, struct window_save *save)
{
    return window_journal_write_cells(&windows->journal, &windows->keys, save);
}

void session_windows_rewrite(struct session_windows *windows, uint32_t key,
                             struct window_save *save)
{
    for (struct cell *cell = windows->keys.keys[key].oldest; cell != NULL; cell = cell->newer)
        window_journal_rewrite(&windows->journal, &windows->keys, cell, save);
}

/* The session of that first event, else the one before it. */
static struct cell *session_at(const struct window_key *key, int64_t first)
{
    struct cell *cell = key->newest;
    while (cell != NULL && cell->first > first)
        cell = cell->older;
    return cell;
}

static bool restore_gone(struct session_windows *windows, const struct window_line *line)
{
    uint32_t key = window_line_key(line, windows->plan, &windows->keys, false);
    struct cell *cell = key == UINT32_MAX ? NULL
                                          : session_at(&windows->keys.keys[key], line->first);
    /* Its lines may have been dropped before this one. */
    if (cell != NULL && cell->first == line->first)
        session_windows_give_up(windows, cell);
    return true;
}

static bool restore_session(struct session_windows *windows, const struct window_line *line,
                            uint64_t number)
{
    uint32_t key = window_line_key(line, windows->plan, &windows->keys, true);
    struct cell *older, *cell;
    if (key == UINT32_MAX)
        return false;
    cell = older = session_at(&windows->keys.keys[key], line->first);
    if (older == NULL || older->first != line->first) {
        cell = cell_take(&windows->cells);
        cell->key = key;
        cell->first = line->first;
        key_table_link(&windows->keys, cell, older);
    }
    cell->last = line->last;
    cell->version = line->version;
    cell->written = line->written;
    cell->revision = line->revision;
    return window_journal_restore(&windows->journal, windows->plan, cell, line, number);
}

bool session_windows_restore(struct session_windows *windows, const struct window_line *line,
                             uint64_t number)
{
    if (line->version > windows->version)
        windows->version = line->version;
    if (line->kind == LINE_GONE)
        return restore_gone(windows, line);
    return line->kind == LINE_SESSION && restore_session(windows, line, number);
}

/* What was given up is not told one by one: W says it. The others wait for what they waited for
   before: see session_windows_add(). */
static void restored(struct session_windows *windows, struct cell *cell, int64_t watermark)
{
    if (session_windows_due_time(windows, cell, true) <= watermark) {
        session_windows_give_up(windows, cell);
        return;
    }
    session_windows_expect(windows, cell, true);
    if (windows->plan->spec.lateness > 0 &&
        session_windows_due_time(windows, cell, false) > watermark)
        session_windows_expect(windows, cell, false);
}

void session_windows_restored(struct session_windows *windows, int64_t watermark)
{
    struct cell *newer;
    for (uint32_t i = 0; i < windows->keys.count; i++) {
        if (windows->keys.keys[i].bytes == NULL)
            continue;
        for (struct cell *cell = windows->keys.keys[i].oldest; cell != NULL; cell = newer) {
            newer = cell->newer;
            restored(windows, cell, watermark);
        }
    }
}
