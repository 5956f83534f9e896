#ifndef WINDOW_WINDOW_JOURNAL_H
#define WINDOW_WINDOW_JOURNAL_H

#include "ndjson/text_buffer.h"
#include "window/cell.h"
#include "window/window_line.h"
#include "window/window_plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What changed in the windows of one partition since the last snapshot. Starts zeroed; without
   `wanted` nothing is noted. */
struct window_journal {
    bool wanted;
    uint32_t partition;
    struct cell **cells; /* changed ones, from `first` on; NULL = it went away since */
    size_t first;
    size_t count;
    size_t capacity;
    struct changed_revision {
        int64_t end; /* of the window, units */
        uint32_t key;
    } * revisions; /* written since, from `first_revision` on */
    size_t first_revision;
    size_t revision_count;
    size_t revision_capacity;
    struct text_buffer gone; /* lines: sessions that are no more, or not by that name */
    uint64_t gone_count;
    uint64_t live; /* bytes of the lines that all cells were written in last */
};

void window_journal_free(struct window_journal *journal);

void window_journal_add(struct window_journal *journal, struct cell *cell);
void window_journal_note_revision(struct window_journal *journal, uint32_t key, int64_t end);

/* A cell changed. */
static inline void window_journal_note(struct window_journal *journal, struct cell *cell)
{
    if (journal->wanted && cell->change == 0)
        window_journal_add(journal, cell);
}

/* A cell goes away. */
static inline void window_journal_forget(struct window_journal *journal, struct cell *cell)
{
    if (cell->change > 0)
        journal->cells[cell->change - 1] = NULL;
    cell->change = 0;
    journal->live -= cell->bytes;
    cell->bytes = 0;
}

/* A session is known by its key and first event: from now on it is not the one written. */
void window_journal_rename(struct window_journal *journal, const struct window_plan *plan,
                           const struct window_key *key, struct cell *cell);

/* One save of a run of saves. */
struct window_save {
    const struct window_plan *plan;
    uint64_t number; /* from 1 */
    uint64_t since;  /* cells written anew before this save are to be written anew */
    struct text_buffer *out;
    size_t limit; /* bytes that `out` may have before it is somebody else's turn */
    uint64_t rows;
};

static inline bool window_save_full(const struct window_save *save)
{
    return save->out->length >= save->limit;
}

/* Writes what is new of a cell, or all of it; false = some of it only, call it again. */
bool window_journal_write(struct window_journal *journal, const struct key_table *keys,
                          struct cell *cell, struct window_save *save);
/* The same for one that has to be written anew; what is left of it then counts as changed. */
void window_journal_rewrite(struct window_journal *journal, const struct key_table *keys,
                            struct cell *cell, struct window_save *save);
/* Writes changed cells, which are changed no more, until the save is full; false = some are left.
 */
bool window_journal_write_cells(struct window_journal *journal, const struct key_table *keys,
                                struct window_save *save);

/* Changed cells and revisions. */
static inline size_t window_journal_pending(const struct window_journal *journal)
{
    return journal->count - journal->first + journal->revision_count - journal->first_revision;
}

/* The states of a cell as a line of save `number` has them. */
bool window_journal_restore(struct window_journal *journal, const struct window_plan *plan,
                            struct cell *cell, const struct window_line *line, uint64_t number);

#endif
