#include "cli/diagnostics.h"
#include "cli/options.h"
#include "generate/generator.h"
#include "stream/signals.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct generate_settings settings;
static const struct option_set sets[] = {{generate_rows, &settings}};

static const struct command command = {
    .name = "evgen",
    .summary = "Makes a stream of synthetic ad events: requests (default), ads, shop, views",
    .synopsis = "evgen [OPTION]... [SCENARIO]",
    .examples = {{"Ten seconds of bursty requests and acknowledgements, live",
                  "evgen --mmpp | evjoin --timeout 2m | evlatency"},
                 {"A million ad events, always the same, as fast as they can be written",
                  "evgen --speed max --count 1000000 --seed 7 ads"}},
    .sets = sets,
    .set_count = sizeof sets / sizeof *sets,
};

/* What follows --mmpp with a blank between is no part of it, and read as a scenario. */
static const char *hint_of(const char *name)
{
    bool numbers = name[0] != '\0' && strspn(name, "0123456789.,") == strlen(name);
    return numbers && settings.shape.kind == ARRIVAL_MMPP ? "; --mmpp takes its numbers behind ="
                                                          : "";
}

static void refuse_scenario(const char *name)
{
    char known[256];
    size_t length = 0;
    for (size_t i = 0; scenarios[i] != NULL; i++)
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", i ? ", " : "",
                                   scenarios[i]->name);
    usage_error(&command, "there is no scenario '%s' (%s)%s", name, known, hint_of(name));
}

static const struct scenario *choose_scenario(int operands, char **names)
{
    for (int i = 0; i < operands; i++)
        if (scenario_find(names[i]) == NULL)
            refuse_scenario(names[i]);
    if (operands > 1)
        usage_error(&command, "one scenario at a time, not also '%s'", names[1]);
    return operands > 0 ? scenario_find(names[0]) : scenarios[0];
}

int main(int argc, char **argv)
{
    struct generator generator;
    struct error_text error;
    enum exit_status status;
    int reason;
    settings = generate_settings_default;
    int first = options_parse(&command, argc, argv);
    const struct scenario *scenario = choose_scenario(argc - first, argv + first);
    if (scenario->table_rows > 0)
        generate_settings_for_table(&settings, scenario->table_rows);
    if (!generator_open(&generator, &settings, scenario, &error, &status)) {
        if (status == STATUS_USAGE)
            usage_error(&command, "%s", error.text);
        die(status, "%s", error.text);
    }
    signals_install();
    generator_run(&generator);
    if (settings.verbose)
        generator_tell(&generator);
    bool short_of_time = generator_ran_out(&generator);
    bool good = generator_close(&generator, &error, &reason);
    if (!good && reason == EPIPE)
        signals_die(SIGPIPE);
    if (!good)
        die(STATUS_IO, "%s", error.text);
    if (signals_end() != 0)
        signals_die(signals_end());
    if (short_of_time)
        die(STATUS_REJECTED,
            "%" PRIu64 " of --count %" PRIu64 " records written: event times end with 2262-01-01",
            generator.counts.records, settings.count);
    return STATUS_OK;
}
