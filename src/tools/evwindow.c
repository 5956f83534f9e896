#include "stream/stream.h"
#include "time/duration.h"
#include "window/aggregate_list.h"
#include "window/group_list.h"
#include "window/result_writer.h"
#include "window/top_results.h"
#include "window/window_explain.h"
#include "window/window_state.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum emission { EMIT_FINAL, EMIT_UPDATE };
enum ties { TIES_ALL, TIES_FIRST }; /* -1: not given, all */

static const char *const emission_words[] = {"final", "update", NULL};
static const char *const ties_words[] = {"all", "first", NULL};

/* What is noted of a record before its turn. */
struct prepared {
    uint32_t number;   /* of the key, UINT32_MAX = not known: then there is a key */
    uint32_t removals; /* the number holds as long as this stays */
    struct json_key key;
    const struct json_slice *texts; /* of the key's values */
    struct aggregate_argument arguments[];
};

struct window_tool {
    const char *by;
    const char *aggregates;
    struct window_options window;
    struct choice emit;
    int64_t every;
    uint64_t top; /* 0 = all */
    const char *rank;
    struct choice ties;
    bool each;
    struct group_list groups;
    struct aggregate_list list;
    struct window_plan plan;
    struct result_writer writer;
    struct top_results best;
    struct text_buffer row;
    struct window_state **states; /* by partition */
    size_t state_count;
    size_t final_slot;     /* of .final */
    uint64_t between;      /* records that belong to no window */
    struct stream *stream; /* of the callback at hand */
    struct stream_tool filter;
};

static struct stream_settings settings;
static struct window_tool tool;

static bool store_signed(void *target, const char *argument, struct error_text *error)
{
    return duration_parse_signed(argument, target, error);
}

static const struct option_row window_rows[] = {
    {"window", 'w', "SIZE[/SLIDE]", "windows of SIZE, one every SLIDE", "all input", GROUP_COMMON,
     store_text, offsetof(struct window_tool, window.window), OPTION_ONCE},
    {"by", 'b', "LIST", "a result for each value of these, and with them", NULL, GROUP_COMMON,
     store_text, offsetof(struct window_tool, by), OPTION_ONCE},
    {"agg", 'a', "LIST", "what is calculated: NAME=EXPR,... with count(), sum(E), ...", NULL,
     GROUP_COMMON, store_text, offsetof(struct window_tool, aggregates), OPTION_ONCE},
    {"cumulate", 0, "SIZE/STEP", "windows that grow by STEP until they have SIZE", NULL, GROUP_TOOL,
     store_text, offsetof(struct window_tool, window.cumulate), OPTION_ONCE},
    {"session", 0, "GAP", "windows of records that follow each other within GAP", NULL, GROUP_TOOL,
     duration_store, offsetof(struct window_tool, window.session), OPTION_ONCE},
    {"max-session", 0, "DURATION", "longest time from a session's first to last record", NULL,
     GROUP_TOOL, duration_store_positive, offsetof(struct window_tool, window.max_session),
     OPTION_ONCE},
    {"offset", 0, "DURATION", "where windows begin, from 1970-01-01T00:00:00Z", "0", GROUP_TOOL,
     store_signed, offsetof(struct window_tool, window.offset), OPTION_ONCE},
    {"tz", 0, "ZONE", "windows follow the clock of this zone", NULL, GROUP_TOOL, store_text,
     offsetof(struct window_tool, window.zone), OPTION_ONCE},
    {"emit", 0, "final|update", "results when they are final, or whenever they change", "final",
     GROUP_TOOL, store_choice, offsetof(struct window_tool, emit), OPTION_ONCE},
    {"every", 0, "DURATION", "with --emit update: at most one update in this much event time", NULL,
     GROUP_TOOL, duration_store, offsetof(struct window_tool, every), OPTION_NEUTRAL},
    {"lateness", 0, "DURATION", "how long a closed window can still be corrected", "0", GROUP_TOOL,
     duration_store, offsetof(struct window_tool, window.lateness), OPTION_ONCE},
    {"top", 0, "N", "only the N best results of each window", NULL, GROUP_TOOL, store_positive,
     offsetof(struct window_tool, top), OPTION_ONCE},
    {"rank", 0, "EXPR", "what makes a result better, the more the better", "first of --agg",
     GROUP_TOOL, store_text, offsetof(struct window_tool, rank), OPTION_ONCE},
    {"ties", 0, "all|first", "results as good as the N-th: all of them, or the first by key", "all",
     GROUP_TOOL, store_choice, offsetof(struct window_tool, ties), OPTION_ONCE},
    {"each", 0, NULL, "the records of each window, with its results in them", NULL, GROUP_TOOL,
     store_flag, offsetof(struct window_tool, each), OPTION_ONCE},
    {0},
};

static const struct option_set sets[] = {
    {window_rows, &tool},
    {stream_time_rows, &settings},
    {stream_input_rows, &settings},
    {stream_output_rows, &settings},
    {stream_report_rows, &settings},
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
    if (window->each)
        return (struct window_sink){write_each, NULL, window};
    if (window->top > 0)
        return (struct window_sink){rank_result, write_best, window};
    return (struct window_sink){write_result, NULL, window};
}

/* Combinations that mean nothing, each with its reason. */
struct refusal {
    bool (*applies)(const struct window_tool *window);
    const char *reason;
};

static bool misses_aggregates(const struct window_tool *window)
{
    return window->aggregates == NULL && !window->each;
}

static bool every_without_update(const struct window_tool *window)
{
    return window->every > 0 && !window->plan.update;
}

