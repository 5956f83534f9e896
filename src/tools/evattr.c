#include "attribution/attribution.h"
#include "attribution/attribution_output.h"
#include "attribution/attribution_settings.h"
#include "attribution/attribution_state.h"
#include "cli/diagnostics.h"
#include "cli/options.h"
#include "state/line_fields.h"
#include "state/memory_bound.h"
#include "stream/stream.h"
#include "time/timestamp.h"

#include <inttypes.h>
#include <stdlib.h>

/* evattr: attributes conversions to the touches of the same key before them. */

/* Members that a result may set beside event_time_ns. */
enum { RESULT_MEMBERS = 4 };

/* An expression, and the slot that holds its value if anything stands there; JSON_ROOT_SLOT = there
   is no such slot. */
struct field {
    const struct expression *expression;
    size_t slot;
};

struct evattr {
    struct stream_settings settings;
    struct attribution_settings own;
    struct attribution_rules rules;
    const struct expression *is_touch;
    const struct expression *is_conversion;
    struct field key;
    struct field touch_id;
    struct field id;
    struct field priority; /* without an expression: not given, as with value */
    struct field value;
    size_t stamp_slot;                /* of event_time_ns, which results replace */
    bool stamp_is_time;               /* an integer there is the record's time */
    size_t set_slots[RESULT_MEMBERS]; /* of what else they set */
    size_t set_count;
    struct attribution **partitions;
    size_t partition_count;
    bool durable;
    struct attribution_state state; /* with --state */
    struct memory_bound *bound;     /* of --memory; NULL = none */
    struct attribution_output output;
    struct stream *stream;
    const struct event *cause; /* the record being processed, NULL = the watermark */
    struct {
        bool touch, conversion, key; /* such a record came */
    } seen;
    struct stream_tool tool;
};

/* What prepare() finds out about a record. */
struct roles {
    bool is_touch;
    bool is_conversion;
    struct attribution_row touch;
    struct attribution_row conversion;
};

static struct evattr evattr;

static const struct option_set sets[] = {
    {attribution_option_rows, &evattr.own}, {stream_time_rows, &evattr.settings},
    {stream_input_rows, &evattr.settings},  {stream_output_rows, &evattr.settings},
    {stream_state_rows, &evattr.settings},  {stream_memory_rows, &evattr.settings},
    {stream_report_rows, &evattr.settings},
};

static const struct command command = {
    .name = "evattr",
    .summary = "Attributes conversions to the touches of the same key before them",
    .synopsis = "evattr --touch EXPR --conversion EXPR --within RANGE [OPTION]... [FILE]...",
    .examples = {{"The last click in the half hour before each purchase",
                  "evattr --touch '.type == \"click\"' --conversion '.type == \"purchase\"' "
                  "--within 30m"},
                 {"Revenue shared by all clicks of a week, the younger the more",
                  "evattr --touch .click_id --conversion .price --within 7d --value .price "
                  "--model time-decay:1d"}},
    .sets = sets,
    .set_count = sizeof sets / sizeof *sets,
    .version_details = stream_version_details,
    .given = &evattr.settings.given,
};

static struct field field_of(struct stream *stream, const char *option, const char *text)
{
    struct field field = {NULL, JSON_ROOT_SLOT};
    if (text == NULL)
        return field;
    field.expression = stream_expression(stream, option, text);
    if (!expression_first_slot(field.expression, &field.slot))
        field.slot = JSON_ROOT_SLOT;
    return field;
}

/* The scan tells which of the members that results set are in a record already. */
static void read_result_members(struct evattr *self, struct stream *stream)
{
    const struct time_expression *time = stream_time(stream);
    const char *name;
    if (self->own.credits)
        return;
    self->stamp_slot = stream_member_slot(stream, "event_time_ns");
    self->stamp_is_time = time->bare && time->slot == self->stamp_slot && time->factor == 1;
    while ((name = attribution_output_member(&self->output, self->set_count)) != NULL)
        self->set_slots[self->set_count++] = stream_member_slot(stream, name);
}

static void on_start(void *context, struct stream *stream)
{
    struct evattr *self = context;
    self->stream = stream;
    self->durable = stream_is_durable(stream);
    self->bound = stream_memory_bound(stream);
    self->is_touch = stream_expression(stream, "--touch", self->own.touch);
    self->is_conversion = stream_expression(stream, "--conversion", self->own.conversion);
    stream_filters_by(stream, self->is_touch);
    stream_filters_by(stream, self->is_conversion);
    self->key = field_of(stream, "--key", self->own.key);
    self->touch_id = field_of(stream, "--touch-id", self->own.touch_id);
    self->id = field_of(stream, "--id", self->own.id);
    self->priority = field_of(stream, "--priority", self->own.priority);
    self->value = field_of(stream, "--value", self->own.value);
    self->output.single = self->rules.model.single;
    self->output.revising = self->rules.emission == EMIT_UPDATE;
    read_result_members(self, stream);
}

