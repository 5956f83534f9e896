#include "join/join_state.h"

#include "join/join_side.h"
#include "state/log_restore.h"
#include "state/log_snapshot.h"
#include "state/saved_row.h"

#include <stddef.h>

static const char *const row_roles[] = {"left", "right"};
static const char *const mark_roles[] = {"left-marks", "right-marks"};

void join_state_free(struct join_state *state)
{
    log_marks_free(&state->marks[SIDE_LEFT]);
    log_marks_free(&state->marks[SIDE_RIGHT]);
}

void join_state_add(struct join_state *state, struct interval_join *join, uint32_t partition)
{
    struct log_marks *const marks[] = {&state->marks[SIDE_LEFT], &state->marks[SIDE_RIGHT]};
    interval_join_journal(join, partition, marks);
}

static void write_row(const struct waiting_row *waiting, struct text_buffer *out)
{
    struct row_view row;
    struct json_slice record;
    waiting_row_view(waiting, &row);
    record = (struct json_slice){row.text, row.length, JSON_OBJECT, 0};
    saved_row_write_length(record, out);
    saved_row_write_key(&row.key, record, out);
    saved_row_write_record(record, out);
}

static void save_side(struct join_state *state, enum side which, struct interval_join *const *joins,
                      size_t count, struct snapshot_draft *draft)
{
    struct log_snapshot *snapshot = log_snapshot_begin(row_roles[which], write_row);
    int64_t past = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        struct join_side *side = interval_join_side(joins[i], which);
        log_snapshot_take(snapshot, draft, side->partition, &side->log, &side->saved);
        if (side->past < past)
            past = side->past;
    }
    snapshot_draft_keep(draft, row_roles[which], past);
    snapshot_draft_keep(draft, mark_roles[which], past);
    log_snapshot_end(snapshot, draft);
    log_marks_save(&state->marks[which], draft, mark_roles[which]);
}

void join_state_save(struct join_state *state, struct interval_join *const *joins, size_t count,
                     struct snapshot_draft *draft)
{
    save_side(state, SIDE_LEFT, joins, count, draft);
    save_side(state, SIDE_RIGHT, joins, count, draft);
}

/* What is being put back, of one side. */
struct restoring {
    struct interval_join *const *joins;
    enum side which;
};

/* A row as it is read. */
struct read_row {
    _Alignas(max_align_t) struct row_view view;
};

static struct join_side *side_of(const struct restoring *restoring, uint32_t partition)
{
    return interval_join_side(restoring->joins[partition], restoring->which);
}

static bool read_row(struct saved_row *saved, struct scratch *scratch, void *context)
{
    struct read_row *row = context;
    row->view.time = saved->time;
    row->view.text = saved->record.text;
    row->view.length = saved->record.length;
    return saved_row_read_key(saved, scratch, &row->view.key) && saved_row_end(saved);
}

static struct record_log *log_of(void *owner, uint32_t partition)
{
    return &side_of(owner, partition)->log;
}

static void fetch_row(void *owner, uint32_t partition, const void *context, unsigned step)
{
    const struct read_row *row = context;
    const struct key_index *index = &side_of(owner, partition)->index->keys;
    if (step == 0)
        key_index_prefetch_page(index, row->view.key.hash);
    else
        key_index_prefetch(index, row->view.key.hash);
}

static bool restore_row(void *owner, uint32_t partition, const void *context, uint64_t position)
{
    const struct read_row *row = context;
    return join_side_restore(side_of(owner, partition), &row->view, position);
}

static bool restore_mark(void *owner, const struct log_mark *mark)
{
    return join_side_restore_mark(side_of(owner, mark->partition), mark);
}

static void note_saved(void *owner, uint32_t partition, uint64_t tail)
{
    side_of(owner, partition)->saved = tail;
}

bool join_state_restore(struct interval_join *const *joins, size_t count,
                        const struct saved_snapshot *saved, struct error_text *error)
{
    bool fine = true;
    for (enum side which = SIDE_LEFT; fine && which <= SIDE_RIGHT; which++) {
        struct restoring restoring = {joins, which};
        const struct log_restorer restorer = {.rows = row_roles[which],
                                              .marks = mark_roles[which],
                                              .row_size = sizeof(struct read_row),
                                              .read = read_row,
                                              .owner = &restoring,
                                              .count = count,
                                              .log = log_of,
                                              .fetch = fetch_row,
                                              .restore = restore_row,
                                              .mark = restore_mark,
                                              .saved = note_saved};
        fine = log_restore(&restorer, saved, error);
    }
    return fine;
}
