#include "join/join_settings.h"

#include "time/duration.h"
#include "time/timestamp.h"

#include <stddef.h>

static const char *const kind_words[] = {"inner",     "left",       "right", "full",
                                         "left-anti", "right-anti", NULL};
static const char *const keep_words[] = {"all", "last", "first", NULL};

const struct join_settings join_settings_default = {
    .kind = {kind_words, JOIN_INNER},
    .keep = {keep_words, KEEP_ALL},
};

static bool store_timeout(void *target, const char *argument, struct error_text *error)
{
    int64_t duration;
    return duration_parse(argument, &duration, error) &&
           time_range_store_symmetric(target, argument, error);
}

static bool store_interval(void *target, const char *argument, struct error_text *error)
{
    if (!duration_store(target, argument, error))
        return false;
    return *(int64_t *)target > 0 || refuse(error, "'%s' is not above zero", argument);
}

const struct option_row join_rows[] = {
    {"key", 'k', "EXPR", "what both sides have in common", ".key", GROUP_COMMON, store_text,
     offsetof(struct join_settings, key), OPTION_ONCE},
    {"within", 0, "RANGE", "right's time minus left's: 5m, 0..5m, -1m..<10s, all", NULL, GROUP_TOOL,
     time_range_store_symmetric, offsetof(struct join_settings, within), OPTION_ONCE},
    {"timeout", 0, "DURATION", "the same as --within DURATION", NULL, GROUP_TOOL, store_timeout,
     offsetof(struct join_settings, timeout), OPTION_ONCE},
    {"left", 0, "EXPR", "which records are left rows", ".type == 2", GROUP_TOOL, store_text,
     offsetof(struct join_settings, left), OPTION_ONCE},
    {"right", 0, "EXPR", "which are right rows (two FILEs: left, right)", ".type == 1", GROUP_TOOL,
     store_text, offsetof(struct join_settings, right), OPTION_ONCE},
    {"left-key", 0, "EXPR", "key of left rows", "--key", GROUP_TOOL, store_text,
     offsetof(struct join_settings, left_key), OPTION_ONCE},
    {"right-key", 0, "EXPR", "key of right rows", "--key", GROUP_TOOL, store_text,
     offsetof(struct join_settings, right_key), OPTION_ONCE},
    {"join", 0, "KIND", "inner, left, right, full, left-anti, right-anti", "inner", GROUP_TOOL,
     store_choice, offsetof(struct join_settings, kind), OPTION_ONCE},
    {"left-keep", 0, "all|last|first", "which lefts of a key find partners", "all", GROUP_TOOL,
     store_choice, offsetof(struct join_settings, keep), OPTION_ONCE},
    {"once", 0, NULL, "a pair uses up both its rows", NULL, GROUP_TOOL, store_flag,
     offsetof(struct join_settings, once), OPTION_ONCE},
    {"match", 0, "EXPR", "further condition on {key, left, right}", NULL, GROUP_TOOL, store_text,
     offsetof(struct join_settings, match), OPTION_ONCE},
    {"every", 0, "DURATION", "micro-batches, for comparison", NULL, GROUP_TOOL, store_interval,
     offsetof(struct join_settings, every), OPTION_ONCE},
    {"names", 0, "LEFT,RIGHT", "names of the two rows in results", "left,right", GROUP_OUTPUT,
     store_text, offsetof(struct join_settings, names), OPTION_NEUTRAL},
    {"flat", 0, NULL, "results are one flat object", NULL, GROUP_OUTPUT, store_flag,
     offsetof(struct join_settings, flat), OPTION_NEUTRAL},
    {0},
};

struct join_rules join_settings_rules(const struct join_settings *settings,
                                      const struct command *command)
{
    struct join_rules rules = {
        .within = settings->within.given ? settings->within : settings->timeout,
        .kind = (enum join_kind)settings->kind.selected,
        .keep = (enum left_keep)settings->keep.selected,
        .once = settings->once,
    };
    if (!rules.within.given)
        usage_error(command, "--within is missing: how far apart may the times of a pair be?");
    if (settings->within.given && settings->timeout.given)
        usage_error(command, "--timeout is --within under another name: give one of them");
    if (settings->flat && settings->names != NULL)
        usage_error(command, "--flat leaves nothing that --names could name");
    if (!join_writes_pairs(rules.kind) && (settings->flat || settings->names != NULL))
        usage_error(command, "%s writes records as they came: no --flat, no --names",
                    kind_words[rules.kind]);
    if (settings->key != NULL && settings->left_key != NULL && settings->right_key != NULL)
        usage_error(command, "--key has no use beside --left-key and --right-key");
    return rules;
}

enum output_shape join_settings_shape(const struct join_settings *settings)
{
    if (!join_writes_pairs((enum join_kind)settings->kind.selected))
        return SHAPE_LINE;
    return settings->flat ? SHAPE_FLAT : SHAPE_PAIR;
}

bool join_rules_timeless(const struct join_rules *rules)
{
    return rules->within.lower == INT64_MIN && rules->within.upper == INT64_MAX;
}

static void explain_wait(const char *side, int64_t wait, FILE *out)
{
    char text[DURATION_TEXT_SIZE];
    if (wait == INT64_MAX)
        fprintf(out, "state: %s rows wait until the input ends\n", side);
    else if (wait < 0)
        fprintf(out, "state: %s rows wait until W > time - %s; late: time < W\n", side,
                duration_format(-wait, text));
    else
        fprintf(out, "state: %s rows wait until W > time + %s; what comes after that is late\n",
                side, duration_format(wait, text));
}

static void explain_disorder(const struct join_rules *rules, int64_t left, int64_t right,
                             int64_t delay, FILE *out)
{
    char text[DURATION_TEXT_SIZE];
    int64_t longest = 0;
    if (join_preserves(rules->kind, SIDE_LEFT) && left > longest)
        longest = left;
    if (join_preserves(rules->kind, SIDE_RIGHT) && right > longest)
        longest = right;
    if (longest == INT64_MAX)
        fprintf(out, "output: unmatched rows come when the input has ended, sorted by time\n");
    else
        fprintf(out, "output: in order of time but for %s; give the next tool -d %s\n",
                longest == 0 ? "the delay" : "the delay and the wait of unmatched rows",
                duration_format(time_add(delay, longest), text));
}

void join_rules_explain(const struct join_rules *rules, int64_t delay, bool durable, FILE *out)
{
    int64_t left = rules->within.upper;
    int64_t right = rules->within.lower == INT64_MIN ? INT64_MAX : -rules->within.lower;
    fprintf(out, "join: %s%s%s%s\n", kind_words[rules->kind], rules->once ? ", once" : "",
            rules->keep == KEEP_ALL ? "" : ", left-keep ",
            rules->keep == KEEP_ALL ? "" : keep_words[rules->keep]);
    if (rules->within.lower > rules->within.upper)
        fprintf(out, "join: the range is empty: nothing matches\n");
    explain_wait("left", left, out);
    explain_wait("right", right, out);
    if (!join_rules_timeless(rules))
        explain_disorder(rules, left, right, delay, out);
    fputs(durable ? "exit: what waits is saved, and goes on in the next run\n"
                  : "exit: a signal discards what waits; the end of the input writes it\n",
          out);
}