/* The record at hand, for those that look at it in prepare(). */
struct look {
    const struct event *event;
    struct scratch *scratch;
    const char **reason;
    struct error_text *error;
};

static bool find_truth(const struct look *look, const struct expression *condition, bool *truth)
{
    struct record_view view = event_view(look->event);
    return expression_holds(condition, &view, look->scratch, truth, look->error);
}

/* Absent in its slot, a value may stand elsewhere, or be an error. */
static bool find_slice(const struct look *look, const struct field *field, struct json_slice *slice)
{
    struct record_view view = event_view(look->event);
    struct value value;
    *slice = view.slots[field->slot];
    if (field->slot != JSON_ROOT_SLOT && slice->kind > JSON_FALSE)
        return true;
    if (!expression_evaluate(field->expression, &view, look->scratch, &value, look->error))
        return false;
    *slice = value_slice(&value, look->scratch);
    return true;
}

static bool find_key(const struct evattr *self, const struct look *look, struct json_key *key)
{
    struct json_slice slice;
    if (!find_slice(look, &self->key, &slice))
        return false;
    if (json_key_make(slice, look->scratch, key))
        return true;
    *look->reason = "key";
    return refuse(look->error, "%s is an object, or holds one: not a key",
                  expression_text(self->key.expression));
}

static bool find_touch(const struct evattr *self, const struct look *look,
                       struct attribution_row *touch)
{
    touch->weight.kind = JSON_NULL;
    return find_slice(look, &self->touch_id, &touch->id) &&
           (self->priority.expression == NULL || find_slice(look, &self->priority, &touch->weight));
}

/* Whether a result may be written without looking for the members it sets. */
static void find_result_members(const struct evattr *self, const struct json_slice *slots,
                                struct attribution_row *row)
{
    bool absent = self->set_count > 0;
    for (size_t i = 0; i < self->set_count; i++)
        absent = absent && json_slice_absent(slots[self->set_slots[i]]);
    row->stamp = slots[self->stamp_slot];
    row->plain = absent && !json_slice_absent(row->stamp);
    row->dated = row->plain && self->stamp_is_time && row->stamp.kind == JSON_NUMBER &&
                 (row->stamp.flags & JSON_FLAG_INTEGER) != 0 && *row->stamp.text != '-';
}

static bool find_conversion(const struct evattr *self, const struct look *look,
                            struct attribution_row *conversion)
{
    struct credit_value value;
    conversion->weight = (struct json_slice){"1", 1, JSON_NUMBER, JSON_FLAG_INTEGER};
    find_result_members(self, look->event->line.slots, conversion);
    if (!find_slice(look, &self->id, &conversion->id) ||
        (self->value.expression != NULL && !find_slice(look, &self->value, &conversion->weight)))
        return false;
    if (self->value.expression == NULL ||
        credit_value_read(conversion->weight, self->rules.digits, &value, look->error))
        return true;
    *look->reason = "value";
    return false;
}

static enum verdict prepare(void *context, struct stream *stream, struct event *event,
                            const char **reason, struct error_text *error)
{
    struct evattr *self = context;
    struct roles *roles = event->prepared;
    struct look look = {event, stream_scratch(stream), reason, error};
    struct attribution_row *row;
    if (!find_truth(&look, self->is_touch, &roles->is_touch) ||
        !find_truth(&look, self->is_conversion, &roles->is_conversion))
        return VERDICT_REJECTED;
    if (!roles->is_touch && !roles->is_conversion)
        return VERDICT_FILTERED;
    row = roles->is_touch ? &roles->touch : &roles->conversion;
    row->text = event->line.slots[JSON_ROOT_SLOT].text;
    row->length = event->line.slots[JSON_ROOT_SLOT].length;
    if (!find_key(self, &look, &row->key))
        return VERDICT_REJECTED;
    if (roles->is_touch && roles->is_conversion)
        roles->conversion = *row;
    if ((roles->is_touch && !find_touch(self, &look, &roles->touch)) ||
        (roles->is_conversion && !find_conversion(self, &look, &roles->conversion)))
        return VERDICT_REJECTED;
    if (self->partition_count == 1)
        attribution_prefetch(self->partitions[0], row->key.hash, roles->is_conversion);
    return VERDICT_USE;
}

