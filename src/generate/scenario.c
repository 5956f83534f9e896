#include "generate/scenario.h"

#include "cli/diagnostics.h"
#include "generate/scenario_ads.h"
#include "generate/scenario_catalog.h"
#include "generate/scenario_requests.h"
#include "generate/scenario_shop.h"
#include "generate/scenario_views.h"

#include <stdio.h>
#include <string.h>

const struct scenario *const scenarios[] = {
    &scenario_requests, &scenario_ads, &scenario_shop, &scenario_users, &scenario_products,
    &scenario_views,    NULL};

const struct scenario *scenario_find(const char *name)
{
    for (const struct scenario *const *row = scenarios; *row != NULL; row++)
        if (strcmp((*row)->name, name) == 0)
            return *row;
    return NULL;
}

static bool heeds(const struct scenario *scenario, const char *option)
{
    for (const char *const *name = scenario->options; *name != NULL; name++)
        if (strcmp(*name, option) == 0)
            return true;
    return false;
}

const char *scenario_unheeded_option(const struct scenario *scenario,
                                     const struct scenario_settings *settings)
{
    const struct {
        const char *option;
        bool set;
    } options[] = {
        {"users", settings->users != UINT64_MAX},         {"ads", settings->ads != UINT64_MAX},
        {"campaigns", settings->campaigns != UINT64_MAX}, {"zipf", settings->zipf >= 0},
        {"ad-types", settings->ad_types != NULL},         {"ack-delay", settings->ack_delay.given},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].set && !heeds(scenario, options[i].option))
            return options[i].option;
    return NULL;
}

struct producer_tail *producer_tails_new(const struct scenario_plan *plan)
{
    struct producer_tail *tails = allocate_zeroed(plan->producers, sizeof *tails);
    for (uint32_t i = 0; i < plan->producers; i++) {
        char text[64];
        int length = snprintf(text, sizeof text,
                              plan->name_producers ? ",\"producer_id\":\"Producer-%u\"}" : "}",
                              i + 1);
        tails[i].length = (size_t)length;
        memcpy(tails[i].text, text, tails[i].length);
    }
    return tails;
}
