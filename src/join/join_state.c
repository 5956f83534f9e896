#include "join/join_state.h"

#include "join/join_side.h"
#include "state/log_snapshot.h"
#include "state/saved_row.h"

#include <string.h>

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

/* A row that was read ahead. */
struct read_row {
    struct join_side *side;
    struct row_view view;
    uint64_t position;
    struct scratch scratch;
};

struct restoring {
    struct interval_join *const *joins;
    size_t count;
    enum side which;
    struct text_buffer role;
    struct read_row rows[ROWS_AHEAD];
    size_t read;
    size_t restored;
};

static struct join_side *side_of(const struct restoring *restoring, uint64_t partition)
{
    return partition < restoring->count
               ? interval_join_side(restoring->joins[partition], restoring->which)
               : NULL;
}

static bool read_row(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    struct read_row *row = &restoring->rows[restoring->read++ % ROWS_AHEAD];
    struct saved_row saved;
    (void)error;
    scratch_reset(&row->scratch);
    if (!saved_row_begin(&saved, line, length) ||
        (row->side = side_of(restoring, saved.partition)) == NULL ||
        !saved_row_read_key(&saved, &row->scratch, &row->view.key) || !saved_row_end(&saved))
        return false;
    row->view.time = saved.time;
    row->view.text = saved.record.text;
    row->view.length = saved.record.length;
    row->position = saved.position;
    key_index_prefetch(&row->side->index->keys, row->view.key.hash);
    return true;
}

static bool take_row(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    const struct read_row *row = &restoring->rows[restoring->restored++ % ROWS_AHEAD];
    (void)line;
    (void)length;
    (void)error;
    return join_side_restore(row->side, &row->view, row->position);
}

static bool take_mark(void *context, const char *line, size_t length, struct error_text *error)
{
    const struct restoring *restoring = context;
    struct join_side *side;
    struct log_mark mark;
    (void)error;
    return log_mark_read(&mark, line, length) &&
           (side = side_of(restoring, mark.partition)) != NULL &&
           join_side_restore_mark(side, &mark);
}

static bool take_tail(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    const char *role = row_roles[restoring->which];
    struct saved_tail saved;
    struct join_side *side;
    (void)error;
    if (!saved_tail_read(&saved, line, length, &restoring->role))
        return false;
    if (restoring->role.length != strlen(role) ||
        memcmp(restoring->role.bytes, role, restoring->role.length) != 0)
        return true;
    side = side_of(restoring, saved.partition);
    if (side == NULL || !record_log_restore_tail(&side->log, saved.tail))
        return false;
    side->saved = record_log_tail(&side->log);
    return true;
}

bool join_state_restore(struct interval_join *const *joins, size_t count,
                        const struct saved_snapshot *saved, struct error_text *error)
{
    struct restoring restoring = {.joins = joins, .count = count};
    bool fine = true;
    for (enum side which = SIDE_LEFT; fine && which <= SIDE_RIGHT; which++) {
        restoring.which = which;
        fine = saved_snapshot_rows(saved, row_roles[which], read_row, take_row, &restoring,
                                   error) &&
               saved_snapshot_segments(saved, mark_roles[which], take_mark, &restoring, error) &&
               saved_snapshot_manifest(saved, "log", take_tail, &restoring, error);
    }
    for (size_t i = 0; i < ROWS_AHEAD; i++)
        scratch_free(&restoring.rows[i].scratch);
    text_buffer_free(&restoring.role);
    return fine;
}