static void write_credits(struct evattr *self, const struct attribution_result *result)
{
    struct credit_line line = credit_lines(result);
    while (credit_line_left(&line)) {
        credit_line_write(&self->output, &line, stream_record_begin(self->stream));
        stream_record_end(self->stream, self->cause);
    }
}

static void on_result(void *context, const struct attribution_result *result)
{
    struct evattr *self = context;
    if (self->own.credits) {
        write_credits(self, result);
        return;
    }
    attribution_output_write(&self->output, result, stream_record_begin(self->stream));
    stream_record_end(self->stream, self->cause);
}

static void add_partitions(struct evattr *self, uint32_t partition)
{
    struct attribution_listener listener = {self, on_result};
    self->partitions = reallocate(self->partitions, (partition + 1) * sizeof(struct attribution *));
    for (; self->partition_count <= partition; self->partition_count++) {
        struct attribution *attribution = attribution_new(&self->rules, &listener);
        attribution_bind(attribution, self->bound);
        if (self->durable)
            attribution_state_add(&self->state, attribution, (uint32_t)self->partition_count);
        self->partitions[self->partition_count] = attribution;
    }
}

/* A partition has a state of its own. */
__attribute__((always_inline)) static inline struct attribution *attribution_of(struct evattr *self,
                                                                                uint32_t partition)
{
    if (partition >= self->partition_count)
        add_partitions(self, partition);
    return self->partitions[partition];
}

static void note_seen(struct evattr *self, const struct roles *roles)
{
    const struct attribution_row *row = roles->is_touch ? &roles->touch : &roles->conversion;
    self->seen.touch |= roles->is_touch;
    self->seen.conversion |= roles->is_conversion;
    self->seen.key |= row->key.kind != JSON_NULL;
}

/* A wrong name in an expression makes no error, only nothing to attribute. What a run that goes on
   where another one left off has not seen, that one may have. */
static void on_end(void *context, struct stream *stream, int signal)
{
    const struct evattr *self = context;
    (void)signal;
    if (stream_is_durable(stream))
        return;
    if (!self->seen.touch && self->seen.conversion)
        warn("no record was a touch: %s", expression_text(self->is_touch));
    else if (self->seen.touch && !self->seen.conversion)
        warn("no record was a conversion: %s", expression_text(self->is_conversion));
    else if (self->seen.touch && !self->seen.key)
        warn("no record had a key: %s", expression_text(self->key.expression));
}

static void on_record(void *context, struct stream *stream, struct event *event)
{
    struct evattr *self = context;
    struct roles *roles = event->prepared;
    struct attribution *attribution = attribution_of(self, event->partition);
    int64_t watermark = stream_watermark(stream, event->partition);
    note_seen(self, roles);
    if (event->time < watermark) {
        stream_late(stream, event, time_subtract(watermark, event->time),
                    roles->is_touch ? "late touch" : "late conversion");
        return;
    }
    self->cause = event;
    if (roles->is_touch) {
        roles->touch.time = event->time;
        attribution_add_touch(attribution, &roles->touch);
    }
    if (roles->is_conversion) {
        roles->conversion.time = event->time;
        attribution_add_conversion(attribution, &roles->conversion);
    }
    self->cause = NULL;
}

static void on_watermark(void *context, struct stream *stream, uint32_t partition,
                         int64_t watermark)
{
    (void)stream;
    attribution_advance(attribution_of(context, partition), watermark);
}

/* Of what changes a count; what is held is not counted. */
static struct attribution_counts event_counts(const struct evattr *self)
{
    struct attribution_counts counts = {0};
    for (size_t i = 0; i < self->partition_count; i++)
        attribution_count_events(self->partitions[i], &counts);
    return counts;
}

static void on_save(void *context, struct stream *stream, struct snapshot_draft *draft)
{
    struct evattr *self = context;
    struct text_buffer *lines = snapshot_draft_lines(draft);
    struct attribution_counts counts = event_counts(self);
    (void)stream;
    line_add_natural(lines, "{\"kind\":\"tool\",\"touches\":", counts.touches);
    line_add_natural(lines, ",\"conversions\":", counts.conversions);
    line_add_natural(lines, ",\"emitted\":", counts.emitted);
    line_add_natural(lines, ",\"updated\":", counts.updated);
    line_add_natural(lines, ",\"attributed\":", counts.attributed);
    line_add_natural(lines, ",\"unattributed\":", counts.unattributed);
    line_add_boolean(lines, ",\"seen_touch\":", self->seen.touch);
    line_add_boolean(lines, ",\"seen_conversion\":", self->seen.conversion);
    line_add_boolean(lines, ",\"seen_key\":", self->seen.key);
    text_buffer_add_text(lines, "}\n");
    attribution_state_save(&self->state, self->partitions, self->partition_count, draft);
}

