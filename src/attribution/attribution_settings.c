#include "attribution/attribution_settings.h"

#include "time/duration.h"
#include "time/timestamp.h"

#include <stddef.h>

static const char *const reuse_words[] = {"yes", "no", NULL};
static const char *const emission_words[] = {"final", "update", NULL};

const struct attribution_settings attribution_settings_default = {
    .key = ".user_id",
    .touch_id = ".click_id // .touch_id",
    .id = ".event_id // .purchase_id // .conversion_id",
    .digits = CREDIT_DIGITS,
    .reuse = {reuse_words, 0},
    .emission = {emission_words, EMIT_FINAL},
};

static bool store_digits(void *target, const char *argument, struct error_text *error)
{
    if (!store_count(target, argument, error))
        return false;
    return *(uint64_t *)target <= MAX_CREDIT_DIGITS ||
           refuse(error, "'%s' is more than %d digits", argument, MAX_CREDIT_DIGITS);
}

const struct option_row attribution_option_rows[] = {
    {"key", 'k', "EXPR", "what a touch and its conversion have in common", ".user_id", GROUP_COMMON,
     store_text, offsetof(struct attribution_settings, key), OPTION_ONCE},
    {"touch", 0, "EXPR", "which records are touches", NULL, GROUP_TOOL, store_text,
     offsetof(struct attribution_settings, touch), OPTION_ONCE},
    {"conversion", 0, "EXPR", "which records are conversions", NULL, GROUP_TOOL, store_text,
     offsetof(struct attribution_settings, conversion), OPTION_ONCE},
    {"within", 0, "RANGE", "conversion's time minus touch's: 30m, 0<..7d", NULL, GROUP_TOOL,
     time_range_store_forward, offsetof(struct attribution_settings, within), OPTION_ONCE},
    {"model", 0, "MODEL", "last, first, linear, position:.4,.2,.4, ...", "last", GROUP_TOOL,
     credit_model_store, offsetof(struct attribution_settings, model), OPTION_ONCE},
    {"priority", 0, "EXPR", "of touches: the highest wins before time", NULL, GROUP_TOOL,
     store_text, offsetof(struct attribution_settings, priority), OPTION_ONCE},
    {"reuse", 0, "yes|no", "whether a touch serves several conversions", "yes", GROUP_TOOL,
     store_choice, offsetof(struct attribution_settings, reuse), OPTION_ONCE},
    {"emit", 0, "final|update", "once, when sure; or at once, with corrections", "final",
     GROUP_TOOL, store_choice, offsetof(struct attribution_settings, emission), OPTION_ONCE},
    {"touch-id", 0, "EXPR", "of touches of one time the smallest wins", ".click_id // .touch_id",
     GROUP_TOOL, store_text, offsetof(struct attribution_settings, touch_id), OPTION_ONCE},
    {"id", 0, "EXPR", "a conversion's identity", ".event_id // ...", GROUP_TOOL, store_text,
     offsetof(struct attribution_settings, id), OPTION_ONCE},
    {"value", 0, "EXPR", "what a conversion is worth", "1", GROUP_TOOL, store_text,
     offsetof(struct attribution_settings, value), OPTION_ONCE},
    {"credit-digits", 0, "N", "credits are multiples of 10^-N", "6", GROUP_OUTPUT, store_digits,
     offsetof(struct attribution_settings, digits), OPTION_ONCE},
    {"credits", 0, NULL, "one record per touch that gets credit", NULL, GROUP_OUTPUT, store_flag,
     offsetof(struct attribution_settings, credits), OPTION_ONCE},
    {0},
};

struct attribution_rules attribution_settings_rules(const struct attribution_settings *settings,
                                                    const struct command *command)
{
    struct attribution_rules rules = {
        .within = settings->within,
        .model = settings->model.text == NULL ? credit_model_default : settings->model,
        .emission = (enum emission)settings->emission.selected,
        .prioritised = settings->priority != NULL,
        .reuse = settings->reuse.selected == 0,
        .digits = (unsigned)settings->digits,
    };
    if (settings->touch == NULL)
        usage_error(command, "--touch is missing: which records are touches?");
    if (settings->conversion == NULL)
        usage_error(command, "--conversion is missing: which records are conversions?");
    if (!rules.within.given)
        usage_error(command, "--within is missing: how long before its conversion may a touch be?");
    if (rules.within.lower < 0)
        usage_error(command, "--within: a touch comes before its conversion, so the range begins "
                             "at 0 or above");
    if (!rules.reuse && rules.emission == EMIT_UPDATE)
        usage_error(command, "--reuse no needs --emit final: who takes a touch is known only then");
    if (rules.model.single && settings->value != NULL && !settings->credits)
        usage_error(command, "--value has no use here: add --credits, or choose a --model that "
                             "shares it");
    return rules;
}

static void explain_output(const struct attribution_rules *rules, int64_t delay, FILE *out)
{
    char text[DURATION_TEXT_SIZE];
    if (rules->emission == EMIT_FINAL) {
        fprintf(out, "output: when final, sorted by time within a partition\n");
        return;
    }
    fprintf(out, "output: at once, again when the answer changes, and when it is final\n");
    fprintf(out, "output: out of order; give the next tool -d %s\n", duration_format(delay, text));
}

void attribution_rules_explain(const struct attribution_rules *rules, int64_t delay, bool durable,
                               FILE *out)
{
    char text[DURATION_TEXT_SIZE];
    fprintf(out, "model: %s%s%s\n", rules->model.text,
            rules->prioritised ? ", by priority first" : "",
            rules->reuse ? "" : ", each touch serves one conversion");
    if (rules->within.lower > rules->within.upper)
        fprintf(out, "attribution: the range is empty: nothing is attributed\n");
    if (rules->within.upper == INT64_MAX)
        fprintf(out, "state: touches wait until the input ends\n");
    else
        fprintf(out, "state: touches wait until W > time + %s\n",
                duration_format(rules->within.upper, text));
    fprintf(out, "state: conversions wait until W > time\n");
    fprintf(out, "late: time < W\n");
    explain_output(rules, delay, out);
    fputs(durable ? "exit: what waits is saved, and goes on in the next run\n"
                  : "exit: a signal discards what waits; the end of the input writes it\n",
          out);
}
