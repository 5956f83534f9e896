#include "window/window_explain.h"

#include "time/duration.h"
#include "time/timestamp.h"

static void explain_kind(const struct window_spec *spec, FILE *out)
{
    char size[DURATION_TEXT_SIZE], step[DURATION_TEXT_SIZE], slice[DURATION_TEXT_SIZE];
    duration_format(spec->size, size);
    duration_format(spec->slide, step);
    duration_format(spec->slice, slice);
    switch (spec->kind) {
    case WINDOW_WHOLE:
        fprintf(out, "windows: one, the whole input; no event time is read\n");
        break;
    case WINDOW_HOPPING:
        if (spec->size == spec->slide)
            fprintf(out, "windows: %s, one behind the other\n", size);
        else
            fprintf(out, "windows: %s, one every %s, over slices of %s\n", size, step, slice);
        break;
    case WINDOW_CUMULATE:
        fprintf(out, "windows: up to %s, growing by %s\n", size, step);
        break;
    case WINDOW_SESSION:
        fprintf(out, "windows: sessions with gaps of at most %s\n",
                duration_format(spec->gap, size));
        break;
    }
    if (spec->calendar != NULL)
        fprintf(out, "time zone: sizes are by its clock: where that is set, a window is shorter or "
                     "longer\n");
    else if (spec->zoned)
        fprintf(out,
                "time zone: its clock is set by multiples of %s only: windows keep their "
                "length\n",
                spec->kind == WINDOW_CUMULATE ? size : step);
}

static void explain_items(const struct aggregate_list *list, FILE *out)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct aggregate_item *item = &list->items[i];
        if (item->expression == NULL)
            fprintf(out, "--agg: %s = %s\n", item->name, list->calls.items[item->call].text);
        else
            expression_explain(item->expression, item->name, out);
    }
    if (list->rank != NULL)
        expression_explain(list->rank, "--rank", out);
}

static void explain_state(const struct window_plan *plan, FILE *out)
{
    const struct window_spec *spec = &plan->spec;
    char lateness[DURATION_TEXT_SIZE];
    duration_format(spec->lateness, lateness);
    if (spec->kind == WINDOW_WHOLE)
        fprintf(out, "state: kept until the input ends");
    else if (spec->kind == WINDOW_SESSION)
        fprintf(out, "state: a session is kept until last + gap + %s < W", lateness);
    else
        fprintf(out, "state: a window is kept until end + %s <= W", lateness);
    fprintf(out, "; %zu bytes per group and %s%s\n", sizeof(struct cell) + plan->aggregates->size,
            spec->kind == WINDOW_SESSION ? "session" : "slice",
            plan->aggregates->grows ? ", and what its functions keep" : "");
}

static void explain_output(const struct window_plan *plan, bool each, FILE *out)
{
    const struct window_spec *spec = &plan->spec;
    char size[DURATION_TEXT_SIZE];
    if (spec->kind == WINDOW_WHOLE)
        fprintf(out, "output: at the end of the input, in the order of groups\n");
    else if (each && spec->kind == WINDOW_SESSION)
        fprintf(out, "output: records when their session ends, which may be long after them\n");
    else if (each)
        fprintf(out, "output: records when their window closes; give the next tool -d %s\n",
                duration_format(spec->size, size));
    else if (window_plan_revised(plan))
        fprintf(out, "output: results may come again; those with final:true are in the order of "
                     "time, and evwindow takes no others: give it -d 0\n");
    else
        fprintf(out, "output: in the order of time; give the next tool -d 0\n");
}

void window_explain(const struct window_plan *plan, const struct aggregate_list *list,
                    int64_t delay, bool each, FILE *out)
{
    char text[DURATION_TEXT_SIZE];
    explain_items(list, out);
    explain_kind(&plan->spec, out);
    explain_state(plan, out);
    if (plan->spec.kind != WINDOW_WHOLE)
        fprintf(out, "lateness: records may come %s behind the newest of their stream\n",
                duration_format(time_add(delay, plan->spec.lateness), text));
    explain_output(plan, each, out);
    fputs(plan->durable ? "exit: what is open is saved, and goes on in the next run\n"
                        : "exit: a signal discards what is open; the end of the input writes it\n",
          out);
}