static bool every_without_window(const struct window_tool *window)
{
    return window->every > 0 && window->plan.spec.kind == WINDOW_WHOLE;
}

static bool ties_without_top(const struct window_tool *window)
{
    return window->ties.selected >= 0 && window->top == 0;
}

static bool rank_without_top(const struct window_tool *window)
{
    return window->rank != NULL && window->top == 0;
}

static bool top_of_revisions(const struct window_tool *window)
{
    return window->top > 0 && window_plan_revised(&window->plan);
}

static bool top_of_sessions(const struct window_tool *window)
{
    return window->top > 0 && window->plan.spec.kind == WINDOW_SESSION;
}

static bool top_without_rank(const struct window_tool *window)
{
    return window->top > 0 && window->rank == NULL && window->aggregates == NULL;
}

static bool each_of_revisions(const struct window_tool *window)
{
    return window->each && window_plan_revised(&window->plan);
}

static bool each_and_top(const struct window_tool *window)
{
    return window->each && window->top > 0;
}

static const struct refusal refusals[] = {
    {misses_aggregates, "--agg: is missing: what is to be calculated, for instance -a count"},
    {every_without_update, "--every: spaces updates: it goes with --emit update"},
    {every_without_window, "--every: counts event time, and without a window none is read"},
    {rank_without_top, "--rank: there is no --top"},
    {ties_without_top, "--ties: there is no --top"},
    {top_of_revisions,
     "--top: the best are known when all results are final: not with --emit update or --lateness"},
    {top_of_sessions, "--top: every session is a window of its own"},
    {top_without_rank, "--top: nothing to rank by: --rank or --agg"},
    {each_of_revisions, "--each: records are written once: not with --emit update or --lateness"},
    {each_and_top, "--each: writes records, --top results: one of them"},
};

static void make_plan(struct window_tool *window)
{
    struct error_text error;
    if (!window_spec_make(&window->plan.spec, &window->window, &error))
        usage_error(&command, "%s", error.text);
    window->plan.update = window->emit.selected == EMIT_UPDATE;
    window->plan.every = window->every;
    window->plan.aggregates = &window->list.calls;
    window->plan.groups = &window->groups;
    window->plan.sink = choose_sink(window);
    top_results_init(&window->best, window->top, window->ties.selected != TIES_FIRST);
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
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].applies(window))
            usage_error(&command, "%s", refusals[i].reason);
    if (window_spec_gaps(&window->plan.spec))
        warn("--window %s: records between windows are left out", window->window.window);
}

static void start(void *self, struct stream *stream)
{
    struct window_tool *window = self;
    struct aggregate_compiler compiler = {compile, stream};
    struct aggregate_request request = {
        .text = window->aggregates,
        .rank = window->rank,
        .records = window->each,
        .tables = stream_tables(stream),
    };
    const struct expression *final = stream_expression(stream, "input", ".final");
    struct error_text error;
    refuse_nonsense(window);
    if (window->by != NULL)
        request.by = stream_expression_list(stream, "--by", window->by);
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
    return settings.partition == NULL && window->state_count == 1 ? window->states[0] : NULL;
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

static struct window_state *state_of(struct window_tool *window, uint32_t partition)
{
    if (partition >= window->state_count) {
        window->states = reallocate(window->states, (partition + 1) * sizeof *window->states);
        for (size_t i = window->state_count; i <= partition; i++)
            window->states[i] = window_state_new(&window->plan);
        window->state_count = partition + 1;
    }
    return window->states[partition];
}

static void take_record(void *self, struct stream *stream, struct event *event)
{
    struct window_tool *window = self;
    struct prepared *prepared = event->prepared;
    struct window_state *state = state_of(window, event->partition);
    struct window_record record;
    int64_t late_by;
    window->stream = stream;
    if (event->time > WINDOW_TIME_LIMIT || event->time < -WINDOW_TIME_LIMIT) {
        stream_reject(stream, event, "time", NULL);
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
    if (partition < window->state_count)
        window_state_advance(window->states[partition], watermark);
}

static uint64_t count_open(void *self)
{
    const struct window_tool *window = self;
    uint64_t open = 0;
    for (size_t i = 0; i < window->state_count; i++)
        open += window_state_open(window->states[i]);
    return open;
}

static void explain(void *self, struct stream *stream, FILE *out)
{
    const struct window_tool *window = self;
    (void)stream;
    window_explain(&window->plan, &window->list, settings.delay, window->each, out);
}

static void count(void *self, struct text_buffer *out)
{
    const struct window_tool *window = self;
    text_buffer_add_format(out, ",\"open\":%" PRIu64 ",\"between\":%" PRIu64, count_open(self),
                           window->between);
}

static void free_tool(struct window_tool *window)
{
    for (size_t i = 0; i < window->state_count; i++)
        window_state_free(window->states[i]);
    free(window->states);
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
    .on_start = start,
    .prepare = prepare,
    .on_record = take_record,
    .on_watermark = advance,
    .count_open = count_open,
    .explain = explain,
    .count = count,
};

int main(int argc, char **argv)
{
    int first, status;
    settings = stream_settings_default;
    tool.emit = (struct choice){emission_words, EMIT_FINAL};
    tool.ties = (struct choice){ties_words, -1};
    tool.window.session = -1;
    first = options_parse(&command, argc, argv);
    make_plan(&tool);
    tool.filter = filter;
    tool.filter.needs_time = tool.plan.spec.kind != WINDOW_WHOLE;
    status = stream_run(&tool.filter, argc - first, argv + first);
    free_tool(&tool);
    return status;
}
