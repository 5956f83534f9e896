#include "uniq/uniq_settings.h"

#include "cli/option_values.h"
#include "time/duration.h"

#include <stddef.h>

static bool store_within(void *target, const char *argument, struct error_text *error)
{
    if (!duration_store(target, argument, error))
        return false;
    return *(int64_t *)target > 0 || refuse(error, "'%s' is not above zero", argument);
}

const struct option_row uniq_rows[] = {
    {"key", 'k', "EXPR", "what makes two records the same", NULL, GROUP_COMMON, store_text,
     offsetof(struct uniq_settings, key), OPTION_ONCE},
    {"within", 0, "DURATION", "how far apart in time repeats lie", NULL, GROUP_TOOL, store_within,
     offsetof(struct uniq_settings, within), OPTION_ONCE},
    {"refresh", 0, NULL, "a repeat extends the life of its key", NULL, GROUP_TOOL, store_flag,
     offsetof(struct uniq_settings, refresh), OPTION_ONCE},
    {"exact", 0, NULL, "keeps keys, not their 128-bit fingerprints", NULL, GROUP_TOOL, store_flag,
     offsetof(struct uniq_settings, exact), OPTION_ONCE},
    {"repeats", 0, "FILE", "keeps what was dropped", NULL, GROUP_OUTPUT, store_text,
     offsetof(struct uniq_settings, repeats), OPTION_NEUTRAL},
    {0},
};

struct recent_rules uniq_settings_rules(const struct uniq_settings *settings,
                                        const struct command *command)
{
    if (settings->key == NULL)
        usage_error(command, "--key is missing: what makes two records the same?");
    if (settings->within == 0)
        usage_error(command, "--within is missing: how far apart in time may repeats lie?");
    return (struct recent_rules){settings->within, settings->refresh, settings->exact};
}

void uniq_rules_explain(const struct recent_rules *rules, FILE *out)
{
    char text[DURATION_TEXT_SIZE];
    unsigned least, most;
    recent_keys_cost(rules, &least, &most);
    duration_format(rules->within, text);
    fprintf(out, "repeat: less than %s from %s record of its key\n", text,
            rules->refresh ? "the first or a later" : "the first");
    fprintf(out, "state: a key stays until W >= %s time + %s\n", rules->refresh ? "last" : "first",
            text);
    fprintf(out, "state: %u to %u bytes per key%s\n", least, most,
            rules->exact ? ", and the key itself" : "");
    fprintf(out, "late: time < W and no repeat of a key still known\n");
    fprintf(out, "output: as it comes in, no further disorder\n");
}
