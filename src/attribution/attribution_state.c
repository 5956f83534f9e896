#include "attribution/attribution_state.h"

#include "state/log_snapshot.h"
#include "state/saved_row.h"

#include <string.h>

static const struct slice_names id_names = {"id", "id_at", "id_length"};
static const struct slice_names weight_names = {"weight", "weight_at", "weight_length"};
static const struct slice_names stamp_names = {"stamp", "stamp_at", "stamp_length"};

/* Touches and conversions are saved the same way. */
struct kept_rows {
    const char *rows;  /* role */
    const char *marks; /* role */
    struct row_history *(*history)(struct attribution *attribution);
    bool (*restore)(struct attribution *attribution, const struct attribution_row *row,
                    uint64_t position);
    bool (*restore_mark)(struct attribution *attribution, const struct log_mark *mark);
};

static const struct kept_rows touches = {"touches", "touches-marks", attribution_touches,
                                         attribution_restore_touch, attribution_restore_touch_mark};
static const struct kept_rows conversions = {
    "conversions", "conversions-marks", attribution_conversions, attribution_restore_conversion,
    attribution_restore_conversion_mark};

void attribution_state_free(struct attribution_state *state)
{
    log_marks_free(&state->touches);
    log_marks_free(&state->conversions);
}

void attribution_state_add(struct attribution_state *state, struct attribution *attribution,
                           uint32_t partition)
{
    attribution_journal(attribution, partition, &state->touches, &state->conversions);
}

static void write_value(const struct slice_names *names, struct json_slice value,
                        struct json_slice record, struct text_buffer *out)
{
    if (value.kind > JSON_NULL)
        saved_slice_write(names, value, record, out);
}

static void write_row(const struct waiting_row *waiting, struct text_buffer *out)
{
    struct attribution_row row;
    struct json_slice record;
    attribution_row_view(waiting, &row);
    record = (struct json_slice){row.text, row.length, JSON_OBJECT, 0};
    saved_row_write_length(record, out);
    saved_row_write_key(&row.key, record, out);
    write_value(&id_names, row.id, record, out);
    write_value(&weight_names, row.weight, record, out);
    write_value(&stamp_names, row.stamp, record, out);
    saved_row_write_record(record, out);
}

static void save_rows(const struct kept_rows *kept, struct log_marks *marks,
                      struct attribution *const *attributions, size_t count,
                      struct snapshot_draft *draft)
{
    struct log_snapshot *snapshot = log_snapshot_begin(kept->rows, write_row);
    int64_t past = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        struct row_history *history = kept->history(attributions[i]);
        log_snapshot_take(snapshot, draft, history->partition, &history->log, &history->saved);
        if (history->past < past)
            past = history->past;
    }
    snapshot_draft_keep(draft, kept->rows, past);
    snapshot_draft_keep(draft, kept->marks, past);
    log_snapshot_end(snapshot, draft);
    log_marks_save(marks, draft, kept->marks);
}

void attribution_state_save(struct attribution_state *state,
                            struct attribution *const *attributions, size_t count,
                            struct snapshot_draft *draft)
{
    save_rows(&touches, &state->touches, attributions, count, draft);
    save_rows(&conversions, &state->conversions, attributions, count, draft);
}

/* A row that was read ahead. */
struct row_ahead {
    struct attribution *attribution;
    struct attribution_row row;
    uint64_t position;
    struct scratch scratch;
};

struct restoring {
    const struct kept_rows *kept;
    struct attribution *const *attributions;
    size_t count;
    struct text_buffer role;
    struct row_ahead rows[ROWS_AHEAD];
    size_t read;
    size_t restored;
};

static struct attribution *attribution_of(const struct restoring *restoring, uint64_t partition)
{
    return partition < restoring->count ? restoring->attributions[partition] : NULL;
}

static bool read_row(struct saved_row *saved, struct scratch *scratch, struct attribution_row *row)
{
    if (!saved_row_read_key(saved, scratch, &row->key) ||
        !saved_slice_read(saved, &id_names, &row->id) ||
        !saved_slice_read(saved, &weight_names, &row->weight) ||
        !saved_slice_read(saved, &stamp_names, &row->stamp) || !saved_row_end(saved))
        return false;
    row->time = saved->time;
    row->text = saved->record.text;
    row->length = saved->record.length;
    row->plain = !json_slice_absent(row->stamp);
    return true;
}

static bool look_ahead(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    struct row_ahead *ahead = &restoring->rows[restoring->read++ % ROWS_AHEAD];
    struct saved_row saved;
    (void)error;
    scratch_reset(&ahead->scratch);
    if (!saved_row_begin(&saved, line, length) ||
        (ahead->attribution = attribution_of(restoring, saved.partition)) == NULL ||
        !read_row(&saved, &ahead->scratch, &ahead->row))
        return false;
    ahead->position = saved.position;
    row_history_prefetch(restoring->kept->history(ahead->attribution), ahead->row.key.hash);
    return true;
}

static bool take_row(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    const struct row_ahead *ahead = &restoring->rows[restoring->restored++ % ROWS_AHEAD];
    (void)line;
    (void)length;
    (void)error;
    return restoring->kept->restore(ahead->attribution, &ahead->row, ahead->position);
}

static bool take_mark(void *context, const char *line, size_t length, struct error_text *error)
{
    const struct restoring *restoring = context;
    struct attribution *attribution;
    struct log_mark mark;
    (void)error;
    return log_mark_read(&mark, line, length) &&
           (attribution = attribution_of(restoring, mark.partition)) != NULL &&
           restoring->kept->restore_mark(attribution, &mark);
}

static bool take_tail(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    const char *role = restoring->kept->rows;
    struct attribution *attribution;
    struct row_history *history;
    struct saved_tail saved;
    (void)error;
    if (!saved_tail_read(&saved, line, length, &restoring->role))
        return false;
    if (restoring->role.length != strlen(role) ||
        memcmp(restoring->role.bytes, role, restoring->role.length) != 0)
        return true;
    attribution = attribution_of(restoring, saved.partition);
    if (attribution == NULL)
        return false;
    history = restoring->kept->history(attribution);
    if (!record_log_restore_tail(&history->log, saved.tail))
        return false;
    history->saved = record_log_tail(&history->log);
    return true;
}

static bool restore_rows(struct restoring *restoring, const struct kept_rows *kept,
                         const struct saved_snapshot *saved, struct error_text *error)
{
    restoring->kept = kept;
    return saved_snapshot_rows(saved, kept->rows, look_ahead, take_row, restoring, error) &&
           saved_snapshot_segments(saved, kept->marks, take_mark, restoring, error) &&
           saved_snapshot_manifest(saved, "log", take_tail, restoring, error);
}

bool attribution_state_restore(struct attribution *const *attributions, size_t count,
                               const struct saved_snapshot *saved, struct error_text *error)
{
    struct restoring restoring = {.attributions = attributions, .count = count};
    bool fine = restore_rows(&restoring, &touches, saved, error) &&
                restore_rows(&restoring, &conversions, saved, error);
    for (size_t i = 0; i < ROWS_AHEAD; i++)
        scratch_free(&restoring.rows[i].scratch);
    text_buffer_free(&restoring.role);
    return fine;
}
