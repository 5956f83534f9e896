#include "stream/stream.h"
#include "window/aggregate_list.h"
#include "window/group_list.h"
#include "window/result_writer.h"
#include "window/top_results.h"
#include "window/window_explain.h"
#include "window/window_settings.h"
#include "window/window_snapshots.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What is noted of a record before its turn. */
struct prepared {
    uint32_t number;   /* of the key, UINT32_MAX = not known: then there is a key */
    uint32_t removals; /* the number holds as long as this stays */
    struct json_key key;
    const struct json_slice *texts; /* of the key's values */
    struct aggregate_argument arguments[];
};

struct window_tool {
    struct window_settings settings;
    struct group_list groups;
    struct aggregate_list list;
    struct window_plan plan;
    struct result_writer writer;
    struct top_results best;
    struct text_buffer row;
    struct window_states states; /* by partition */
    struct window_snapshots snapshots;
    size_t final_slot;     /* of .final */
    uint64_t between;      /* records that belong to no window */
    struct stream *stream; /* of the callback at hand */
    struct stream_tool filter;
};

static struct stream_settings settings;
static struct window_tool tool;

static const struct option_set sets[] = {
    {window_option_rows, &tool.settings}, {stream_time_rows, &settings},
    {stream_input_rows, &settings},       {stream_output_rows, &settings},
    {stream_report_rows, &settings},      {stream_state_rows, &settings},
};

static const struct command command = {
    .name = "evwindow",
    .summary = "Aggregates records over windows of event time",
    .synopsis = "evwindow [-w WINDOW] [-b LIST] -a LIST [OPTION]... [FILE]...",
    .examples =
        {{"Click-through rate per campaign every ten seconds",
          "evwindow -w 10s -b .campaign_id -a 'n=count,ctr=count(.event_type==\"click\")/n'"},
         {"Records per type in a file, as sort | uniq -c would count them",
          "evwindow -b .event_type -a count events.ndjson"}},
    .sets = sets,
    .set_count = sizeof sets / sizeof *sets,
    .version_details = stream_version_details,
};

static const struct expression *compile(void *self, const char *text, struct error_text *error)
{
    (void)error;
    return stream_expression(self, "--agg", text);
}

static struct text_buffer *begin_record(void *self)
{
    const struct window_tool *window = self;
    return stream_record_begin(window->stream);
}

static void end_record(void *self)
{
    const struct window_tool *window = self;
    stream_record_end(window->stream, NULL);
}

static void write_result(void *self, const struct window_result *result)
{
    struct window_tool *window = self;
    result_writer_evaluate(&window->writer, result);
    result_writer_write(&window->writer, result, begin_record(window));
    end_record(window);
}

static void write_each(void *self, const struct window_result *result)
{
    struct window_tool *window = self;
    struct each_sink sink = {begin_record, end_record, window};
    result_writer_evaluate(&window->writer, result);
    result_writer_each(&window->writer, result, &sink);
}

static void rank_result(void *self, const struct window_result *result)
{
    struct window_tool *window = self;
    struct value rank;
    result_writer_evaluate(&window->writer, result);
    rank = result_writer_rank(&window->writer);
    window->row.length = 0;
    result_writer_write(&window->writer, result, &window->row);
    top_results_add(&window->best, value_slice(&rank, &window->writer.scratch), window->row.bytes,
                    window->row.length);
}

static void write_best(void *self)
{
    struct window_tool *window = self;
    top_results_settle(&window->best);
    for (size_t i = 0; i < window->best.count; i++) {
        text_buffer_add(begin_record(window), window->best.rows[i].text,
                        window->best.rows[i].length);
        end_record(window);
    }
    top_results_clear(&window->best);
}

static struct window_sink choose_sink(struct window_tool *window)
{
    if (window->settings.each)
        return (struct window_sink){write_each, NULL, window};
    if (window->settings.top > 0)
        return (struct window_sink){rank_result, write_best, window};
    return (struct window_sink){write_result, NULL, window};
}

static void make_plan(struct window_tool *window)
{
    struct error_text error;
    if (!window_spec_make(&window->plan.spec, &window->settings.window, &error))
        usage_error(&command, "%s", error.text);
    window->plan.update = window->settings.emit.selected == EMIT_UPDATE;
    window->plan.every = window->settings.every;
    window->plan.aggregates = &window->list.calls;
    window->plan.groups = &window->groups;
    window->plan.sink = choose_sink(window);
    window->states.plan = &window->plan;
    window_snapshots_init(&window->snapshots, &window->plan);
    top_results_init(&window->best, window->settings.top,
                     window->settings.ties.selected != TIES_FIRST);
}

