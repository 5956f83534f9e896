#include "cli/diagnostics.h"
#include "cli/options.h"
#include "join/interval_join.h"
#include "join/join_output.h"
#include "join/join_settings.h"
#include "join/join_state.h"
#include "join/micro_batch.h"
#include "join/pair_condition.h"
#include "join/side_sightings.h"
#include "state/line_fields.h"
#include "state/memory_bound.h"
#include "stream/stream.h"
#include "time/watermark.h"

#include <inttypes.h>
#include <stdlib.h>

/* evjoin: left and right records of equal key, within a range of time, become pairs. */

struct evjoin {
    struct stream_settings settings;
    struct join_settings own;
    struct join_rules rules;
    bool by_file; /* the first FILE is left, the second right */
    const struct expression *is_side[2];
    const struct expression *key[2]; /* the same one twice unless --left-key or --right-key */
    size_t key_slot[2];              /* of a key that is but a path; JSON_ROOT_SLOT = it is not */
    struct interval_join **joins;    /* by partition */
    size_t join_count;
    bool durable;
    struct join_state state;    /* with --state */
    struct memory_bound *bound; /* of --memory; NULL = none */
    struct join_output output;
    struct pair_condition condition;
    struct micro_batch batch;
    uint64_t former_errors; /* of --match, in earlier runs */
    struct side_sightings sightings;
    struct stream *stream;
    const struct event *cause; /* the record being processed, NULL = the watermark */
    struct stream_tool tool;
};

/* What prepare() finds out about a record. */
struct sides {
    uint32_t count;          /* sides it is on */
    enum side first;         /* rows[i] is of side first + i: no branch asks which, as nothing
                                predicts whether a left or a right comes next */
    struct row_view rows[2]; /* the record without white space around it; not its time */
};

static struct evjoin evjoin;

static const struct option_set sets[] = {
    {join_rows, &evjoin.own},
    {stream_time_rows, &evjoin.settings},
    {stream_input_rows, &evjoin.settings},
    {stream_output_rows, &evjoin.settings},
    {stream_state_rows, &evjoin.settings},
    {stream_memory_rows, &evjoin.settings},
    {stream_report_rows, &evjoin.settings},
};

static const struct command command = {
    .name = "evjoin",
    .summary = "Joins left and right records by key, within a range of time",
    .synopsis = "evjoin --within RANGE [OPTION]... [FILE]...",
    .examples = {{"Requests with their acknowledgements, up to two minutes apart",
                  "evgen | evjoin --timeout 2m"},
                 {"Clicks that no purchase followed within a day, as they came",
                  "evjoin --within 0..1d -k .user_id --join left-anti clicks.ndjson "
                  "purchases.ndjson"}},
    .sets = sets,
    .set_count = sizeof sets / sizeof *sets,
    .version_details = stream_version_details,
    .given = &evjoin.settings.given,
};

static const char *const late_reasons[] = {"late left row", "late right row"};

