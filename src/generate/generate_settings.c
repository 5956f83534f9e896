#include "generate/generate_settings.h"

#include "time/duration.h"
#include "time/timestamp.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

static const char *const envelopes[] = {"none", "kcat", NULL};

const struct generate_settings generate_settings_default = {
    .shape = {.kind = ARRIVAL_POISSON, .ratio = 3, .q12 = 1, .q21 = 1},
    .rate = 1000,
    .count = UINT64_MAX,
    .duration = -1,
    .speed = {.factor = 1},
    .start = INT64_MIN,
    .align = 10 * NS_PER_SECOND,
    .late_by = 10 * NS_PER_SECOND,
    .scenario = {.users = UINT64_MAX, .ads = UINT64_MAX, .campaigns = UINT64_MAX, .zipf = -1},
    .envelope = {.words = envelopes},
};

static bool skew_store(void *target, const char *argument, struct error_text *error)
{
    char *end;
    double skew = *argument >= '.' && *argument <= '9' ? strtod(argument, &end) : -1;
    if (!(skew >= 0 && skew <= 10) || *end != '\0')
        return refuse(error, "'%s' is not a skew from 0 to 10 (1.1)", argument);
    *(double *)target = skew;
    return true;
}

static bool delay_range_store(void *target, const char *argument, struct error_text *error)
{
    struct time_range range = {0};
    if (!time_range_parse(argument, BARE_FORWARD, &range, error))
        return false;
    if (range.lower > range.upper || range.lower <= -DURATION_MAX / 4 ||
        range.upper >= DURATION_MAX / 4)
        return refuse(error, "'%s' is not a bounded range of delays (0..5s)", argument);
    range.given = true;
    *(struct time_range *)target = range;
    return true;
}

#define AT(member) offsetof(struct generate_settings, member)

const struct option_row generate_rows[] = {
    {"out", 'o', "FILE", "write there instead of standard output", "-", GROUP_COMMON, store_text,
     AT(out), OPTION_NEUTRAL},
    {"verbose", 'v', NULL, "tell seed and counters at the end", NULL, GROUP_COMMON, store_flag,
     AT(verbose), OPTION_NEUTRAL},
    {"rate", 0, "N", "records per second, over all producers", "1000", GROUP_TOOL, rate_store,
     AT(rate), OPTION_ONCE},
    {"count", 0, "N", "end after N records", NULL, GROUP_TOOL, store_count, AT(count), OPTION_ONCE},
    {"duration", 0, "DURATION", "end after this much event time", "10s", GROUP_TOOL, duration_store,
     AT(duration), OPTION_ONCE},
    {"uniform", 0, NULL, "arrivals evenly spaced", NULL, GROUP_TOOL, arrival_store_uniform,
     AT(shape), OPTION_ONCE},
    {"poisson", 0, NULL, "arrivals at random", "yes", GROUP_TOOL, arrival_store_poisson, AT(shape),
     OPTION_ONCE},
    {"mmpp", 0, "[RATIO,Q12,Q21]", "arrivals at random, at two rates in turn", "3,1,1", GROUP_TOOL,
     arrival_store_mmpp, AT(shape), OPTION_ONCE},
    {"producers", 0, "N", "independent sources, named in producer_id", "1", GROUP_TOOL,
     store_positive, AT(producers), OPTION_ONCE},
    {"seed", 0, "N", "same options and seed, same records", "random", GROUP_TOOL, store_text,
     AT(seed), OPTION_ONCE},
    {"users", 0, "N", "number of users", "1000; ads: fresh", GROUP_TOOL, store_positive,
     AT(scenario.users), OPTION_ONCE},
    {"ads", 0, "N", "number of ads", "1000", GROUP_TOOL, store_positive, AT(scenario.ads),
     OPTION_ONCE},
    {"campaigns", 0, "N", "number of campaigns", "10", GROUP_TOOL, store_positive,
     AT(scenario.campaigns), OPTION_ONCE},
    {"zipf", 0, "SKEW", "popularity of ads and users falls by rank", "0", GROUP_TOOL, skew_store,
     AT(scenario.zipf), OPTION_ONCE},
    {"ad-types", 0, "LIST", "display, social, or names", "display", GROUP_TOOL, store_text,
     AT(scenario.ad_types), OPTION_ONCE},
    {"ack-delay", 0, "RANGE", "acknowledgement behind its request", "0..5s", GROUP_TOOL,
     delay_range_store, AT(scenario.ack_delay), OPTION_ONCE},
    {"share", 0, "LIST", "shares of event types, pairs and faults", NULL, GROUP_TOOL, share_store,
     AT(shares), OPTION_REPEATABLE},
    {"disorder", 0, "DURATION", "arrive up to this much behind event time", "0", GROUP_TIME,
     duration_store, AT(disorder), OPTION_ONCE},
    {"late-by", 0, "DURATION", "late records, behind the disorder", "10s", GROUP_TIME,
     duration_store, AT(late_by), OPTION_ONCE},
    {"speed", 0, "SPEED", "1x, 60x, max: event time against the clock", "1x", GROUP_TIME,
     send_speed_store, AT(speed), OPTION_ONCE},
    {"start", 0, "TIME", "event time starts there, aligned", "now; else 2024", GROUP_TIME,
     timestamp_store, AT(start), OPTION_ONCE},
    {"align", 0, "DURATION", "start and windows are multiples of it", "10s", GROUP_TIME,
     duration_store, AT(align), OPTION_ONCE},
    {"end-marker", 0, NULL, "an END record of each producer, last", NULL, GROUP_OUTPUT, store_flag,
     AT(end_marker), OPTION_ONCE},
    {"envelope", 0, "none|kcat", "lines as kcat -J prints them", "none", GROUP_OUTPUT, store_choice,
     AT(envelope), OPTION_ONCE},
    {"partitions", 0, "N", "partitions of the kcat envelope", "1", GROUP_OUTPUT, store_positive,
     AT(partitions), OPTION_ONCE},
    {"truth", 0, "FILE", "write every true pair there", NULL, GROUP_OUTPUT, store_text, AT(truth),
     OPTION_ONCE},
    {0},
};

void generate_settings_for_table(struct generate_settings *settings, uint64_t rows)
{
    if (settings->count == UINT64_MAX && settings->duration < 0)
        settings->count = settings->scenario.users == UINT64_MAX ? rows : settings->scenario.users;
    if (!settings->speed.given)
        settings->speed.factor = 0;
}
