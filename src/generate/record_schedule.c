#include "generate/record_schedule.h"

#include "cli/diagnostics.h"
#include "time/timestamp.h"

#include <stdlib.h>

/* Draws of one transaction, so that none moves another. */
enum partner_draw { DRAW_DELAY, DRAW_ARRIVAL, DRAW_SIDE, DRAWS };

static int64_t magnitude(int64_t ns)
{
    return ns < 0 ? -ns : ns;
}

static int64_t longest_delay(const struct schedule_plan *plan)
{
    int64_t lower = magnitude(plan->ack_delay.lower), upper = magnitude(plan->ack_delay.upper);
    return !plan->paired ? 0 : lower > upper ? lower : upper;
}

/* With a count, what is not alone must come in twos. */
static uint64_t lone_total(const struct schedule_plan *plan)
{
    uint64_t total = share_round(plan->unmatched, plan->count);
    uint64_t down = (uint64_t)((unsigned __int128)plan->unmatched * plan->count / 1000000000);
    if ((plan->count - total) % 2 == 0)
        return total;
    return total > down || total == plan->count ? total - 1 : total + 1;
}

static void init_pairing(struct record_schedule *schedule)
{
    const struct schedule_plan *plan = &schedule->plan;
    struct random_source random;
    random_source_init(&random, plan->seed, RANDOM_PARTNER, UINT32_MAX);
    share_schedule_init(&schedule->lone, &plan->unmatched, 1, 0, &random);
    random_source_init(&random, plan->seed, RANDOM_PARTNER, UINT32_MAX - 1);
    share_schedule_init(&schedule->early, &plan->early, 1, 0, &random);
    if (plan->count != UINT64_MAX) {
        schedule->lones_left = lone_total(plan);
        share_schedule_limit(&schedule->lone, plan->count, &schedule->lones_left);
    }
}

void record_schedule_init(struct record_schedule *schedule, const struct schedule_plan *plan)
{
    *schedule = (struct record_schedule){.plan = *plan, .left = plan->count};
    producer_merge_init(&schedule->merge, plan->shape, plan->rate, plan->seed, plan->producers,
                        plan->start);
    int64_t horizon = time_add(longest_delay(plan), plan->disorder);
    record_queue_init(&schedule->queue, horizon,
                      (double)horizon / (double)NS_PER_SECOND * plan->rate / 2);
    schedule->producers = allocate(plan->producers * sizeof *schedule->producers);
    for (uint32_t i = 0; i < plan->producers; i++) {
        struct schedule_producer *producer = &schedule->producers[i];
        *producer = (struct schedule_producer){0};
        random_source_init(&producer->disorder, plan->seed, RANDOM_DISORDER, i);
        random_source_init(&producer->partner, plan->seed, RANDOM_PARTNER, i);
    }
    if (plan->paired)
        init_pairing(schedule);
}

void record_schedule_free(struct record_schedule *schedule)
{
    producer_merge_free(&schedule->merge);
    record_queue_free(&schedule->queue);
    free(schedule->producers);
}

static int64_t disorder_draw(const struct record_schedule *schedule, uint64_t bits)
{
    return (int64_t)random_below(bits, (uint64_t)schedule->plan.disorder + 1);
}

static bool arrivals_over(const struct record_schedule *schedule)
{
    return producer_merge_time(&schedule->merge) >= schedule->plan.end;
}

/* The next arrival of a producer, as a record whose use is open. */
static struct record take_arrival(struct record_schedule *schedule)
{
    int64_t time = producer_merge_time(&schedule->merge);
    uint32_t index = producer_merge_producer(&schedule->merge);
    struct schedule_producer *producer = &schedule->producers[index];
    struct record record = {.arrival = time,
                            .event_time = time,
                            .origin = time,
                            .producer = index,
                            .side = SIDE_SLOT,
                            .variant = VARIANT_RANDOM};
    if (schedule->plan.disorder > 0) {
        record.number = producer->arrivals;
        record.arrival = time_add(
            time, disorder_draw(schedule, random_at(&producer->disorder, producer->arrivals++)));
    }
    producer_merge_advance(&schedule->merge);
    return record;
}

/* Moves arrivals into the queue until none can come before the first one there. */
static void queue_arrivals(struct record_schedule *schedule)
{
    while (!arrivals_over(schedule)) {
        const struct record *first = record_queue_first(&schedule->queue);
        if (first != NULL && first->arrival < producer_merge_time(&schedule->merge))
            return;
        struct record record = take_arrival(schedule);
        record_queue_add(&schedule->queue, &record);
    }
}

/* True if the queue has what comes next, false if it is an arrival not queued; none: *none. */
static bool next_in_queue(struct record_schedule *schedule, bool *none)
{
    if (schedule->plan.disorder > 0)
        queue_arrivals(schedule);
    const struct record *first = schedule->queue.count > 0 ? record_queue_first(&schedule->queue)
                                                           : NULL;
    bool over = arrivals_over(schedule);
    *none = first == NULL && over;
    return first != NULL && (over || first->arrival <= producer_merge_time(&schedule->merge));
}

static uint64_t begin_transaction(struct record_schedule *schedule, struct record *record)
{
    record->number = schedule->producers[record->producer].number++;
    return record->number;
}