/* Results have these members anyway. */
static void check_by(const struct expression_list *by)
{
    for (size_t i = 0; by != NULL && i < by->count; i++)
        if (aggregate_name_reserved(by->items[i].name))
            usage_error(&command, "--by: the name %s is taken: results have it anyway",
                        by->items[i].name);
}

static void refuse_nonsense(const struct window_tool *window)
{
    const char *reason = window_settings_refusal(&window->settings, &window->plan);
    if (reason != NULL)
        usage_error(&command, "%s", reason);
    if (window_spec_gaps(&window->plan.spec))
        warn("--window %s: records between windows are left out", window->settings.window.window);
}

static void start(void *self, struct stream *stream)
{
    struct window_tool *window = self;
    struct aggregate_compiler compiler = {compile, stream};
    struct aggregate_request request = {
        .text = window->settings.aggregates,
        .rank = window->settings.rank,
        .records = window->settings.each,
        .tables = stream_tables(stream),
    };
    const struct expression *final = stream_expression(stream, "input", ".final");
    struct error_text error;
    refuse_nonsense(window);
    window->plan.durable = stream_is_durable(stream);
    if (window->settings.by != NULL)
        request.by = stream_expression_list(stream, "--by", window->settings.by);
    check_by(request.by);
    if (!aggregate_list_parse(&window->list, &request, &compiler, &error))
        usage_error(&command, "--agg: %s", error.text);
    window->groups = group_list_make(request.by);
    expression_path_slot(final, &window->final_slot);
    stream_filters_by(stream, final);
    window->filter.prepared_size = sizeof(struct prepared) +
                                   window->list.calls.count * sizeof(struct aggregate_argument);
    result_writer_init(&window->writer, &window->plan, &window->groups, &window->list,
                       settings.time_format);
}

/* Where there are no partitions: the state that all records go to, once it is there. */
static struct window_state *only_state(const struct window_tool *window)
{
    return settings.partition == NULL && window->states.count == 1 ? window->states.items[0] : NULL;
}

static bool make_key(const struct window_tool *window, struct stream *stream,
                     const struct event *event, struct prepared *prepared, struct error_text *error)
{
    struct record_view view = event_view(event);
    prepared->number = UINT32_MAX;
    return group_list_key(&window->groups, &view, stream_scratch(stream), &prepared->key,
                          &prepared->texts, error);
}

/* What a group is where it is one path that stands in the record; absent otherwise. */
static struct json_slice plain_text(const struct window_tool *window, const struct event *event)
{
    return window->groups.plain ? event->line.slots[window->groups.slot]
                                : (struct json_slice){.kind = JSON_ABSENT};
}

/* A key that came lately is known by its text alone. */
static bool recall_key(const struct window_tool *window, const struct event *event,
                       struct prepared *prepared)
{
    struct window_state *state = only_state(window);
    struct json_slice text = plain_text(window, event);
    if (state == NULL || json_slice_absent(text))
        return false;
    prepared->texts = &event->line.slots[window->groups.slot];
    prepared->number = window_state_recall(state, text);
    prepared->removals = window_state_removals(state);
    return prepared->number != UINT32_MAX;
}

static bool prepare_key(const struct window_tool *window, struct stream *stream,
                        const struct event *event, struct prepared *prepared,
                        struct error_text *error)
{
    if (recall_key(window, event, prepared))
        return true;
    if (!make_key(window, stream, event, prepared, error))
        return false;
    if (only_state(window) != NULL)
        window_state_prefetch(only_state(window), prepared->key.hash);
    return true;
}

static enum verdict prepare(void *self, struct stream *stream, struct event *event,
                            const char **reason, struct error_text *error)
{
    const struct window_tool *window = self;
    struct prepared *prepared = event->prepared;
    struct record_view view = event_view(event);
    (void)reason;
    if (event->line.slots[window->final_slot].kind == JSON_FALSE)
        return VERDICT_FILTERED;
    if (!prepare_key(window, stream, event, prepared, error) ||
        !aggregate_set_prepare(&window->list.calls, &view, event->line.slots[JSON_ROOT_SLOT],
                               stream_scratch(stream), prepared->arguments, error))
        return VERDICT_REJECTED;
    return VERDICT_USE;
}

