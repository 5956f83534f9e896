#include "window/window_saving.h"

#include "window/window_line.h"

static void write_revision(struct sliced_windows *windows, uint32_t key,
                           const struct revision *revision, struct window_save *save)
{
    window_line_write_revision(windows->plan, windows->journal.partition, &windows->keys.keys[key],
                               revision, save->out);
    save->rows++;
}

/* A result may have been given up since, and its key's number have another meaning. */
static bool write_revisions(struct sliced_windows *windows, struct window_save *save)
{
    struct window_journal *journal = &windows->journal;
    while (journal->first_revision < journal->revision_count && !window_save_full(save)) {
        const struct changed_revision *changed = &journal->revisions[journal->first_revision++];
        struct revision *revision = revision_table_find(&windows->revisions, changed->key,
                                                        changed->end);
        if (revision == NULL || !revision->noted)
            continue;
        revision->noted = false;
        write_revision(windows, changed->key, revision, save);
    }
    if (journal->first_revision < journal->revision_count)
        return false;
    journal->first_revision = journal->revision_count = 0;
    return true;
}

bool sliced_windows_save(struct sliced_windows *windows, struct window_save *save)
{
    return window_journal_write_cells(&windows->journal, &windows->keys, save) &&
           write_revisions(windows, save);
}

/* The windows of a key's cell that are not those of the cell before. */
static void rewrite_revisions(struct sliced_windows *windows, const struct cell *cell,
                              struct window_save *save)
{
    const struct window_spec *spec = &windows->plan->spec;
    int64_t end, last, before;
    if (windows->revisions.count == 0 || !window_first_end(spec, cell->first, &end))
        return;
    window_last_end(spec, cell->first, &last);
    if (cell->older != NULL && window_last_end(spec, cell->older->first, &before) && before >= end)
        end = window_next_end(spec, before);
    for (; end <= last; end = window_next_end(spec, end)) {
        const struct revision *revision = revision_table_find(&windows->revisions, cell->key, end);
        if (revision != NULL)
            write_revision(windows, cell->key, revision, save);
    }
}

void sliced_windows_rewrite(struct sliced_windows *windows, uint32_t key, struct window_save *save)
{
    for (struct cell *cell = windows->keys.keys[key].oldest; cell != NULL; cell = cell->newer) {
        window_journal_rewrite(&windows->journal, &windows->keys, cell, save);
        rewrite_revisions(windows, cell, save);
    }
}

static bool restore_revision(struct sliced_windows *windows, const struct window_line *line)
{
    uint32_t key = window_line_key(line, windows->plan, &windows->keys, true);
    if (key == UINT32_MAX || !window_plan_revised(windows->plan))
        return false;
    revision_table_put(&windows->revisions,
                       (struct revision){.end = line->end,
                                         .version = line->version,
                                         .key = key,
                                         .number = line->revision & REVISION_LARGEST});
    return true;
}

static struct cell *cell_of(struct sliced_windows *windows, uint32_t key, int64_t start)
{
    struct cell *older = windows->keys.keys[key].newest;
    struct slice *slice;
    struct cell *cell;
    while (older != NULL && older->first > start)
        older = older->older;
    if (older != NULL && older->first == start)
        return older;
    slice = slice_list_find(&windows->slices, start);
    if (slice == NULL)
        slice = slice_list_add(&windows->slices, start);
    cell = cell_take(&windows->cells);
    cell->key = key;
    cell->first = start;
    cell->next = slice->cells;
    slice->cells = cell;
    slice->count++;
    key_table_link(&windows->keys, cell, older);
    return cell;
}

static bool restore_cell(struct sliced_windows *windows, const struct window_line *line,
                         uint64_t number)
{
    uint32_t key = window_line_key(line, windows->plan, &windows->keys, true);
    struct cell *cell;
    if (key == UINT32_MAX ||
        window_slice(&windows->plan->spec, window_time(&windows->plan->spec, line->first)) !=
            line->first)
        return false;
    cell = cell_of(windows, key, line->first);
    cell->version = line->version;
    return window_journal_restore(&windows->journal, windows->plan, cell, line, number);
}

/* Whether all windows that the line is about are final. */
static bool past(const struct sliced_windows *windows, const struct window_line *line,
                 int64_t watermark)
{
    int64_t end = line->end;
    if (line->kind == LINE_SLICE && !window_last_end(&windows->plan->spec, line->first, &end))
        return true;
    return sliced_windows_final_time(windows, end) <= watermark;
}

bool sliced_windows_restore(struct sliced_windows *windows, const struct window_line *line,
                            uint64_t number, int64_t watermark)
{
    if (line->kind != LINE_SLICE && line->kind != LINE_REVISION)
        return false;
    if (past(windows, line, watermark))
        return true;
    if (line->version > windows->version)
        windows->version = line->version;
    return line->kind == LINE_SLICE ? restore_cell(windows, line, number)
                                    : restore_revision(windows, line);
}

/* Of results whose cells were all given up. */
static void drop_empty_keys(struct key_table *keys)
{
    for (uint32_t i = 0; i < keys->count; i++)
        if (keys->keys[i].bytes != NULL && keys->keys[i].newest == NULL)
            key_table_remove(keys, i);
}

void sliced_windows_restored(struct sliced_windows *windows, int64_t watermark)
{
    const struct slice_list *slices = &windows->slices;
    for (size_t i = slices->first; i < slices->end; i++)
        sliced_windows_expect(windows, slices->slices[i].start, watermark);
    drop_empty_keys(&windows->keys);
    sliced_windows_set_due(windows);
}
