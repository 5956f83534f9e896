#include "window/window_snapshots.h"

#include "time/timestamp.h"
#include "window/window_journal.h"
#include "window/window_line.h"

#include <stdlib.h>

static const char role[] = "windows";

enum { REWRITTEN_AT_ONCE = 256 * 1024, SPARE_BYTES = 1024 * 1024, STEP_BYTES = 16 * 1024 };
/* Steps are doubled when more is added meanwhile than they write, after so many that left no less
   to do, or when so many times the lines were written that there were at first to write: so they
   come to an end, and where each batch changes most groups, a group is not written over and over.
 */
enum { PATIENCE = 32, TOO_OFTEN = 2 };

struct window_state *window_states_of(struct window_states *states, uint32_t partition)
{
    if (partition >= states->count) {
        states->items = reallocate(states->items, (partition + 1) * sizeof(struct window_state *));
        for (uint32_t i = states->count; i <= partition; i++)
            states->items[i] = window_state_new(states->plan, i);
        states->count = partition + 1;
    }
    return states->items[partition];
}

void window_states_free(struct window_states *states)
{
    for (uint32_t i = 0; i < states->count; i++)
        window_state_free(states->items[i]);
    free(states->items);
    states->items = NULL;
    states->count = 0;
}

void window_snapshots_init(struct window_snapshots *snapshots, const struct window_plan *plan)
{
    *snapshots = (struct window_snapshots){
        .plan = plan, .at_once = REWRITTEN_AT_ONCE, .spare = SPARE_BYTES, .step = STEP_BYTES};
}

void window_snapshots_free(struct window_snapshots *snapshots)
{
    free(snapshots->kept);
    line_list_free(&snapshots->save.lines);
    *snapshots = (struct window_snapshots){0};
}

static void note_kept(struct window_snapshots *snapshots, uint64_t number, uint64_t bytes)
{
    size_t count = snapshots->kept_count;
    if (count > 0 && snapshots->kept[count - 1].number == number) {
        snapshots->kept[count - 1].bytes += bytes;
        return;
    }
    if (count == snapshots->kept_capacity) {
        snapshots->kept_capacity = count == 0 ? 16 : 2 * count;
        snapshots->kept = reallocate(snapshots->kept,
                                     snapshots->kept_capacity * sizeof *snapshots->kept);
    }
    snapshots->kept[snapshots->kept_count++] = (struct saved_window_bytes){number, bytes};
}

/* What was saved before that number is not needed any more. */
static void drop_before(struct window_snapshots *snapshots, uint64_t number)
{
    size_t left = 0;
    for (size_t i = 0; i < snapshots->kept_count; i++)
        if (snapshots->kept[i].number >= number)
            snapshots->kept[left++] = snapshots->kept[i];
    snapshots->kept_count = left;
    snapshots->needed = number;
    snapshots->since = 0;
}

static uint64_t kept_bytes(const struct window_snapshots *snapshots)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < snapshots->kept_count; i++)
        bytes += snapshots->kept[i].bytes;
    return bytes;
}

static uint64_t live_bytes(const struct window_states *states)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < states->count; i++)
        bytes += window_state_size(states->items[i]);
    return bytes;
}

/* From the next save on, so that the first line of a cell in what stays is a whole one. */
static void begin_rewriting(struct window_snapshots *snapshots)
{
    snapshots->since = snapshots->number + 1;
    snapshots->partition = snapshots->key = 0;
}

/* As much again as the save has anyway; false = there is more of that. */
static bool rewrite(struct window_snapshots *snapshots, struct window_states *states,
                    struct window_save *save)
{
    struct begun_save *begun = &snapshots->save;
    size_t before = save->out->length, limit = save->limit;
    uint64_t wanted = line_list_length(&begun->lines) - begun->rewritten;
    bool done = true;
    if (wanted < snapshots->at_once)
        wanted = snapshots->at_once;
    if (begun->rewritten >= wanted)
        return true;
    if (window_save_full(save))
        return false;
    if (limit - before > wanted - begun->rewritten)
        save->limit = before + (size_t)(wanted - begun->rewritten);
    for (; done && snapshots->partition < states->count; snapshots->partition += done) {
        done = !window_state_rewrite(states->items[snapshots->partition], &snapshots->key, save);
        snapshots->key = done ? 0 : snapshots->key;
    }
    begun->rewritten += save->out->length - before;
    save->limit = limit;
    if (done)
        drop_before(snapshots, snapshots->since);
    return done || begun->rewritten >= wanted;
}

static bool write_changes(struct window_states *states, struct window_save *save)
{
    bool done = true;
    for (uint32_t i = 0; done && i < states->count; i++)
        done = window_state_save(states->items[i], save);
    return done;
}

