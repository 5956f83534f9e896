#include "attribution/attribution_state.h"

#include "state/log_restore.h"
#include "state/log_snapshot.h"
#include "state/saved_row.h"

#include <stddef.h>

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

/* What is being put back. */
struct restoring {
    const struct kept_rows *kept;
    struct attribution *const *attributions;
};

/* A row as it is read. */
struct read_row {
    _Alignas(max_align_t) struct attribution_row own;
};

static bool read_row(struct saved_row *saved, struct scratch *scratch, void *context)
{
    struct attribution_row *row = &((struct read_row *)context)->own;
    if (!saved_row_read_key(saved, scratch, &row->key) ||
        !saved_slice_read(saved, &id_names, &row->id) ||
        !saved_slice_read(saved, &weight_names, &row->weight) ||
        !saved_slice_read(saved, &stamp_names, &row->stamp) || !saved_row_end(saved))
        return false;
    row->time = saved->time;
    row->text = saved->record.text;
    row->length = saved->record.length;
    row->plain = !json_slice_absent(row->stamp);
    row->dated = false; /* not known any more: written anew it has the same bytes */
    return true;
}

static struct row_history *history_of(const struct restoring *restoring, uint32_t partition)
{
    return restoring->kept->history(restoring->attributions[partition]);
}

static struct record_log *log_of(void *owner, uint32_t partition)
{
    return &history_of(owner, partition)->log;
}

static void fetch_row(void *owner, uint32_t partition, const void *context, unsigned step)
{
    const struct read_row *row = context;
    const struct key_index *index = &history_of(owner, partition)->index;
    if (step == 0)
        key_index_prefetch_page(index, row->own.key.hash);
    else
        key_index_prefetch(index, row->own.key.hash);
}

static bool restore_row(void *owner, uint32_t partition, const void *context, uint64_t position)
{
    const struct restoring *restoring = owner;
    const struct read_row *row = context;
    return restoring->kept->restore(restoring->attributions[partition], &row->own, position);
}

static bool restore_mark(void *owner, const struct log_mark *mark)
{
    const struct restoring *restoring = owner;
    return restoring->kept->restore_mark(restoring->attributions[mark->partition], mark);
}

static void note_saved(void *owner, uint32_t partition, uint64_t tail)
{
    history_of(owner, partition)->saved = tail;
}

static bool restore_rows(const struct kept_rows *kept, struct attribution *const *attributions,
                         size_t count, const struct saved_snapshot *saved, struct error_text *error)
{
    struct restoring restoring = {kept, attributions};
    const struct log_restorer restorer = {.rows = kept->rows,
                                          .marks = kept->marks,
                                          .row_size = sizeof(struct read_row),
                                          .read = read_row,
                                          .owner = &restoring,
                                          .count = count,
                                          .log = log_of,
                                          .fetch = fetch_row,
                                          .restore = restore_row,
                                          .mark = restore_mark,
                                          .saved = note_saved};
    return log_restore(&restorer, saved, error);
}

bool attribution_state_restore(struct attribution *const *attributions, size_t count,
                               const struct saved_snapshot *saved, struct error_text *error)
{
    return restore_rows(&touches, attributions, count, saved, error) &&
           restore_rows(&conversions, attributions, count, saved, error);
}
