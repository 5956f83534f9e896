#include "attribution/credit_model.h"

#include "attribution/half_life.h"
#include "time/duration.h"

#include <stdlib.h>
#include <string.h>

/* The first of the touches that share the youngest time: of these, the one with the smallest id. */
static size_t youngest(const struct weighed_touch *touches, size_t count)
{
    size_t index = count - 1;
    while (index > 0 && touches[index - 1].time == touches[count - 1].time)
        index--;
    return index;
}

static void clear(struct credit_share *shares, size_t count)
{
    for (size_t i = 0; i < count; i++)
        shares[i].weight = 0;
}

static void weigh_last(const struct credit_model *model, const struct weighed_touch *touches,
                       size_t count, struct credit_share *shares)
{
    (void)model;
    clear(shares, count);
    shares[youngest(touches, count)].weight = 1;
}

static void weigh_first(const struct credit_model *model, const struct weighed_touch *touches,
                        size_t count, struct credit_share *shares)
{
    (void)model;
    (void)touches;
    clear(shares, count);
    shares[0].weight = 1;
}

static void weigh_linear(const struct credit_model *model, const struct weighed_touch *touches,
                         size_t count, struct credit_share *shares)
{
    (void)model;
    (void)touches;
    for (size_t i = 0; i < count; i++)
        shares[i].weight = 1;
}

/* Touches that all have one time are told apart by id alone: the first of them is the first touch,
   the second stands for the last. */
static void weigh_position(const struct credit_model *model, const struct weighed_touch *touches,
                           size_t count, struct credit_share *shares)
{
    size_t last = youngest(touches, count);
    if (count <= 2) {
        weigh_linear(model, touches, count, shares);
        return;
    }
    for (size_t i = 0; i < count; i++)
        shares[i].weight = model->weights[1];
    shares[0].weight = model->weights[0] * (count - 2);
    shares[last == 0 ? 1 : last].weight = model->weights[2] * (count - 2);
}

static void weigh_decay(const struct credit_model *model, const struct weighed_touch *touches,
                        size_t count, struct credit_share *shares)
{
    int64_t last = touches[count - 1].time;
    for (size_t i = 0; i < count; i++)
        shares[i].weight = half_life_weight((uint64_t)last - (uint64_t)touches[i].time,
                                            model->half_life);
}

/* Whether touch a comes before b: priority, then the younger, then the smaller id. */
static bool precedes(const struct weighed_touch *touches, size_t a, size_t b)
{
    if (touches[a].rank != touches[b].rank)
        return touches[a].rank > touches[b].rank;
    if (touches[a].time != touches[b].time)
        return touches[a].time > touches[b].time;
    return a < b;
}

/* Keeps the best few, in order. */
static void weigh_list(const struct credit_model *model, const struct weighed_touch *touches,
                       size_t count, struct credit_share *shares)
{
    size_t best[MODEL_WEIGHTS];
    size_t kept = 0;
    clear(shares, count);
    for (size_t i = 0; i < count; i++) {
        size_t at = kept < model->weight_count ? kept++ : kept;
        for (; at > 0 && precedes(touches, i, best[at - 1]); at--)
            if (at < model->weight_count)
                best[at] = best[at - 1];
        if (at < model->weight_count)
            best[at] = i;
    }
    for (size_t i = 0; i < kept; i++)
        shares[best[i]].weight = model->weights[i];
}

/* ".4", "0.25", "1", to 10^-9; ends at `end`. */
static bool parse_weight(const char *text, const char **end, uint64_t *weight)
{
    uint64_t number = 0;
    int fraction = -1, digits = 0;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && fraction < 0); text++) {
        if (*text == '.') {
            fraction = 0;
            continue;
        }
        number = 10 * number + (uint64_t)(*text - '0');
        if (fraction >= 0)
            fraction++;
        if (++digits > 9)
            return false;
    }
    for (int i = fraction < 0 ? 0 : fraction; i < 9; i++)
        number *= 10;
    *end = text;
    *weight = number;
    return digits > 0 && number <= UINT64_C(1000000000);
}

static bool parse_weights(struct credit_model *model, const char *text, struct error_text *error)
{
    const char *at = text;
    uint64_t sum = 0;
    for (model->weight_count = 0; model->weight_count < MODEL_WEIGHTS; at++) {
        uint64_t *weight = &model->weights[model->weight_count++];
        if (!parse_weight(at, &at, weight) || (*at != ',' && *at != '\0'))
            return refuse(error, "'%s' is not a list of weights from 0 to 1 (.4,.2,.4)", text);
        sum += *weight;
        if (*at == '\0')
            return sum > 0 || refuse(error, "'%s' sums to 0", text);
    }
    return refuse(error, "'%s' is more than %d weights", text, MODEL_WEIGHTS);
}

static bool parse_position(struct credit_model *model, const char *text, struct error_text *error)
{
    return parse_weights(model, text, error) &&
           (model->weight_count == 3 ||
            refuse(error, "'%s' is not three weights: of the first, the middle, the last", text));
}

static bool parse_list(struct credit_model *model, const char *text, struct error_text *error)
{
    return parse_weights(model, text, error) &&
           (model->weights[0] > 0 ||
            refuse(error, "'%s' gives a single touch nothing: the first weight is 0", text));
}

static bool parse_decay(struct credit_model *model, const char *text, struct error_text *error)
{
    int64_t half_life;
    if (!duration_parse(text, &half_life, error))
        return false;
    model->half_life = (uint64_t)half_life;
    return half_life > 0 || refuse(error, "'%s' is not a half-life above zero", text);
}

static const struct model_row {
    const char *name;
    bool (*parse)(struct credit_model *, const char *, struct error_text *); /* NULL = no ':' */
    credit_weigh *weigh;
    bool single;
    bool ranks;
} model_table[] = {
    {"last", NULL, weigh_last, true, false},
    {"first", NULL, weigh_first, true, false},
    {"linear", NULL, weigh_linear, false, false},
    {"position", parse_position, weigh_position, false, false},
    {"time-decay", parse_decay, weigh_decay, false, false},
    {"weights", parse_list, weigh_list, false, true},
};

const struct credit_model credit_model_default = {
    .text = "last", .weigh = weigh_last, .single = true};

bool credit_model_store(void *target, const char *argument, struct error_text *error)
{
    struct credit_model *model = target;
    size_t length = strcspn(argument, ":");
    for (size_t i = 0; i < sizeof model_table / sizeof *model_table; i++) {
        const struct model_row *row = &model_table[i];
        if (strlen(row->name) != length || memcmp(row->name, argument, length) != 0 ||
            (argument[length] == ':') != (row->parse != NULL))
            continue;
        *model = (struct credit_model){
            .text = argument, .weigh = row->weigh, .single = row->single, .ranks = row->ranks};
        return row->parse == NULL || row->parse(model, argument + length + 1, error);
    }
    return refuse(error,
                  "'%s' is none of last, first, linear, position:A,B,C, time-decay:HALF-LIFE, "
                  "weights:A,B,...",
                  argument);
}