static size_t pending(const struct window_states *states)
{
    size_t changes = 0;
    for (uint32_t i = 0; i < states->count; i++)
        changes += window_state_pending(states->items[i]);
    return changes;
}

static void begin(struct window_snapshots *snapshots)
{
    struct begun_save *save = &snapshots->save;
    if (save->begun)
        return;
    save->begun = true;
    save->rows = save->rewritten = save->changed = 0;
    save->step = snapshots->step;
    save->vain = 0;
    save->pending = SIZE_MAX;
    window_line_write_save(++snapshots->number, line_list_end(&save->lines));
}

/* About `bytes` more of lines; false = there are more. */
static bool write_lines(struct window_snapshots *snapshots, struct window_states *states,
                        size_t bytes)
{
    struct begun_save *begun = &snapshots->save;
    struct text_buffer *out = line_list_end(&begun->lines);
    struct window_save save = {.plan = snapshots->plan,
                               .number = snapshots->number,
                               .since = snapshots->since,
                               .out = out,
                               .limit = out->length + bytes};
    bool done = write_changes(states, &save);
    begun->changed += save.rows;
    if (done && snapshots->since != 0 && snapshots->since <= snapshots->number)
        done = rewrite(snapshots, states, &save);
    begun->rows += save.rows;
    return done && pending(states) == 0;
}

bool window_snapshots_prepare(struct window_snapshots *snapshots, struct window_states *states)
{
    struct begun_save *save = &snapshots->save;
    size_t changes = pending(states);
    if (!save->begun)
        save->at_first = changes;
    begin(snapshots);
    if (changes > save->pending || save->changed > TOO_OFTEN * save->at_first ||
        (changes > 0 && changes == save->pending && ++save->vain % PATIENCE == 0))
        save->step = save->step < SIZE_MAX / 2 ? 2 * save->step : save->step;
    save->pending = changes;
    return write_lines(snapshots, states, save->step);
}

/* Hands the lines over. */
static uint64_t end(struct window_snapshots *snapshots, bool wanted, struct line_list *out)
{
    struct begun_save *save = &snapshots->save;
    save->begun = false;
    if (save->rows == 0 || !wanted) {
        line_list_free(&save->lines);
        return 0;
    }
    note_kept(snapshots, snapshots->number, line_list_length(&save->lines));
    *out = save->lines;
    save->lines = (struct line_list){0};
    return save->rows + 1;
}

uint64_t window_snapshots_write(struct window_snapshots *snapshots, struct window_states *states,
                                struct line_list *out)
{
    uint64_t live, kept;
    begin(snapshots);
    while (!write_lines(snapshots, states, LINE_LIST_PIECE))
        ;
    live = live_bytes(states);
    kept = kept_bytes(snapshots) + line_list_length(&snapshots->save.lines);
    if (live == 0)
        drop_before(snapshots, snapshots->number);
    else if (snapshots->since == 0 && kept > 2 * live + snapshots->spare)
        begin_rewriting(snapshots);
    return end(snapshots, live > 0, out);
}

static bool read_save(struct window_snapshots *snapshots, uint64_t number)
{
    bool next = number > snapshots->reading && number <= snapshots->number;
    if (next)
        snapshots->reading = number;
    return next;
}

/* `bytes`: of the line, LF included. */
static bool take(struct window_snapshots *snapshots, struct window_states *states,
                 const struct window_watermarks *watermarks, const struct window_line *line,
                 uint64_t bytes)
{
    if (line->kind == LINE_SAVE)
        return read_save(snapshots, line->save);
    if (snapshots->reading == 0 || line->partition >= watermarks->partitions)
        return false;
    if (snapshots->reading < snapshots->needed)
        return true;
    note_kept(snapshots, snapshots->reading, bytes);
    return window_state_restore(window_states_of(states, line->partition), line, snapshots->reading,
                                watermarks->of(watermarks->context, line->partition));
}

bool window_snapshots_read(struct window_snapshots *snapshots, struct window_states *states,
                           const struct window_watermarks *watermarks, const char *text,
                           size_t length)
{
    struct scratch scratch = {0};
    struct window_line line;
    bool fine = window_line_read(&line, snapshots->plan, text, length, &scratch) &&
                take(snapshots, states, watermarks, &line, length + 1);
    scratch_free(&scratch);
    return fine;
}

void window_snapshots_end(struct window_states *states, const struct window_watermarks *watermarks)
{
    for (uint32_t i = 0; i < states->count; i++)
        window_state_restored(states->items[i], watermarks->of(watermarks->context, i));
}

