#include "cli/diagnostics.h"
#include "cli/options.h"
#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"
#include "stream/side_file.h"
#include "stream/stream.h"
#include "time/timestamp.h"
#include "time/watermark.h"
#include "uniq/life_journal.h"
#include "uniq/recent_keys.h"
#include "uniq/saved_life.h"
#include "uniq/uniq_settings.h"

#include <inttypes.h>
#include <stdlib.h>

/* evuniq: each record whose key was not seen within a time before it. */

struct evuniq {
    struct stream_settings settings;
    struct uniq_settings own;
    struct recent_rules rules;
    const struct expression *key;
    struct recent_keys **partitions;
    size_t partition_count;
    struct side_file *repeats;
    struct life_journal journal; /* with --state */
    bool durable;
    uint64_t seed; /* of the keys' fingerprints */
    uint64_t keyless;
    bool keyed; /* a record with a key came */
    struct stream_tool tool;
};

static struct evuniq evuniq;

static const struct option_set sets[] = {
    {uniq_rows, &evuniq.own},
    {stream_time_rows, &evuniq.settings},
    {stream_input_rows, &evuniq.settings},
    {stream_output_rows, &evuniq.settings},
    {stream_state_rows, &evuniq.settings},
    {stream_report_rows, &evuniq.settings},
};

static const struct command command = {
    .name = "evuniq",
    .summary = "Writes each record whose key was not seen within some time before it",
    .synopsis = "evuniq -k EXPR --within DURATION [OPTION]... [FILE]...",
    .examples = {{"Clicks without those delivered twice within an hour",
                  "evuniq -k .click_id --within 1h -d 5m clicks.ndjson"},
                 {"One view per user and ad, until ten minutes have passed without",
                  "evuniq -k '[.user_id, .ad_id]' --within 10m --refresh views.ndjson"}},
    .sets = sets,
    .set_count = sizeof sets / sizeof *sets,
    .version_details = stream_version_details,
    .given = &evuniq.settings.given,
};

static void on_start(void *context, struct stream *stream)
{
    struct evuniq *self = context;
    self->key = stream_expression(stream, "--key", self->own.key);
    self->durable = stream_is_durable(stream);
    self->seed = json_key_seed();
    self->repeats = stream_side_file(stream, "--repeats", self->own.repeats);
}

static enum verdict prepare(void *context, struct stream *stream, struct event *event,
                            const char **reason, struct error_text *error)
{
    struct evuniq *self = context;
    struct marked_key *key = event->prepared;
    struct record_view view = event_view(event);
    struct scratch *scratch = stream_scratch(stream);
    struct value value;
    if (!expression_evaluate(self->key, &view, scratch, &value, error))
        return VERDICT_REJECTED;
    if (!value_key(&value, scratch, &key->key)) {
        *reason = "key";
        refuse(error, "%s is an object, or holds one: not a key", expression_text(self->key));
        return VERDICT_REJECTED;
    }
    key->mark = json_key_fingerprint(&key->key, self->seed);
    if (self->partition_count == 1)
        recent_keys_prefetch(self->partitions[0], &key->mark);
    return VERDICT_USE;
}

/* A partition has keys of its own. */
static struct recent_keys *keys_of(struct evuniq *self, uint32_t partition)
{
    if (partition >= self->partition_count) {
        self->partitions = reallocate(self->partitions,
                                      (partition + 1) * sizeof(struct recent_keys *));
        for (; self->partition_count <= partition; self->partition_count++) {
            struct recent_keys *keys = recent_keys_new(&self->rules);
            if (self->durable)
                recent_keys_note_changes(keys, &self->journal, (uint32_t)self->partition_count);
            self->partitions[self->partition_count] = keys;
        }
    }
    return self->partitions[partition];
}

static void write_record(struct stream *stream, const struct event *event)
{
    struct json_slice record = event->line.slots[JSON_ROOT_SLOT];
    text_buffer_add(stream_record_begin(stream), record.text, record.length);
    stream_record_end(stream, event);
}

static void drop_repeat(const struct evuniq *self, struct stream *stream, const struct event *event)
{
    struct json_slice record = event->line.slots[JSON_ROOT_SLOT];
    struct text_buffer *out = side_file_begin(self->repeats);
    stream_duplicate(stream, event);
    if (out == NULL)
        return;
    text_buffer_add(out, record.text, record.length);
    side_file_end(self->repeats);
}

static void on_record(void *context, struct stream *stream, struct event *event)
{
    struct evuniq *self = context;
    const struct marked_key *key = event->prepared;
    struct recent_keys *keys = keys_of(self, event->partition);
    int64_t watermark = stream_watermark(stream, event->partition);
    bool keyless = key->key.kind == JSON_NULL;
    self->keyed |= !keyless;
    if (!keyless && recent_keys_repeated(keys, key, event->time)) {
        drop_repeat(self, stream, event);
        return;
    }
    if (!keyless && event->time < watermark) {
        stream_late(stream, event, time_subtract(watermark, event->time), "late record");
        return;
    }
    if (keyless)
        self->keyless++;
    else
        recent_keys_add(keys, key, event->time);
    write_record(stream, event);
}

static void on_watermark(void *context, struct stream *stream, uint32_t partition,
                         int64_t watermark)
{
    (void)stream;
    recent_keys_advance(keys_of(context, partition), watermark);
}

