#include "state/log_snapshot.h"

#include "cli/diagnostics.h"
#include "state/line_fields.h"
#include "state/spill_file.h"

#include <stdlib.h>

enum { FILL_SIZE = 256 * 1024, LEAVE_PAGE = 4096 };

struct taken_rows {
    struct log_stretch stretch;
    uint32_t partition;
};

struct log_snapshot {
    const char *role;
    row_writer *write;
    struct taken_rows *items;
    size_t count;
    size_t capacity;
    struct record_log **logs; /* pinned */
    size_t log_count;
    size_t log_capacity;
    int64_t youngest;
    /* Of the writer thread: */
    size_t next;
    size_t offset; /* bytes of items[next] that were written */
};

struct log_snapshot *log_snapshot_begin(const char *role, row_writer *write)
{
    struct log_snapshot *snapshot = allocate_zeroed(1, sizeof *snapshot);
    snapshot->role = role;
    snapshot->write = write;
    snapshot->youngest = INT64_MIN;
    return snapshot;
}

static void add_stretch(struct log_snapshot *snapshot, uint32_t partition,
                        const struct log_stretch *stretch)
{
    if (snapshot->count == snapshot->capacity) {
        snapshot->capacity = snapshot->capacity == 0 ? 16 : 2 * snapshot->capacity;
        snapshot->items = reallocate(snapshot->items, snapshot->capacity * sizeof *snapshot->items);
    }
    snapshot->items[snapshot->count++] = (struct taken_rows){*stretch, partition};
    if (stretch->youngest > snapshot->youngest)
        snapshot->youngest = stretch->youngest;
}

static void pin(struct log_snapshot *snapshot, struct record_log *log, uint64_t from, uint64_t to)
{
    if (snapshot->log_count == snapshot->log_capacity) {
        snapshot->log_capacity = snapshot->log_capacity == 0 ? 4 : 2 * snapshot->log_capacity;
        snapshot->logs = reallocate(snapshot->logs,
                                    snapshot->log_capacity * sizeof *snapshot->logs);
    }
    record_log_pin(log, from, to);
    snapshot->logs[snapshot->log_count++] = log;
}

void log_snapshot_take(struct log_snapshot *snapshot, struct snapshot_draft *draft,
                       uint32_t partition, struct record_log *log, uint64_t *saved)
{
    struct text_buffer *lines = snapshot_draft_lines(draft);
    struct log_stretch stretch;
    size_t before = snapshot->count;
    uint64_t from = *saved;
    uint64_t tail = record_log_tail(log);
    while (record_log_stretch(log, saved, &stretch))
        add_stretch(snapshot, partition, &stretch);
    if (snapshot->count > before)
        pin(snapshot, log, from, tail);
    *saved = tail;
    line_add_text(lines, "{\"kind\":\"log\",\"role\":", snapshot->role, strlen(snapshot->role));
    line_add_natural(lines, ",\"p\":", partition);
    line_add_natural(lines, ",\"tail\":", tail);
    text_buffer_add_text(lines, "}\n");
}

static void write_row(const struct log_snapshot *snapshot, const struct taken_rows *taken,
                      const struct waiting_row *row, struct text_buffer *out)
{
    line_add_natural(out, "{\"p\":", taken->partition);
    line_add_natural(out, ",\"at\":", taken->stretch.position + snapshot->offset / LOG_UNIT);
    line_add_integer(out, ",\"time\":", row->time);
    snapshot->write(row, out);
    text_buffer_add_text(out, "}\n");
}

/* What was only read to be saved goes back to disk. */
static void leave(const struct log_stretch *stretch)
{
    size_t before = (uintptr_t)stretch->memory & (LEAVE_PAGE - 1);
    if (stretch->moved)
        spill_file_leave(stretch->memory - before, before + stretch->size);
}

static bool fill(void *context, struct text_buffer *out, uint64_t *rows)
{
    struct log_snapshot *snapshot = context;
    while (snapshot->next < snapshot->count && out->length < FILL_SIZE) {
        const struct taken_rows *taken = &snapshot->items[snapshot->next];
        const struct waiting_row *row =
            (const struct waiting_row *)(const void *)(taken->stretch.memory + snapshot->offset);
        size_t size = waiting_row_size(row);
        write_row(snapshot, taken, row, out);
        ++*rows;
        snapshot->offset += (size + LOG_UNIT - 1) & ~(size_t)(LOG_UNIT - 1);
        if (snapshot->offset < taken->stretch.size)
            continue;
        leave(&taken->stretch);
        snapshot->next++;
        snapshot->offset = 0;
    }
    return snapshot->next < snapshot->count;
}

static void done(void *context)
{
    struct log_snapshot *snapshot = context;
    for (size_t i = 0; i < snapshot->log_count; i++)
        record_log_unpin(snapshot->logs[i]);
    free(snapshot->items);
    free(snapshot->logs);
    free(snapshot);
}

void log_snapshot_end(struct log_snapshot *snapshot, struct snapshot_draft *draft)
{
    if (snapshot->count == 0)
        done(snapshot);
    else
        snapshot_draft_add(draft, &(struct segment_source){snapshot->role, snapshot->youngest,
                                                           snapshot, fill, done});
}

bool saved_tail_read(struct saved_tail *saved, const char *line, size_t length,
                     struct text_buffer *role)
{
    struct line_fields fields;
    role->length = 0;
    return line_fields_begin_kind(&fields, line, length, "log") &&
           line_fields_text(&fields, "role", role) &&
           line_fields_natural(&fields, "p", &saved->partition) &&
           line_fields_natural(&fields, "tail", &saved->tail) && line_fields_end(&fields);
}
