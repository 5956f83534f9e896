#include "stream/stream.h"
#include "time/duration.h"
#include "window/aggregate_list.h"
#include "window/group_list.h"
#include "window/result_writer.h"
#include "window/window_state.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum emission { EMIT_FINAL, EMIT_UPDATE };

static const char *const emission_words[] = {"final", "update", NULL};

/* What is noted of a record before its turn. */
struct prepared {
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
    struct group_list groups;
    struct aggregate_list list;
    struct window_plan plan;
    struct result_writer writer;
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
    {"window", 'w', "SIZE[/SLIDE]", "windows of fixed size, each SLIDE later than the one before",
     "all input", GROUP_COMMON, store_text, offsetof(struct window_tool, window.window), false},
    {"by", 'b', "LIST", "a result for each value of these, and with them", NULL, GROUP_COMMON,
     store_text, offsetof(struct window_tool, by), false},
    {"agg", 'a', "LIST", "what is calculated: NAME=EXPR,... with count(), sum(E), ...", NULL,
     GROUP_COMMON, store_text, offsetof(struct window_tool, aggregates), false},
    {"cumulate", 0, "SIZE/STEP", "windows that grow by STEP until they have SIZE", NULL, GROUP_TOOL,
     store_text, offsetof(struct window_tool, window.cumulate), false},
    {"session", 0, "GAP", "windows of records that follow each other within GAP", NULL, GROUP_TOOL,
     duration_store, offsetof(struct window_tool, window.session), false},
    {"max-session", 0, "DURATION", "longest time from a session's first to last record", NULL,
     GROUP_TOOL, duration_store, offsetof(struct window_tool, window.max_session), false},
    {"offset", 0, "DURATION", "where windows begin, from 1970-01-01T00:00:00Z", "0", GROUP_TOOL,
     store_signed, offsetof(struct window_tool, window.offset), false},
    {"tz", 0, "ZONE", "windows of days follow this zone's calendar", NULL, GROUP_TOOL, store_text,
     offsetof(struct window_tool, window.zone), false},
    {"emit", 0, "final|update", "results when they are final, or whenever they change", "final",
     GROUP_TOOL, store_choice, offsetof(struct window_tool, emit), false},
    {"every", 0, "DURATION", "with --emit update: at most one update in this much event time", NULL,
     GROUP_TOOL, duration_store, offsetof(struct window_tool, every), false},
    {"lateness", 0, "DURATION", "how long a closed window can still be corrected", "0", GROUP_TOOL,
     duration_store, offsetof(struct window_tool, window.lateness), false},
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
    .examples = {{"Click-through rate per campaign every ten seconds",
                  "evwindow -w 10s -d 3s -b .campaign_id -a 'views=count(.event_type==\"view\"),"
                  "ctr=count(.event_type==\"click\")/views'"},
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

static void write_result(void *self, const struct window_result *result)
{
    struct window_tool *window = self;
    result_writer_evaluate(&window->writer, result);
    result_writer_write(&window->writer, result, stream_record_begin(window->stream));
    stream_record_end(window->stream, NULL);
}

static void make_plan(struct window_tool *window)
{
    struct error_text error;
    if (!window_spec_make(&window->plan.spec, &window->window, &error))
        usage_error(&command, "%s", error.text);
    window->plan.update = window->emit.selected == EMIT_UPDATE;
    window->plan.every = window->every;
    window->plan.aggregates = &window->list.calls;
    window->plan.groups = &window->groups;
    window->plan.sink = (struct window_sink){write_result, NULL, window};
    if (window->every > 0 && !window->plan.update)
        usage_error(&command, "--every: goes with --emit update");
    if (window->every > 0 && window->plan.spec.kind == WINDOW_WHOLE)
        usage_error(&command, "--every: counts event time, and there is no window");
    if (window_spec_gaps(&window->plan.spec))
        warn("--window %s: records between windows are left out", window->window.window);
}

static void start(void *self, struct stream *stream)
{
    struct window_tool *window = self;
    struct aggregate_compiler compiler = {compile, stream};
    const struct expression_list *by = NULL;
    const struct expression *final = stream_expression(stream, "input", ".final");
    struct error_text error;
    if (window->by != NULL)
        by = stream_expression_list(stream, "--by", window->by);
    if (!aggregate_list_parse(&window->list, window->aggregates, NULL, by, &compiler, &error))
        usage_error(&command, "--agg: %s", error.text);
    window->groups = group_list_make(by);
    expression_path_slot(final, &window->final_slot);
    stream_filters_by(stream, final);
    window->filter.prepared_size = sizeof(struct prepared) +
                                   window->list.calls.count * sizeof(struct aggregate_argument);
    result_writer_init(&window->writer, &window->plan, &window->groups, &window->list,
                       settings.time_format);
}

/* All partitions' states look up the same way; without partitions there is one. */
static void prefetch(const struct window_tool *window, const struct json_key *key)
{
    if (window->state_count == 1)
        window_state_prefetch(window->states[0], key->hash);
}

static enum verdict prepare(void *self, struct stream *stream, struct event *event,
                            const char **reason, struct error_text *error)
{
    struct window_tool *window = self;
    struct prepared *prepared = event->prepared;
    struct record_view view = event_view(event);
    struct scratch *scratch = stream_scratch(stream);
    (void)reason;
    if (event->line.slots[window->final_slot].kind == JSON_FALSE)
        return VERDICT_FILTERED;
    if (!group_list_key(&window->groups, &view, scratch, &prepared->key, &prepared->texts, error) ||
        !aggregate_set_prepare(&window->list.calls, &view, event->line.slots[JSON_ROOT_SLOT],
                               scratch, prepared->arguments, error))
        return VERDICT_REJECTED;
    prefetch(window, &prepared->key);
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
    const struct prepared *prepared = event->prepared;
    struct window_record record = {.key = prepared->key,
                                   .texts = prepared->texts,
                                   .arguments = prepared->arguments,
                                   .time = event->time};
    int64_t late_by;
    window->stream = stream;
    if (event->time > WINDOW_TIME_LIMIT || event->time < -WINDOW_TIME_LIMIT) {
        stream_reject(stream, event, "time", NULL);
        return;
    }
    switch (window_state_add(state_of(window, event->partition), &record,
                             stream_watermark(stream, event->partition), &late_by)) {
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

static void free_tool(struct window_tool *window)
{
    for (size_t i = 0; i < window->state_count; i++)
        window_state_free(window->states[i]);
    free(window->states);
    result_writer_free(&window->writer);
    aggregate_list_free(&window->list);
    window_spec_free(&window->plan.spec);
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
};

int main(int argc, char **argv)
{
    int first, status;
    settings = stream_settings_default;
    tool.emit = (struct choice){emission_words, EMIT_FINAL};
    tool.window.session = -1;
    first = options_parse(&command, argc, argv);
    if (tool.aggregates == NULL)
        usage_error(&command, "--agg: is missing: what is to be calculated, for instance -a count");
    make_plan(&tool);
    tool.filter = filter;
    tool.filter.needs_time = tool.plan.spec.kind != WINDOW_WHOLE;
    status = stream_run(&tool.filter, argc - first, argv + first);
    free_tool(&tool);
    return status;
}
