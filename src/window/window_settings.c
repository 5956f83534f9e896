#include "window/window_settings.h"

#include "time/duration.h"

#include <stddef.h>

static const char *const emission_words[] = {"final", "update", NULL};
static const char *const ties_words[] = {"all", "first", NULL};

const struct window_settings window_settings_default = {
    .window = {.session = -1}, .emit = {emission_words, EMIT_FINAL}, .ties = {ties_words, -1}};

static bool store_signed(void *target, const char *argument, struct error_text *error)
{
    return duration_parse_signed(argument, target, error);
}

const struct option_row window_option_rows[] = {
    {"window", 'w', "SIZE[/SLIDE]", "windows of SIZE, one every SLIDE", "all input", GROUP_COMMON,
     store_text, offsetof(struct window_settings, window.window), OPTION_ONCE},
    {"by", 'b', "LIST", "a result for each value of these, and with them", NULL, GROUP_COMMON,
     store_text, offsetof(struct window_settings, by), OPTION_ONCE},
    {"agg", 'a', "LIST", "what is calculated: NAME=EXPR,... with count(), sum(E), ...", NULL,
     GROUP_COMMON, store_text, offsetof(struct window_settings, aggregates), OPTION_ONCE},
    {"cumulate", 0, "SIZE/STEP", "windows that grow by STEP until they have SIZE", NULL, GROUP_TOOL,
     store_text, offsetof(struct window_settings, window.cumulate), OPTION_ONCE},
    {"session", 0, "GAP", "windows of records that follow each other within GAP", NULL, GROUP_TOOL,
     duration_store, offsetof(struct window_settings, window.session), OPTION_ONCE},
    {"max-session", 0, "DURATION", "longest time from a session's first to last record", NULL,
     GROUP_TOOL, duration_store_positive, offsetof(struct window_settings, window.max_session),
     OPTION_ONCE},
    {"offset", 0, "DURATION", "where windows begin, from 1970-01-01T00:00:00Z", "0", GROUP_TOOL,
     store_signed, offsetof(struct window_settings, window.offset), OPTION_ONCE},
    {"tz", 0, "ZONE", "windows follow the clock of this zone", NULL, GROUP_TOOL, store_text,
     offsetof(struct window_settings, window.zone), OPTION_ONCE},
    {"emit", 0, "final|update", "results when they are final, or whenever they change", "final",
     GROUP_TOOL, store_choice, offsetof(struct window_settings, emit), OPTION_ONCE},
    {"every", 0, "DURATION", "with --emit update: at most one update in this much event time", NULL,
     GROUP_TOOL, duration_store, offsetof(struct window_settings, every), OPTION_NEUTRAL},
    {"lateness", 0, "DURATION", "how long a closed window can still be corrected", "0", GROUP_TOOL,
     duration_store, offsetof(struct window_settings, window.lateness), OPTION_ONCE},
    {"top", 0, "N", "only the N best results of each window", NULL, GROUP_TOOL, store_positive,
     offsetof(struct window_settings, top), OPTION_ONCE},
    {"rank", 0, "EXPR", "what makes a result better, the more the better", "first of --agg",
     GROUP_TOOL, store_text, offsetof(struct window_settings, rank), OPTION_ONCE},
    {"ties", 0, "all|first", "results as good as the N-th: all of them, or the first by key", "all",
     GROUP_TOOL, store_choice, offsetof(struct window_settings, ties), OPTION_ONCE},
    {"each", 0, NULL, "the records of each window, with its results in them", NULL, GROUP_TOOL,
     store_flag, offsetof(struct window_settings, each), OPTION_ONCE},
    {0},
};

/* Combinations that mean nothing, each with its reason. */
struct refusal {
    bool (*applies)(const struct window_settings *settings, const struct window_plan *plan);
    const char *reason;
};

static bool misses_aggregates(const struct window_settings *settings,
                              const struct window_plan *plan)
{
    (void)plan;
    return settings->aggregates == NULL && !settings->each;
}

static bool every_without_update(const struct window_settings *settings,
                                 const struct window_plan *plan)
{
    return settings->every > 0 && !plan->update;
}

static bool every_without_window(const struct window_settings *settings,
                                 const struct window_plan *plan)
{
    return settings->every > 0 && plan->spec.kind == WINDOW_WHOLE;
}

static bool ties_without_top(const struct window_settings *settings, const struct window_plan *plan)
{
    (void)plan;
    return settings->ties.selected >= 0 && settings->top == 0;
}

static bool rank_without_top(const struct window_settings *settings, const struct window_plan *plan)
{
    (void)plan;
    return settings->rank != NULL && settings->top == 0;
}

static bool top_of_revisions(const struct window_settings *settings, const struct window_plan *plan)
{
    return settings->top > 0 && window_plan_revised(plan);
}

static bool top_of_sessions(const struct window_settings *settings, const struct window_plan *plan)
{
    return settings->top > 0 && plan->spec.kind == WINDOW_SESSION;
}

static bool top_without_rank(const struct window_settings *settings, const struct window_plan *plan)
{
    (void)plan;
    return settings->top > 0 && settings->rank == NULL && settings->aggregates == NULL;
}

static bool each_of_revisions(const struct window_settings *settings,
                              const struct window_plan *plan)
{
    return settings->each && window_plan_revised(plan);
}

static bool each_and_top(const struct window_settings *settings, const struct window_plan *plan)
{
    (void)plan;
    return settings->each && settings->top > 0;
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

const char *window_settings_refusal(const struct window_settings *settings,
                                    const struct window_plan *plan)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].applies(settings, plan))
            return refusals[i].reason;
    return NULL;
}