static void make_lone(struct record_schedule *schedule, struct record *record)
{
    const struct random_source *random = &schedule->producers[record->producer].partner;
    uint64_t number = begin_transaction(schedule, record);
    record->side = random_at(random, number * DRAWS + DRAW_SIDE) & 1 ? SIDE_ACK : SIDE_REQUEST;
    schedule->lones_left -= schedule->lones_left > 0;
}

/* A lone record just before the second part that is due. */
static void insert_lone(struct record_schedule *schedule, struct record *record)
{
    const struct record *due = record_queue_first(&schedule->queue);
    struct schedule_producer *producer = &schedule->producers[due->producer];
    *record = (struct record){
        .arrival = due->arrival, .producer = due->producer, .variant = VARIANT_RANDOM};
    record->event_time = due->arrival;
    if (schedule->plan.disorder > 0)
        record->event_time -= disorder_draw(schedule,
                                            random_at(&producer->disorder, producer->arrivals++));
    if (record->event_time < schedule->plan.start)
        record->event_time = schedule->plan.start;
    if (record->event_time >= schedule->plan.end)
        record->event_time = schedule->plan.end - 1;
    record->origin = record->event_time;
    make_lone(schedule, record);
    schedule->debt++;
}

/* The delay of a pair that starts now: drawn from the part of the range that ends in time. false:
   there is none. */
static bool draw_delay(const struct record_schedule *schedule, const struct record *record,
                       uint64_t bits, int64_t *delay)
{
    int64_t lower = schedule->plan.ack_delay.lower, upper = schedule->plan.ack_delay.upper;
    int64_t room = time_subtract(schedule->plan.end, record->event_time) - 1;
    lower = lower < -room ? -room : lower;
    upper = upper > room ? room : upper;
    if (lower > upper)
        return false;
    *delay = lower + (int64_t)random_below(bits, (uint64_t)(upper - lower) + 1);
    return true;
}

static bool pair_fits(const struct record_schedule *schedule)
{
    return schedule->left == UINT64_MAX ||
           schedule->left >= schedule->waiting + schedule->lones_left + 2;
}

/* false: no delay would bring the second part in before the end. */
static bool start_pair(struct record_schedule *schedule, struct record *record)
{
    const struct schedule_producer *producer = &schedule->producers[record->producer];
    uint64_t draws = producer->number * DRAWS;
    int64_t delay;
    if (!draw_delay(schedule, record, random_at(&producer->partner, draws + DRAW_DELAY), &delay))
        return false;
    bool ack_first = delay < 0;
    if (share_schedule_next(&schedule->early) != SHARE_PLAIN)
        ack_first = !ack_first;
    begin_transaction(schedule, record);
    record->side = ack_first ? SIDE_ACK : SIDE_REQUEST;
    record->paired = true;
    struct record second = *record;
    second.side = ack_first ? SIDE_REQUEST : SIDE_ACK;
    second.follower = true;
    second.event_time = second.arrival = record->event_time + magnitude(delay);
    if (schedule->plan.disorder > 0)
        second.arrival = time_add(
            second.arrival,
            disorder_draw(schedule, random_at(&producer->partner, draws + DRAW_ARRIVAL)));
    if (second.arrival < record->arrival)
        second.arrival = record->arrival;
    record_queue_add(&schedule->queue, &second);
    schedule->waiting++;
    return true;
}

/* What an arrival becomes; false: nothing, it is void. */
static bool use_arrival(struct record_schedule *schedule, struct record *record)
{
    if (schedule->debt > 0) {
        schedule->debt--;
        return false;
    }
    if (!schedule->lone_wanted && pair_fits(schedule))
        return start_pair(schedule, record);
    if (!schedule->lone_wanted && schedule->waiting > 0)
        return false;
    make_lone(schedule, record);
    return true;
}

static bool next_paired(struct record_schedule *schedule, struct record *record)
{
    if (!schedule->lone_decided)
        schedule->lone_wanted = share_schedule_next(&schedule->lone) != SHARE_PLAIN;
    schedule->lone_decided = true;
    for (bool none;;) {
        bool queued = next_in_queue(schedule, &none);
        if (none)
            return false;
        if (queued && record_queue_first(&schedule->queue)->side != SIDE_SLOT) {
            if (schedule->lone_wanted) {
                insert_lone(schedule, record);
                break;
            }
            *record = record_queue_take(&schedule->queue);
            schedule->waiting--;
            schedule->debt++;
            break;
        }
        *record = queued ? record_queue_take(&schedule->queue) : take_arrival(schedule);
        if (use_arrival(schedule, record))
            break;
    }
    schedule->lone_decided = false;
    return true;
}

static bool next_single(struct record_schedule *schedule, struct record *record)
{
    bool none;
    bool queued = next_in_queue(schedule, &none);
    if (none)
        return false;
    *record = queued ? record_queue_take(&schedule->queue) : take_arrival(schedule);
    begin_transaction(schedule, record);
    return true;
}

bool record_schedule_next(struct record_schedule *schedule, struct record *record)
{
    if (schedule->left == 0)
        return false;
    if (!(schedule->plan.paired ? next_paired(schedule, record) : next_single(schedule, record)))
        return false;
    schedule->left -= schedule->left != UINT64_MAX;
    return true;
}