static void take_record(void *self, struct stream *stream, struct event *event)
{
    struct window_tool *window = self;
    struct prepared *prepared = event->prepared;
    struct window_state *state = window_states_of(&window->states, event->partition);
    struct window_record record;
    int64_t late_by;
    window->stream = stream;
    if (event->time > WINDOW_TIME_LIMIT || event->time < -WINDOW_TIME_LIMIT) {
        stream_reject(stream, event, "time",
                      &(struct error_text){
                          "windows go from 1823-11-12T00:06:22Z to 2116-02-20T23:53:38Z only"});
        return;
    }
    /* The key may have been forgotten since; it was made before without an error. */
    if (prepared->number != UINT32_MAX && prepared->removals != window_state_removals(state))
        make_key(window, stream, event, prepared, NULL);
    record = (struct window_record){.number = prepared->number,
                                    .key = prepared->key,
                                    .texts = prepared->texts,
                                    .text = plain_text(window, event),
                                    .arguments = prepared->arguments,
                                    .time = event->time};
    switch (
        window_state_add(state, &record, stream_watermark(stream, event->partition), &late_by)) {
    case WINDOW_LATE:
        stream_late(stream, event, late_by, "late");
        break;
    case WINDOW_PARTLY_LATE:
        stream_partly_late(stream, event, late_by, "partly late");
        break;
    case WINDOW_NONE:
        window->between++;
        break;
    case WINDOW_PLACED:
        break;
    }
}

static void advance(void *self, struct stream *stream, uint32_t partition, int64_t watermark)
{
    struct window_tool *window = self;
    window->stream = stream;
    if (partition < window->states.count)
        window_state_advance(window->states.items[partition], watermark);
}

static bool prepare_save(void *self)
{
    struct window_tool *window = self;
    return window_snapshots_prepare(&window->snapshots, &window->states);
}

static void save(void *self, struct stream *stream, struct snapshot_draft *draft)
{
    struct window_tool *window = self;
    (void)stream;
    line_add_natural(snapshot_draft_lines(draft),
                     "{\"kind\":\"tool\",\"between\":", window->between);
    text_buffer_add_text(snapshot_draft_lines(draft), "}\n");
    window_snapshots_save(&window->snapshots, &window->states, draft);
}

static bool take_counts(void *context, const char *line, size_t length, struct error_text *error)
{
    struct window_tool *window = context;
    struct line_fields fields;
    (void)error;
    return line_fields_begin_kind(&fields, line, length, "tool") &&
           line_fields_natural(&fields, "between", &window->between) && line_fields_end(&fields);
}

static int64_t watermark_of(void *context, uint32_t partition)
{
    return stream_watermark(context, partition);
}

static bool restore(void *self, struct stream *stream, struct saved_snapshot *saved,
                    struct error_text *error)
{
    struct window_tool *window = self;
    struct window_watermarks watermarks = {watermark_of, stream, stream_partitions(stream)};
    return saved_snapshot_manifest(saved, "tool", take_counts, window, error) &&
           window_snapshots_restore(&window->snapshots, &window->states, &watermarks, saved, error);
}

static uint64_t count_open(void *self)
{
    const struct window_tool *window = self;
    uint64_t open = 0;
    for (uint32_t i = 0; i < window->states.count; i++)
        open += window_state_open(window->states.items[i]);
    return open;
}

static void explain(void *self, struct stream *stream, FILE *out)
{
    const struct window_tool *window = self;
    (void)stream;
    window_explain(&window->plan, &window->list, settings.delay, window->settings.each, out);
}

static void count(void *self, struct text_buffer *out)
{
    const struct window_tool *window = self;
    text_buffer_add_format(out, ",\"open\":%" PRIu64 ",\"between\":%" PRIu64, count_open(self),
                           window->between);
}

static void free_tool(struct window_tool *window)
{
    window_states_free(&window->states);
    window_snapshots_free(&window->snapshots);
    result_writer_free(&window->writer);
    aggregate_list_free(&window->list);
    window_spec_free(&window->plan.spec);
    top_results_free(&window->best);
    text_buffer_free(&window->row);
}

static const struct stream_tool filter = {
    .command = &command,
    .settings = &settings,
    .self = &tool,
    .values_suffice = true,
    .on_start = start,
    .prepare = prepare,
    .on_record = take_record,
    .on_watermark = advance,
    .on_prepare_save = prepare_save,
    .on_save = save,
    .on_restore = restore,
    .count_open = count_open,
    .explain = explain,
    .count = count,
};

int main(int argc, char **argv)
{
    int first, status;
    settings = stream_settings_default;
    tool.settings = window_settings_default;
    first = options_parse(&command, argc, argv);
    make_plan(&tool);
    tool.filter = filter;
    tool.filter.needs_time = tool.plan.spec.kind != WINDOW_WHOLE;
    status = stream_run(&tool.filter, argc - first, argv + first);
    free_tool(&tool);
    return status;
}
