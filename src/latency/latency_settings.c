#include "latency/latency_settings.h"

#include "time/duration.h"

#include <stddef.h>
#include <string.h>

const struct latency_settings latency_settings_default = {
    .from = ".event_time_ns",
    .to = "now",
    .format = {report_format_names, 0},
};

const struct option_row latency_rows[] = {
    {"by", 'b', "LIST", "one report line per value of these", NULL, GROUP_COMMON, store_text,
     offsetof(struct latency_settings, by), OPTION_ONCE},
    {"window", 'w', "DURATION", "one report line per window of this size", NULL, GROUP_COMMON,
     duration_store_positive, offsetof(struct latency_settings, window), OPTION_ONCE},
    {"out", 'o', "FILE", "the report goes here", "stdout", GROUP_COMMON, store_text,
     offsetof(struct latency_settings, out), OPTION_NEUTRAL},
    {"from", 0, "EXPR[:UNIT]", "source time", ".event_time_ns", GROUP_TOOL, store_text,
     offsetof(struct latency_settings, from), OPTION_ONCE},
    {"to", 0, "now|EXPR[:UNIT]", "sink time; now: when the record was read", "now", GROUP_TOOL,
     store_text, offsetof(struct latency_settings, to), OPTION_ONCE},
    {"stats", 0, "LIST", "of avg min max stddev count negative pN", "avg,p50,p90,p99,max",
     GROUP_TOOL, latency_statistics_store, offsetof(struct latency_settings, statistics),
     OPTION_NEUTRAL},
    {"format", 0, "FORMAT", "text, json, csv, hgrm, svg or html", "text", GROUP_TOOL, store_choice,
     offsetof(struct latency_settings, format), OPTION_NEUTRAL},
    {"assert", 0, "CONDITION", "p99<50ms, or p99<1.1x of --compare: status 1 if false", NULL,
     GROUP_TOOL, store_text_list, offsetof(struct latency_settings, asserted),
     OPTION_REPEATABLE | OPTION_NEUTRAL},
    {"compare", 0, NULL, "the operands are two saved json reports", NULL, GROUP_TOOL, store_flag,
     offsetof(struct latency_settings, compare), OPTION_ONCE},
    {"names", 0, "A,B", "names of the two runs compared", "their files'", GROUP_TOOL, store_text,
     offsetof(struct latency_settings, names), OPTION_NEUTRAL},
    {"pass", 0, NULL, "copies its input to stdout, the report goes to stderr", NULL, GROUP_TOOL,
     store_flag, offsetof(struct latency_settings, pass), OPTION_NEUTRAL},
    {"warmup", 0, "DURATION", "leaves out the start, by source time", "0", GROUP_TOOL,
     duration_store, offsetof(struct latency_settings, warmup), OPTION_ONCE},
    {"every", 0, "DURATION", "reports on each interval while it runs", NULL, GROUP_TOOL,
     duration_store_positive, offsetof(struct latency_settings, every), OPTION_NEUTRAL},
    {"cumulative", 0, NULL, "--every reports on all since the start", NULL, GROUP_TOOL, store_flag,
     offsetof(struct latency_settings, cumulative), OPTION_NEUTRAL},
    {0},
};

const struct report_format *latency_settings_format(const struct latency_settings *settings)
{
    return &report_formats[settings->format.selected];
}

static bool check_run(const struct latency_settings *settings, int operand_count,
                      struct error_text *error)
{
    if (settings->names != NULL)
        return refuse(error, "--names goes with --compare");
    if (settings->every > 0 && latency_settings_format(settings)->write_interval == NULL)
        return refuse(error, "--every goes with --format text, json or csv");
    if (settings->cumulative && settings->every == 0)
        return refuse(error, "--cumulative goes with --every");
    if (settings->pass && operand_count > 1)
        return refuse(error, "--pass copies one input, not %d", operand_count);
    return true;
}

static bool check_comparison(const struct latency_settings *settings, int operand_count,
                             struct error_text *error)
{
    const char *comma = settings->names == NULL ? NULL : strchr(settings->names, ',');
    if (operand_count != 2)
        return refuse(error, "--compare takes two saved json reports");
    if (latency_settings_format(settings)->write_comparison == NULL)
        return refuse(error, "--compare goes with --format text, svg or html");
    if (settings->names != NULL &&
        (comma == NULL || comma == settings->names || comma[1] == '\0' || strchr(comma + 1, ',')))
        return refuse(error, "--names: '%s' is not A,B", settings->names);
    if (settings->by != NULL || settings->window > 0 || settings->warmup > 0 ||
        settings->every > 0 || settings->pass)
        return refuse(error, "--compare reads reports, not records: "
                             "-b, -w, --warmup, --every and --pass have no place");
    return true;
}

static bool parse_assertions(struct latency_settings *settings, struct error_text *error)
{
    settings->assertions = allocate_zeroed(settings->asserted.count + 1,
                                           sizeof *settings->assertions);
    for (size_t i = 0; i < settings->asserted.count; i++) {
        struct latency_assertion *assertion = &settings->assertions[i];
        struct error_text reason;
        if (!latency_assertion_parse(settings->asserted.texts[i], assertion, &reason))
            return refuse(error, "--assert: %.200s", reason.text);
        if (assertion->ratio && !settings->compare)
            return refuse(error, "--assert: '%s' is a ratio: it goes with --compare",
                          assertion->text);
        if (!assertion->ratio && settings->compare)
            return refuse(error, "--assert: '%s' is no ratio such as p99<1.1x: --compare needs one",
                          assertion->text);
    }
    return true;
}

bool latency_settings_check(struct latency_settings *settings, int operand_count,
                            struct error_text *error)
{
    bool fine = settings->compare ? check_comparison(settings, operand_count, error)
                                  : check_run(settings, operand_count, error);
    if (settings->statistics.count == 0)
        latency_statistics_parse(settings->compare ? "avg,p50,p90,p99" : "avg,p50,p90,p99,max",
                                 &settings->statistics, NULL);
    return fine && parse_assertions(settings, error);
}
