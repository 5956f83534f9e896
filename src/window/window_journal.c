#include "window/window_journal.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

void window_journal_free(struct window_journal *journal)
{
    free(journal->cells);
    free(journal->revisions);
    text_buffer_free(&journal->gone);
    *journal = (struct window_journal){0};
}

void window_journal_add(struct window_journal *journal, struct cell *cell)
{
    if (journal->count == journal->capacity) {
        journal->capacity = journal->capacity == 0 ? FIRST_CAPACITY : 2 * journal->capacity;
        journal->cells = reallocate(journal->cells, journal->capacity * sizeof(struct cell *));
    }
    journal->cells[journal->count++] = cell;
    cell->change = (uint32_t)journal->count;
}

void window_journal_note_revision(struct window_journal *journal, uint32_t key, int64_t end)
{
    if (journal->revision_count == journal->revision_capacity) {
        journal->revision_capacity = journal->revision_capacity == 0
                                         ? FIRST_CAPACITY
                                         : 2 * journal->revision_capacity;
        journal->revisions = reallocate(journal->revisions,
                                        journal->revision_capacity * sizeof *journal->revisions);
    }
    journal->revisions[journal->revision_count++] = (struct changed_revision){end, key};
}

void window_journal_rename(struct window_journal *journal, const struct window_plan *plan,
                           const struct window_key *key, struct cell *cell)
{
    if (cell->saved == 0)
        return;
    window_line_write_gone(plan, journal->partition, key, cell->first, &journal->gone);
    journal->gone_count++;
    cell->saved = 0;
    journal->live -= cell->bytes;
    cell->bytes = 0;
}

static bool written_whole(const struct cell *cell, const struct window_save *save)
{
    return !save->plan->aggregates->adds || cell->saved == 0 || cell->saved < save->since;
}

static uint32_t saturate(uint64_t number)
{
    return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

bool window_journal_write(struct window_journal *journal, const struct key_table *keys,
                          struct cell *cell, struct window_save *save)
{
    bool anew = written_whole(cell, save);
    struct cell_line line = {save->plan, journal->partition, &keys->keys[cell->key], cell};
    size_t before = save->out->length, lasting = 0;
    uint64_t bytes = cell->bytes;
    bool complete = window_line_write_cell(&line, anew, save->out, &lasting);
    bytes = anew ? save->out->length - before : bytes + lasting;
    save->rows++;
    if (anew)
        cell->saved = saturate(save->number);
    journal->live -= cell->bytes;
    cell->bytes = saturate(bytes);
    journal->live += cell->bytes;
    return complete;
}

void window_journal_rewrite(struct window_journal *journal, const struct key_table *keys,
                            struct cell *cell, struct window_save *save)
{
    if (cell->saved < save->since && !window_journal_write(journal, keys, cell, save))
        window_journal_note(journal, cell);
}

/* Cells changed at random places in memory: what comes is fetched in three steps. */
static void fetch_ahead(const struct window_journal *journal, const struct key_table *keys,
                        size_t at)
{
    enum { STEP = 8 };
    struct cell *const *cells = journal->cells + at;
    size_t left = journal->count - at;
    if (left > 3 * STEP)
        __builtin_prefetch(cells[3 * STEP]);
    if (left > 2 * STEP && cells[2 * STEP] != NULL)
        __builtin_prefetch(&keys->keys[cells[2 * STEP]->key]);
    if (left > STEP && cells[STEP] != NULL)
        __builtin_prefetch(keys->keys[cells[STEP]->key].bytes);
}

bool window_journal_write_cells(struct window_journal *journal, const struct key_table *keys,
                                struct window_save *save)
{
    /* A session may have taken the name of one that is gone: those go first. */
    if (journal->gone.length > 0)
        text_buffer_add(save->out, journal->gone.bytes, journal->gone.length);
    save->rows += journal->gone_count;
    journal->gone.length = 0;
    journal->gone_count = 0;
    while (journal->first < journal->count && !window_save_full(save)) {
        struct cell *cell = journal->cells[journal->first];
        fetch_ahead(journal, keys, journal->first);
        if (cell != NULL && !window_journal_write(journal, keys, cell, save))
            continue;
        if (cell != NULL)
            cell->change = 0;
        journal->first++;
    }
    if (journal->first < journal->count)
        return false;
    journal->first = journal->count = 0;
    return true;
}

/* How much of a line that adds will last is not told apart: it is its length. */
bool window_journal_restore(struct window_journal *journal, const struct window_plan *plan,
                            struct cell *cell, const struct window_line *line, uint64_t number)
{
    uint64_t bytes = line->states.length + (line->more ? cell->bytes : 0);
    if (line->more && cell->saved == 0)
        return false;
    if (!line->more)
        cell->saved = saturate(number);
    journal->live -= cell->bytes;
    cell->bytes = saturate(bytes);
    journal->live += cell->bytes;
    return aggregate_set_restore(plan->aggregates, cell->states, !line->more, line->states);
}
