#include "generate/arrival_process.h"

#include "generate/exact_math.h"
#include "time/timestamp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double MAXIMAL_RATE = 1e9;

static bool choose_kind(struct arrival_shape *shape, enum arrival_kind kind,
                        struct error_text *error)
{
    if (shape->given)
        return refuse(error, "only one of --uniform, --poisson and --mmpp");
    shape->kind = kind;
    shape->given = true;
    return true;
}

bool arrival_store_uniform(void *target, const char *argument, struct error_text *error)
{
    (void)argument;
    return choose_kind(target, ARRIVAL_UNIFORM, error);
}

bool arrival_store_poisson(void *target, const char *argument, struct error_text *error)
{
    (void)argument;
    return choose_kind(target, ARRIVAL_POISSON, error);
}

static bool parse_positive(const char **text, double *value)
{
    char *end;
    if ((**text < '0' || **text > '9') && **text != '.')
        return false;
    *value = strtod(*text, &end);
    *text = end;
    return isfinite(*value) && *value > 0;
}

bool arrival_store_mmpp(void *target, const char *argument, struct error_text *error)
{
    struct arrival_shape *shape = target;
    double *const values[] = {&shape->ratio, &shape->q12, &shape->q21};
    const char *rest = argument;
    for (size_t i = 0; argument != NULL && i < sizeof values / sizeof *values; i++) {
        if (!parse_positive(&rest, values[i]) || *values[i] > MAXIMAL_RATE ||
            *values[i] < 1 / MAXIMAL_RATE || *rest != (i < 2 ? ',' : '\0'))
            return refuse(error, "'%s' is not RATIO,Q12,Q21, three numbers above 0 (3,1,1)",
                          argument);
        rest++;
    }
    return choose_kind(shape, ARRIVAL_MMPP, error);
}

bool rate_store(void *target, const char *argument, struct error_text *error)
{
    const char *rest = argument;
    double rate;
    if (!parse_positive(&rest, &rate) || *rest != '\0' || rate > MAXIMAL_RATE ||
        rate < 1 / MAXIMAL_RATE)
        return refuse(error, "'%s' is not a rate per second (1000, 0.2; above 0, at most 1e9)",
                      argument);
    *(double *)target = rate;
    return true;
}

static void fill_block(struct arrival_process *process)
{
    for (unsigned i = 0; i < ARRIVAL_BLOCK; i++)
        process->block[i] = random_fraction(random_at(&process->gaps, process->drawn + i));
    exact_log_each(process->block, ARRIVAL_BLOCK);
    process->drawn += ARRIVAL_BLOCK;
    process->used = 0;
}

/* Exponential, mean 1. */
static inline double draw_work(struct arrival_process *process)
{
    if (process->used == ARRIVAL_BLOCK)
        fill_block(process);
    return -process->block[process->used++];
}

static void start_dwell(struct arrival_process *process)
{
    double fraction = random_fraction(random_at(&process->dwell_source, process->dwells++));
    process->remaining = process->dwell[process->state] * -exact_log(fraction);
}

static void init_mmpp(struct arrival_process *process, const struct arrival_shape *shape,
                      double rate)
{
    double pi1 = shape->q21 / (shape->q12 + shape->q21);
    double low = rate / (pi1 + (1 - pi1) * shape->ratio);
    process->period[0] = (double)NS_PER_SECOND / low;
    process->period[1] = process->period[0] / shape->ratio;
    process->dwell[0] = (double)NS_PER_SECOND / shape->q12;
    process->dwell[1] = (double)NS_PER_SECOND / shape->q21;
    process->state = random_fraction(random_at(&process->dwell_source, process->dwells++)) > pi1;
    start_dwell(process);
}

void arrival_process_init(struct arrival_process *process, const struct arrival_shape *shape,
                          double rate, uint64_t seed, uint64_t producer, uint64_t producers,
                          int64_t start)
{
    double share = rate / (double)producers;
    *process = (struct arrival_process){.kind = shape->kind,
                                        .used = ARRIVAL_BLOCK,
                                        .time = start,
                                        .period = {(double)NS_PER_SECOND / share}};
    random_source_init(&process->gaps, seed, RANDOM_GAPS, producer);
    random_source_init(&process->dwell_source, seed, RANDOM_DWELLS, producer);
    if (shape->kind == ARRIVAL_UNIFORM)
        process->fraction = process->period[0] * (double)producer / (double)producers -
                            process->period[0];
    if (shape->kind == ARRIVAL_MMPP)
        init_mmpp(process, shape, share);
}

/* Arrivals are those of a Poisson process of rate 1 on a clock that runs as fast as the state's
   rate; the exponential that is left when the state changes goes on at the new speed. */
static double mmpp_gap(struct arrival_process *process)
{
    double work = draw_work(process);
    double gap = 0;
    double whole = work * process->period[process->state];
    while (whole > process->remaining) {
        gap += process->remaining;
        work -= process->remaining / process->period[process->state];
        work = work > 0 ? work : 0;
        process->state ^= 1;
        start_dwell(process);
        whole = work * process->period[process->state];
    }
    process->remaining -= whole;
    return gap + whole;
}

static double next_gap(struct arrival_process *process)
{
    switch (process->kind) {
    case ARRIVAL_UNIFORM:
        return process->period[0];
    case ARRIVAL_MMPP:
        return mmpp_gap(process);
    default:
        return process->period[0] * draw_work(process);
    }
}

int64_t arrival_process_next(struct arrival_process *process)
{
    double exact = process->fraction + next_gap(process);
    if (!(exact < 0x1p62))
        return process->time = INT64_MAX;
    int64_t whole = (int64_t)exact;
    process->fraction = exact - (double)whole;
    process->time = time_add(process->time, whole);
    return process->time;
}
