#include "generate/generator_plan.h"

#include "generate/share_list.h"
#include "time/timestamp.h"

#include <string.h>

enum { MAXIMAL_PRODUCERS = 65536, MAXIMAL_PARTITIONS = 65536 };

/* Seed 000's share of records without partner, and how many pairs come the wrong way round. */
static const uint64_t DEFAULT_UNMATCHED = 300000000;
static const uint64_t DEFAULT_EARLY = 20000000;

static bool listed(const char *const *names, const char *name)
{
    for (; names != NULL && *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static bool share_known(const struct scenario *scenario, const char *name)
{
    static const char *const pair_shares[] = {"unmatched", "early", NULL};
    return listed(line_fault_names, name) || listed(scenario->kinds, name) ||
           (scenario->paired && listed(pair_shares, name));
}

/* Kinds that are not named share what is left in equal parts. */
static bool complete_kinds(struct share_plan *plan, const struct share_list *list,
                           const struct scenario *scenario, struct error_text *error)
{
    uint64_t sum = 0, unnamed = 0;
    for (; scenario->kinds != NULL && scenario->kinds[plan->kind_count] != NULL;
         plan->kind_count++) {
        uint64_t share = share_list_find(list, scenario->kinds[plan->kind_count], UINT64_MAX);
        plan->kinds[plan->kind_count] = share;
        plan->kinds_given |= share != UINT64_MAX;
        sum += share != UINT64_MAX ? share : 0;
        unnamed += share == UINT64_MAX;
    }
    if (!plan->kinds_given)
        return true;
    if (sum > SHARE_WHOLE || (unnamed == 0 && sum < SHARE_WHOLE))
        return refuse(error, "--share: the event types of %s must add up to 1", scenario->name);
    for (size_t i = 0; unnamed > 0 && i < plan->kind_count; i++)
        if (plan->kinds[i] == UINT64_MAX) {
            plan->kinds[i] = (SHARE_WHOLE - sum) / unnamed--;
            sum += plan->kinds[i];
        }
    return true;
}

bool share_plan_make(struct share_plan *plan, const struct generate_settings *settings,
                     const struct scenario *scenario, struct error_text *error)
{
    const struct share_list *list = &settings->shares;
    bool two_sided = settings->scenario.ack_delay.given && settings->scenario.ack_delay.lower < 0;
    uint64_t sum = 0;
    *plan = (struct share_plan){
        .unmatched = share_list_find(list, "unmatched", DEFAULT_UNMATCHED),
        .early = share_list_find(list, "early", two_sided ? 0 : DEFAULT_EARLY)};
    for (size_t i = 0; i < list->count; i++)
        if (!share_known(scenario, list->shares[i].name))
            return refuse(error, "--share: %s has no share '%s'", scenario->name,
                          list->shares[i].name);
    for (size_t i = 0; i < FAULT_COUNT; i++)
        sum += plan->faults[i] = share_list_find(list, line_fault_names[i], 0);
    if (sum >= SHARE_WHOLE)
        return refuse(error, "--share: duplicate, late, malformed and tombstone must leave some "
                             "records whole");
    if (plan->faults[FAULT_TOMBSTONE] > 0 && settings->envelope.selected != ENVELOPE_KCAT)
        return refuse(error, "--share: tombstone needs --envelope kcat");
    return complete_kinds(plan, list, scenario, error);
}

static bool times_fit(const struct generate_settings *settings, struct error_text *error)
{
    int64_t first = time_align(settings->start, settings->align);
    if (settings->start == INT64_MIN)
        return true;
    if (first < EVENT_TIME_FIRST || first >= EVENT_TIME_END)
        return refuse(error, "--start: event times are from 1678-01-01 to 2262-01-01");
    if (settings->duration >= 0 && time_add(first, settings->duration) > EVENT_TIME_END)
        return refuse(error, "--start: with this --duration event times go beyond 2262-01-01");
    return true;
}

bool settings_check(const struct generate_settings *settings, const struct scenario *scenario,
                    struct error_text *error)
{
    const char *option = scenario_unheeded_option(scenario, &settings->scenario);
    if (option != NULL)
        return refuse(error, "%s has no --%s", scenario->name, option);
    if (settings->producers > MAXIMAL_PRODUCERS)
        return refuse(error, "--producers: at most %d", MAXIMAL_PRODUCERS);
    if (settings->partitions > MAXIMAL_PARTITIONS)
        return refuse(error, "--partitions: at most %d", MAXIMAL_PARTITIONS);
    if (settings->partitions > 0 && settings->envelope.selected != ENVELOPE_KCAT)
        return refuse(error, "--partitions needs --envelope kcat");
    if (settings->truth != NULL && !scenario->paired)
        return refuse(error, "--truth: %s has no pairs", scenario->name);
    if (settings->late_by == 0)
        return refuse(error, "--late-by must be above 0");
    return times_fit(settings, error);
}

bool settings_seed(const struct generate_settings *settings, uint64_t *seed,
                   struct error_text *error)
{
    if (settings->seed == NULL)
        return random_seed_draw(seed) ||
               refuse(error, "--seed: the kernel gives none: try --seed 1");
    if (!store_count(seed, settings->seed, NULL))
        return refuse(error, "--seed: '%s' is not a count (0, 1, 2, ...)", settings->seed);
    return true;
}

bool settings_live(const struct generate_settings *settings)
{
    return settings->speed.factor == 1 && settings->start == INT64_MIN;
}

int64_t time_align(int64_t time, int64_t align)
{
    if (align <= 0)
        return time;
    int64_t part = time % align;
    return time_subtract(time - part, part < 0 ? align : 0);
}