static bool take_tool(void *context, const char *line, size_t length, struct error_text *error)
{
    struct evattr *self = context;
    struct attribution_counts counts = {0};
    struct line_fields fields;
    (void)error;
    if (!line_fields_begin_kind(&fields, line, length, "tool") ||
        !line_fields_natural(&fields, "touches", &counts.touches) ||
        !line_fields_natural(&fields, "conversions", &counts.conversions) ||
        !line_fields_natural(&fields, "emitted", &counts.emitted) ||
        !line_fields_natural(&fields, "updated", &counts.updated) ||
        !line_fields_natural(&fields, "attributed", &counts.attributed) ||
        !line_fields_natural(&fields, "unattributed", &counts.unattributed) ||
        !line_fields_boolean(&fields, "seen_touch", &self->seen.touch) ||
        !line_fields_boolean(&fields, "seen_conversion", &self->seen.conversion) ||
        !line_fields_boolean(&fields, "seen_key", &self->seen.key) || !line_fields_end(&fields))
        return false;
    attribution_restore_counts(attribution_of(self, 0), &counts);
    return true;
}

static bool on_restore(void *context, struct stream *stream, struct saved_snapshot *saved,
                       struct error_text *error)
{
    struct evattr *self = context;
    for (uint32_t i = 0; i < stream_partitions(stream); i++)
        attribution_advance(attribution_of(self, i), stream_watermark(stream, i));
    return saved_snapshot_manifest(saved, "tool", take_tool, self, error) &&
           attribution_state_restore(self->partitions, self->partition_count, saved, error);
}

static uint64_t count_open(void *context)
{
    const struct evattr *self = context;
    uint64_t open = 0;
    for (size_t i = 0; i < self->partition_count; i++)
        open += attribution_open(self->partitions[i]);
    return open;
}

static void count(void *context, struct text_buffer *out)
{
    const struct evattr *self = context;
    struct attribution_counts counts = {0};
    for (size_t i = 0; i < self->partition_count; i++)
        attribution_count(self->partitions[i], &counts);
    text_buffer_add_format(
        out,
        ",\"touches\":%" PRIu64 ",\"conversions\":%" PRIu64 ",\"emitted\":%" PRIu64
        ",\"updated\":%" PRIu64 ",\"attributed\":%" PRIu64 ",\"unattributed\":%" PRIu64
        ",\"held_touches\":%" PRIu64 ",\"held_conversions\":%" PRIu64 ",\"state_bytes\":%" PRIu64
        ",\"spilled_bytes\":%" PRIu64,
        counts.touches, counts.conversions, counts.emitted, counts.updated, counts.attributed,
        counts.unattributed, counts.held_touches, counts.held_conversions, counts.bytes,
        memory_bound_spilled(self->bound));
}

static void explain(void *context, struct stream *stream, FILE *out)
{
    const struct evattr *self = context;
    (void)stream;
    attribution_rules_explain(&self->rules, self->settings.delay, self->durable, out);
}

static void free_all(struct evattr *self)
{
    for (size_t i = 0; i < self->partition_count; i++)
        attribution_free(self->partitions[i]);
    free(self->partitions);
    memory_bound_free(self->bound);
    attribution_state_free(&self->state);
    attribution_output_free(&self->output);
}

static int run(struct evattr *self, int operand_count, char **operands)
{
    int status;
    self->tool = (struct stream_tool){
        .command = &command,
        .settings = &self->settings,
        .self = self,
        .prepared_size = sizeof(struct roles),
        .needs_time = true,
        .on_start = on_start,
        .prepare = prepare,
        .on_record = on_record,
        .on_watermark = on_watermark,
        .on_end = on_end,
        .on_save = on_save,
        .on_restore = on_restore,
        .count_open = count_open,
        .explain = explain,
        .count = count,
    };
    status = stream_run(&self->tool, operand_count, operands);
    free_all(self);
    return status;
}

int main(int argc, char **argv)
{
    int first;
    evattr.settings = stream_settings_default;
    evattr.own = attribution_settings_default;
    first = options_parse(&command, argc, argv);
    evattr.rules = attribution_settings_rules(&evattr.own, &command);
    return run(&evattr, argc - first, argv + first);
}
