#include "attribution/outcome.h"

#include "cli/diagnostics.h"
#include "ndjson/json_key.h"

#include <stdlib.h>
#include <string.h>

void outcome_free(struct outcome *outcome)
{
    free(outcome->credited);
    free(outcome->weighed);
    free(outcome->shares);
}

static void view_at(const struct row_history *history, uint64_t position,
                    struct attribution_row *row)
{
    attribution_row_view(row_history_at(history, position), row);
}

/* Of two touches of one time. */
static bool precedes(const struct row_history *history, uint64_t a, uint64_t b)
{
    struct attribution_row left, right;
    view_at(history, a, &left);
    view_at(history, b, &right);
    return attribution_row_compare(&left, &right) < 0;
}

static void insert(struct outcome *outcome, const struct row_history *history, uint64_t position)
{
    struct candidate added = {position, row_history_at(history, position)->time, 0};
    size_t at = outcome->count++;
    while (at > 0 && outcome->credited[at - 1].time == added.time &&
           precedes(history, position, outcome->credited[at - 1].position)) {
        outcome->credited[at] = outcome->credited[at - 1];
        at--;
    }
    outcome->credited[at] = added;
}

void outcome_load(struct outcome *outcome, const struct row_history *history,
                  const struct row_positions *found, uint64_t excluded)
{
    outcome->count = 0;
    if (outcome->capacity < found->count) {
        outcome->capacity = found->capacity;
        outcome->credited = reallocate(outcome->credited,
                                       outcome->capacity * sizeof *outcome->credited);
    }
    for (size_t i = found->count; i-- > 0;)
        if (found->items[i] != excluded)
            insert(outcome, history, found->items[i]);
    outcome->eligible = outcome->count;
}

static struct json_slice priority_at(const struct row_history *history, uint64_t position)
{
    struct attribution_row row;
    view_at(history, position, &row);
    return row.weight;
}

/* Drops all candidates but those of the highest priority. */
static void keep_highest(struct outcome *outcome, const struct row_history *history)
{
    size_t kept = 0;
    for (size_t i = 0; i < outcome->count; i++) {
        struct candidate candidate = outcome->credited[i];
        struct json_slice priority = priority_at(history, candidate.position);
        int order = kept == 0 ? 1
                              : json_compare(priority,
                                             priority_at(history, outcome->credited[0].position));
        if (order > 0)
            kept = 0;
        if (order >= 0)
            outcome->credited[kept++] = candidate;
    }
    outcome->count = kept;
}

struct ranked {
    struct json_slice priority;
    size_t index;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *left = a;
    const struct ranked *right = b;
    return json_compare(left->priority, right->priority);
}

static void rank(struct outcome *outcome, const struct row_history *history)
{
    struct ranked *all = allocate(outcome->count * sizeof *all);
    size_t lower = 0;
    for (size_t i = 0; i < outcome->count; i++)
        all[i] = (struct ranked){priority_at(history, outcome->credited[i].position), i};
    qsort(all, outcome->count, sizeof *all, compare_ranked);
    for (size_t i = 0; i < outcome->count; i++) {
        if (i > 0 && compare_ranked(&all[i - 1], &all[i]) != 0)
            lower = i;
        outcome->weighed[all[i].index].rank = lower;
    }
    free(all);
}

static void make_room(struct outcome *outcome)
{
    if (outcome->room >= outcome->count)
        return;
    outcome->room = outcome->capacity;
    outcome->weighed = reallocate(outcome->weighed, outcome->room * sizeof *outcome->weighed);
    outcome->shares = reallocate(outcome->shares, outcome->room * sizeof *outcome->shares);
}

static void keep_credited(struct outcome *outcome)
{
    size_t kept = 0;
    for (size_t i = 0; i < outcome->count; i++) {
        if (outcome->shares[i].weight == 0)
            continue;
        outcome->credited[kept] = outcome->credited[i];
        outcome->credited[kept++].units = outcome->shares[i].units;
    }
    outcome->count = kept;
}

void outcome_decide(struct outcome *outcome, const struct row_history *history,
                    const struct credit_model *model, bool prioritised, uint64_t units)
{
    if (prioritised && !model->ranks)
        keep_highest(outcome, history);
    if (outcome->count == 0)
        return;
    make_room(outcome);
    for (size_t i = 0; i < outcome->count; i++)
        outcome->weighed[i] = (struct weighed_touch){outcome->credited[i].time, 0};
    if (prioritised && model->ranks)
        rank(outcome, history);
    model->weigh(model, outcome->weighed, outcome->count, outcome->shares);
    credit_split(outcome->shares, outcome->count, units);
    keep_credited(outcome);
}

bool outcome_equal(const struct outcome *a, const struct outcome *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->credited[i].position != b->credited[i].position ||
            a->credited[i].units != b->credited[i].units)
            return false;
    return true;
}