/* {"kind":"tick","p":0,"next":T}: with --every, when a partition's next updates are due. */
static void write_ticks(const struct window_states *states, struct text_buffer *lines)
{
    if (!states->plan->update || states->plan->every == 0)
        return;
    for (uint32_t i = 0; i < states->count; i++) {
        int64_t tick = window_state_tick(states->items[i]);
        line_add_natural(lines, "{\"kind\":\"tick\",\"p\":", i);
        if (tick != INT64_MIN)
            line_add_integer(lines, ",\"next\":", tick);
        text_buffer_add_text(lines, "}\n");
    }
}

void window_snapshots_save(struct window_snapshots *snapshots, struct window_states *states,
                           struct snapshot_draft *draft)
{
    struct line_list lines = {0};
    uint64_t rows = window_snapshots_write(snapshots, states, &lines);
    snapshot_draft_keep(draft, role, (int64_t)snapshots->needed);
    line_list_save(&lines, draft, role, (int64_t)snapshots->number, rows);
    line_add_natural(snapshot_draft_lines(draft),
                     "{\"kind\":\"save\",\"number\":", snapshots->number);
    line_add_natural(snapshot_draft_lines(draft), ",\"needed\":", snapshots->needed);
    text_buffer_add_text(snapshot_draft_lines(draft), "}\n");
    write_ticks(states, snapshot_draft_lines(draft));
}

struct window_restoring {
    struct window_snapshots *snapshots;
    struct window_states *states;
    const struct window_watermarks *watermarks;
};

/* A line as it is read. */
struct read_line {
    struct window_line line;
    uint64_t bytes;
};

static bool parse_line(const void *context, const char *text, size_t length,
                       struct scratch *scratch, void *row)
{
    const struct window_plan *plan = context;
    struct read_line *read = row;
    read->bytes = length + 1;
    return window_line_read(&read->line, plan, text, length, scratch);
}

static size_t take_some(void *context, const void *rows, size_t count)
{
    enum { AHEAD = 12 };
    const struct window_restoring *restoring = context;
    const struct window_states *states = restoring->states;
    const struct read_line *lines = rows;
    for (size_t i = 0; i < count; i++) {
        const struct window_line *later = &lines[i + AHEAD < count ? i + AHEAD : i].line;
        if (later->partition < states->count)
            window_state_prefetch(states->items[later->partition], later->identity.hash);
        if (!take(restoring->snapshots, restoring->states, restoring->watermarks, &lines[i].line,
                  lines[i].bytes))
            return i;
    }
    return count;
}

static bool take_save(void *context, const char *line, size_t length, struct error_text *error)
{
    const struct window_restoring *restoring = context;
    struct line_fields fields;
    (void)error;
    return line_fields_begin_kind(&fields, line, length, "save") &&
           line_fields_natural(&fields, "number", &restoring->snapshots->number) &&
           line_fields_natural(&fields, "needed", &restoring->snapshots->needed) &&
           line_fields_end(&fields);
}

/* --every may be another one now: a tick too far away is forgotten. */
static int64_t usable_tick(const struct window_restoring *restoring, uint32_t partition,
                           int64_t tick)
{
    int64_t watermark = restoring->watermarks->of(restoring->watermarks->context, partition);
    return tick > time_add(watermark, restoring->states->plan->every) ? INT64_MIN : tick;
}

static bool take_tick(void *context, const char *line, size_t length, struct error_text *error)
{
    const struct window_restoring *restoring = context;
    struct line_fields fields;
    uint64_t partition;
    int64_t tick = INT64_MIN;
    (void)error;
    if (!line_fields_begin_kind(&fields, line, length, "tick") ||
        !line_fields_natural(&fields, "p", &partition) ||
        partition >= restoring->watermarks->partitions)
        return false;
    line_fields_integer(&fields, "next", &tick);
    tick = usable_tick(restoring, (uint32_t)partition, tick);
    window_state_set_tick(window_states_of(restoring->states, (uint32_t)partition), tick);
    return line_fields_end(&fields);
}

bool window_snapshots_restore(struct window_snapshots *snapshots, struct window_states *states,
                              const struct window_watermarks *watermarks,
                              struct saved_snapshot *saved, struct error_text *error)
{
    struct window_restoring restoring = {snapshots, states, watermarks};
    const struct row_taker taker = {.format = {.size = sizeof(struct read_line),
                                               .validated = true,
                                               .parse = parse_line,
                                               .context = snapshots->plan},
                                    .take = take_some,
                                    .context = &restoring};
    if (!saved_snapshot_manifest(saved, "save", take_save, &restoring, error) ||
        !saved_snapshot_rows(saved, role, &taker, error) ||
        !saved_snapshot_manifest(saved, "tick", take_tick, &restoring, error))
        return false;
    window_snapshots_end(states, watermarks);
    return true;
}