static const char *given(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static void compile_sides(struct evjoin *self, struct stream *stream)
{
    if (self->by_file)
        return;
    self->is_side[SIDE_LEFT] = stream_expression(stream, "--left",
                                                 given(self->own.left, ".type == 2"));
    self->is_side[SIDE_RIGHT] = stream_expression(stream, "--right",
                                                  given(self->own.right, ".type == 1"));
    stream_filters_by(stream, self->is_side[SIDE_LEFT]);
    stream_filters_by(stream, self->is_side[SIDE_RIGHT]);
}

static void compile_keys(struct evjoin *self, struct stream *stream)
{
    const char *texts[] = {self->own.left_key, self->own.right_key};
    const char *const options[] = {"--left-key", "--right-key"};
    const struct expression *common = NULL;
    if (texts[SIDE_LEFT] == NULL || texts[SIDE_RIGHT] == NULL)
        common = stream_expression(stream, "--key", given(self->own.key, ".key"));
    for (enum side side = SIDE_LEFT; side <= SIDE_RIGHT; side++) {
        self->key[side] = texts[side] == NULL
                              ? common
                              : stream_expression(stream, options[side], texts[side]);
        if (!expression_path_slot(self->key[side], &self->key_slot[side]))
            self->key_slot[side] = JSON_ROOT_SLOT;
    }
}

static void on_start(void *context, struct stream *stream)
{
    struct evjoin *self = context;
    struct error_text error;
    self->stream = stream;
    self->durable = stream_is_durable(stream);
    self->bound = stream_memory_bound(stream);
    if (!join_output_init(&self->output, join_settings_shape(&self->own), self->tool.needs_time,
                          self->own.names, &error))
        usage_error(&command, "--names: %s", error.text);
    if (self->own.match != NULL &&
        !pair_condition_init(&self->condition, self->own.match, stream_tables(stream), &error))
        usage_error(&command, "--match: %s", error.text);
    compile_sides(self, stream);
    compile_keys(self, stream);
}

/* Which sides a record is on; false: an expression failed. */
static bool find_sides(const struct evjoin *self, struct stream *stream, const struct event *event,
                       struct sides *sides, struct error_text *error)
{
    struct record_view view = event_view(event);
    bool left = event->input == SIDE_LEFT;
    bool right = event->input == SIDE_RIGHT;
    if (!self->by_file &&
        !(expression_holds(self->is_side[SIDE_LEFT], &view, stream_scratch(stream), &left, error) &&
          expression_holds(self->is_side[SIDE_RIGHT], &view, stream_scratch(stream), &right,
                           error)))
        return false;
    sides->count = (uint32_t)left + right;
    sides->first = (enum side) !left;
    return true;
}

/* The key of a row; false: there is none, for the reason given. */
static bool find_key(const struct evjoin *self, enum side side, struct stream *stream,
                     const struct event *event, struct json_key *key, const char **reason,
                     struct error_text *error)
{
    struct record_view view = event_view(event);
    struct scratch *scratch = stream_scratch(stream);
    struct json_slice member = event->line.slots[self->key_slot[side]];
    struct value value;
    /* The slot of a plain path is its value, unless it is absent: then it may be an error. */
    if (self->key_slot[side] != JSON_ROOT_SLOT && !json_slice_absent(member)) {
        if (json_key_make(member, scratch, key))
            return true;
    } else if (!expression_evaluate(self->key[side], &view, scratch, &value, error)) {
        return false;
    } else if (value_key(&value, scratch, key)) {
        return true;
    }
    *reason = "key";
    return refuse(error, "%s is an object, or holds one: not a key",
                  expression_text(self->key[side]));
}

static enum verdict prepare(void *context, struct stream *stream, struct event *event,
                            const char **reason, struct error_text *error)
{
    struct evjoin *self = context;
    struct sides *sides = event->prepared;
    struct json_slice record = event->line.slots[JSON_ROOT_SLOT];
    if (!find_sides(self, stream, event, sides, error))
        return VERDICT_REJECTED;
    if (sides->count == 0)
        return VERDICT_FILTERED;
    for (uint32_t i = 0; i < sides->count; i++) {
        struct row_view *row = &sides->rows[i];
        enum side side = sides->first + i;
        row->text = record.text;
        row->length = record.length;
        if (i > 0 && self->key[SIDE_LEFT] == self->key[SIDE_RIGHT])
            row->key = sides->rows[0].key;
        else if (!find_key(self, side, stream, event, &row->key, reason, error))
            return VERDICT_REJECTED;
        if (self->join_count == 1)
            interval_join_prefetch(self->joins[0], side, row->key.hash);
    }
    return VERDICT_USE;
}

static void on_result(void *context, const struct join_result *result)
{
    struct evjoin *self = context;
    join_output_write(&self->output, result, stream_record_begin(self->stream));
    stream_record_end(self->stream, self->cause);
}

static bool on_pair(void *context, const struct join_result *pair)
{
    struct evjoin *self = context;
    join_output_write_pair(&self->output, pair, pair_condition_record(&self->condition));
    return pair_condition_holds(&self->condition);
}

static void add_joins(struct evjoin *self, uint32_t partition)
{
    struct join_listener listener = {self, on_result, self->own.match == NULL ? NULL : on_pair};
    self->joins = reallocate(self->joins, (partition + 1) * sizeof(struct interval_join *));
    for (; self->join_count <= partition; self->join_count++) {
        struct interval_join *join = interval_join_new(&self->rules, &listener);
        interval_join_bind(join, self->bound);
        if (self->durable)
            join_state_add(&self->state, join, (uint32_t)self->join_count);
        self->joins[self->join_count] = join;
    }
}

/* A partition has a state of its own. */
__attribute__((always_inline)) static inline struct interval_join *join_of(struct evjoin *self,
                                                                           uint32_t partition)
{
    if (partition >= self->join_count)
        add_joins(self, partition);
    return self->joins[partition];
}

/* A late row that came out, matched or not, is counted but not written to --late; a record that is
   late on one of its two sides only is partly late. */
static void account_late(struct stream *stream, const struct event *event,
                         const struct interval_join *join, const unsigned *fates)
{
    const struct sides *sides = event->prepared;
    bool stored = false, shown = false;
    int64_t late_by = 0;
    enum side late = SIDE_LEFT;
    for (uint32_t i = 0; i < sides->count; i++) {
        enum side side = sides->first + i;
        int64_t by = interval_join_late_by(join, side, event->time);
        stored = stored || (fates[i] & FATE_LATE) == 0;
        shown = shown || (fates[i] & (FATE_MATCHED | FATE_RESULT)) != 0;
        if ((fates[i] & FATE_LATE) != 0 && by >= late_by) {
            late_by = by;
            late = side;
        }
    }
    if (stored)
        stream_partly_late(stream, event, late_by, late_reasons[late]);
    else if (shown)
        stream_late_shown(stream, event, late_by);
    else
        stream_late(stream, event, late_by, late_reasons[late]);
}

static void process(struct evjoin *self, const struct event *event)
{
    struct sides *sides = event->prepared;
    struct interval_join *join = join_of(self, event->partition);
    unsigned fates[2] = {0, 0};
    self->cause = event;
    for (uint32_t i = 0; i < sides->count; i++) {
        /* Without event time what an event carries is its arrival, which may not order anything. */
        sides->rows[i].time = self->tool.needs_time ? event->time : 0;
        fates[i] = interval_join_add(join, sides->first + i, &sides->rows[i]);
    }
    if ((fates[0] | fates[1]) & FATE_LATE)
        account_late(self->stream, event, join, fates);
    self->cause = NULL;
}

/* --every: the record is copied and waits for the end of the interval. */
static void collect(struct evjoin *self, struct stream *stream, const struct event *event)
{
    struct event *copy;
    struct sides *sides;
    if (self->batch.count == 0)
        stream_set_timer(stream,
                         micro_batch_due(&self->batch, stream_now(stream), self->own.every));
    copy = micro_batch_add(&self->batch, event, sizeof(struct sides));
    sides = copy->prepared;
    for (uint32_t i = 0; i < sides->count; i++)
        micro_batch_move_row(&self->batch, event, copy, &sides->rows[i]);
}

static void process_batch(struct evjoin *self)
{
    for (size_t i = 0; i < self->batch.count; i++) {
        const struct delayed_input *input = &self->batch.inputs[i];
        if (input->is_record)
            process(self, &input->event);
        else
            interval_join_advance(join_of(self, input->partition), input->watermark);
    }
    micro_batch_clear(&self->batch);
}

static void note_sides(struct evjoin *self, const struct sides *sides)
{
    for (uint32_t i = 0; i < sides->count; i++)
        side_sightings_note(&self->sightings, sides->first + i,
                            sides->rows[i].key.kind != JSON_NULL);
}

static void on_record(void *context, struct stream *stream, struct event *event)
{
    struct evjoin *self = context;
    if (!side_sightings_complete(&self->sightings))
        note_sides(self, event->prepared);
    if (self->own.every > 0)
        collect(self, stream, event);
    else
        process(self, event);
}

static void on_watermark(void *context, struct stream *stream, uint32_t partition,
                         int64_t watermark)
{
    struct evjoin *self = context;
    (void)stream;
    if (self->own.every > 0 && watermark != WATERMARK_END && self->batch.count > 0) {
        micro_batch_add_rise(&self->batch, partition, watermark);
        return;
    }
    if (self->batch.count > 0)
        process_batch(self);
    interval_join_advance(join_of(self, partition), watermark);
}

static void on_timer(void *context, struct stream *stream)
{
    process_batch(context);
    stream_flush(stream);
}

/* What a batch holds was read and counted: it is joined before anything is called discarded. */
static uint64_t count_open(void *context)
{
    struct evjoin *self = context;
    uint64_t open = 0;
    process_batch(self);
    for (size_t i = 0; i < self->join_count; i++)
        open += interval_join_open_results(self->joins[i]);
    return open;
}

/* What a run that goes on where another one left off has not seen, that one may have. */
static void warn_of_names(const struct evjoin *self, const struct stream *stream)
{
    const struct expression *named[] = {self->own.left == NULL ? NULL : self->is_side[SIDE_LEFT],
                                        self->own.right == NULL ? NULL : self->is_side[SIDE_RIGHT]};
    if (!stream_is_durable(stream))
        side_sightings_warn(&self->sightings, self->key, named);
}

static void on_end(void *context, struct stream *stream, int signal)
{
    struct evjoin *self = context;
    (void)signal;
    warn_of_names(self, stream);
    if (self->condition.errors > 0)
        warn("--match failed on %" PRIu64 " pairs, which do not match; the first: %s",
             self->condition.errors, self->condition.first_error.text);
}

/* The records of a micro-batch were taken: they are joined before the state is saved. */
static void on_settle(void *context, struct stream *stream)
{
    (void)stream;
    process_batch(context);
}

static struct join_counts all_counts(const struct evjoin *self)
{
    struct join_counts counts = {0};
    for (size_t i = 0; i < self->join_count; i++)
        interval_join_count(self->joins[i], &counts);
    return counts;
}

static void on_save(void *context, struct stream *stream, struct snapshot_draft *draft)
{
    struct evjoin *self = context;
    struct text_buffer *lines = snapshot_draft_lines(draft);
    struct join_counts counts = all_counts(self);
    (void)stream;
    line_add_natural(lines, "{\"kind\":\"tool\",\"pairs\":", counts.pairs);
    line_add_natural(lines, ",\"unmatched_left\":", counts.unmatched[SIDE_LEFT]);
    line_add_natural(lines, ",\"unmatched_right\":", counts.unmatched[SIDE_RIGHT]);
    line_add_natural(lines, ",\"match_errors\":", self->former_errors + self->condition.errors);
    line_add_boolean(lines, ",\"by_file\":", self->by_file);
    text_buffer_add_text(lines, "}\n");
    join_state_save(&self->state, self->joins, self->join_count, draft);
}

static bool take_tool(void *context, const char *line, size_t length, struct error_text *error)
{
    struct evjoin *self = context;
    struct join_counts counts = {0};
    struct line_fields fields;
    bool by_file;
    if (!line_fields_begin_kind(&fields, line, length, "tool") ||
        !line_fields_natural(&fields, "pairs", &counts.pairs) ||
        !line_fields_natural(&fields, "unmatched_left", &counts.unmatched[SIDE_LEFT]) ||
        !line_fields_natural(&fields, "unmatched_right", &counts.unmatched[SIDE_RIGHT]) ||
        !line_fields_natural(&fields, "match_errors", &self->former_errors) ||
        !line_fields_boolean(&fields, "by_file", &by_file) || !line_fields_end(&fields))
        return false;
    if (by_file != self->by_file)
        return refuse(error, by_file ? "its sides were two FILEs: give two again"
                                     : "its sides were not two FILEs: give --left and --right");
    interval_join_restore_count(join_of(self, 0), &counts);
    return true;
}

static bool on_restore(void *context, struct stream *stream, struct saved_snapshot *saved,
                       struct error_text *error)
{
    struct evjoin *self = context;
    for (uint32_t i = 0; i < stream_partitions(stream); i++)
        interval_join_advance(join_of(self, i), stream_watermark(stream, i));
    return saved_snapshot_manifest(saved, "tool", take_tool, self, error) &&
           join_state_restore(self->joins, self->join_count, saved, error);
}

static void count(void *context, struct text_buffer *out)
{
    const struct evjoin *self = context;
    struct join_counts counts = all_counts(self);
    join_output_add_counts(&counts, out);
    text_buffer_add_format(out, ",\"spilled_bytes\":%" PRIu64 ",\"match_errors\":%" PRIu64,
                           memory_bound_spilled(self->bound),
                           self->former_errors + self->condition.errors);
}

static void explain(void *context, struct stream *stream, FILE *out)
{
    const struct evjoin *self = context;
    (void)stream;
    if (self->by_file)
        fprintf(out, "sides: the first FILE is left, the second right\n");
    if (self->own.match != NULL)
        expression_explain(self->condition.expression, "--match", out);
    join_rules_explain(&self->rules, self->settings.delay, self->durable, out);
}

static void free_all(struct evjoin *self)
{
    for (size_t i = 0; i < self->join_count; i++)
        interval_join_free(self->joins[i]);
    free(self->joins);
    memory_bound_free(self->bound);
    join_state_free(&self->state);
    join_output_free(&self->output);
    pair_condition_free(&self->condition);
    micro_batch_free(&self->batch);
}

static int run(struct evjoin *self, int operand_count, char **operands)
{
    int status;
    self->tool = (struct stream_tool){
        .command = &command,
        .settings = &self->settings,
        .self = self,
        .prepared_size = sizeof(struct sides),
        /* Rows that wait for ever need no time, unless it was asked for. */
        .needs_time = !join_rules_timeless(&self->rules) ||
                      self->settings.time != stream_settings_default.time ||
                      self->settings.clock.selected == CLOCK_ARRIVAL,
        .on_start = on_start,
        .prepare = prepare,
        .on_record = on_record,
        .on_watermark = on_watermark,
        .on_timer = on_timer,
        .on_end = on_end,
        .count_open = count_open,
        .on_settle = on_settle,
        .on_save = on_save,
        .on_restore = on_restore,
        .explain = explain,
        .count = count,
    };
    self->by_file = operand_count == 2 && self->own.left == NULL && self->own.right == NULL;
    status = stream_run(&self->tool, operand_count, operands);
    free_all(self);
    return status;
}

int main(int argc, char **argv)
{
    int first;
    evjoin.settings = stream_settings_default;
    evjoin.own = join_settings_default;
    first = options_parse(&command, argc, argv);
    evjoin.rules = join_settings_rules(&evjoin.own, &command);
    return run(&evjoin, argc - first, argv + first);
}