/* Lives that began or grew since the last save; a segment whose last life is over is dropped. */
static void on_save(void *context, struct stream *stream, struct snapshot_draft *draft)
{
    struct evuniq *self = context;
    struct text_buffer *lines = snapshot_draft_lines(draft);
    int64_t lowest = WATERMARK_END;
    for (uint32_t i = 0; i < stream_partitions(stream); i++)
        if (stream_watermark(stream, i) < lowest)
            lowest = stream_watermark(stream, i);
    line_add_hexadecimal(lines, "{\"kind\":\"tool\",\"seed\":", self->seed);
    line_add_natural(lines, ",\"keyless\":", self->keyless);
    text_buffer_add_text(lines, "}\n");
    snapshot_draft_keep(draft, "lives", time_add(time_subtract(lowest, self->rules.within), 1));
    life_journal_save(&self->journal, draft, "lives");
}

static bool take_tool(void *context, const char *line, size_t length, struct error_text *error)
{
    struct evuniq *self = context;
    struct line_fields fields;
    (void)error;
    return line_fields_begin_kind(&fields, line, length, "tool") &&
           line_fields_hexadecimal(&fields, "seed", &self->seed) &&
           line_fields_natural(&fields, "keyless", &self->keyless) && line_fields_end(&fields);
}

static bool parse_life(const void *context, const char *line, size_t length,
                       struct scratch *scratch, void *row)
{
    const struct evuniq *self = context;
    struct saved_life *life = row;
    if (!saved_life_read(life, line, length, self->rules.exact, scratch) ||
        life->partition >= self->partition_count)
        return false;
    if (self->rules.exact)
        life->key.mark = json_key_fingerprint(&life->key.key, self->seed);
    return true;
}

static size_t take_lives(void *context, const void *rows, size_t count)
{
    enum { NEAR = 12, FAR = 24 };
    const struct evuniq *self = context;
    const struct saved_life *lives = rows;
    for (size_t i = 0; i < count; i++) {
        const struct saved_life *life = &lives[i];
        if (i + FAR < count)
            recent_keys_prefetch_page(self->partitions[life[FAR].partition], &life[FAR].key.mark);
        if (i + NEAR < count)
            recent_keys_prefetch(self->partitions[life[NEAR].partition], &life[NEAR].key.mark);
        recent_keys_restore(self->partitions[life->partition], &life->key, life->first, life->last);
    }
    return count;
}

static bool on_restore(void *context, struct stream *stream, struct saved_snapshot *saved,
                       struct error_text *error)
{
    struct evuniq *self = context;
    const struct row_taker taker = {
        .format = {.size = sizeof(struct saved_life), .parse = parse_life, .context = self},
        .take = take_lives,
        .context = self};
    for (uint32_t i = 0; i < stream_partitions(stream); i++)
        recent_keys_advance(keys_of(self, i), stream_watermark(stream, i));
    if (self->partition_count == 1)
        recent_keys_expect(self->partitions[0], saved_snapshot_row_count(saved, "lives"));
    return saved_snapshot_manifest(saved, "tool", take_tool, self, error) &&
           saved_snapshot_rows(saved, "lives", &taker, error);
}

/* A wrong name in the key makes no error, only no repeats. Of a run that goes on where another one
   left off that cannot be said. */
static void on_end(void *context, struct stream *stream, int signal)
{
    const struct evuniq *self = context;
    (void)signal;
    if (self->keyless > 0 && !self->keyed && !stream_is_durable(stream))
        warn("no record had a key, so none was dropped: %s", expression_text(self->key));
}

static void count(void *context, struct text_buffer *out)
{
    const struct evuniq *self = context;
    uint64_t held = 0, bytes = 0;
    for (size_t i = 0; i < self->partition_count; i++) {
        held += recent_keys_count(self->partitions[i]);
        bytes += recent_keys_bytes(self->partitions[i]);
    }
    text_buffer_add_format(
        out, ",\"keyless\":%" PRIu64 ",\"held_keys\":%" PRIu64 ",\"state_bytes\":%" PRIu64,
        self->keyless, held, bytes);
}

static void explain(void *context, struct stream *stream, FILE *out)
{
    const struct evuniq *self = context;
    (void)stream;
    uniq_rules_explain(&self->rules, out);
}

static void free_all(struct evuniq *self)
{
    for (size_t i = 0; i < self->partition_count; i++)
        recent_keys_free(self->partitions[i]);
    free(self->partitions);
    life_journal_free(&self->journal);
}

int main(int argc, char **argv)
{
    struct evuniq *self = &evuniq;
    int first, status;
    self->settings = stream_settings_default;
    first = options_parse(&command, argc, argv);
    self->rules = uniq_settings_rules(&self->own, &command);
    self->tool = (struct stream_tool){
        .command = &command,
        .settings = &self->settings,
        .self = self,
        .prepared_size = sizeof(struct marked_key),
        .needs_time = true,
        .on_start = on_start,
        .prepare = prepare,
        .on_record = on_record,
        .on_watermark = on_watermark,
        .on_save = on_save,
        .on_restore = on_restore,
        .on_end = on_end,
        .explain = explain,
        .count = count,
    };
    status = stream_run(&self->tool, argc - first, argv + first);
    free_all(self);
    return status;
}
