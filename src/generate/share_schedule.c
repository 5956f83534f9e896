#include "generate/share_schedule.h"

#include "generate/share_list.h"

#include <stdbool.h>

static uint64_t scaled(uint64_t number, uint64_t share, bool up)
{
    unsigned __int128 wide = (unsigned __int128)number * SHARE_WHOLE + (up ? share - 1 : 0);
    return (uint64_t)(wide / share);
}

uint64_t share_round(uint64_t billionths, uint64_t places)
{
    unsigned __int128 wide = (unsigned __int128)billionths * places + SHARE_WHOLE / 2;
    return (uint64_t)(wide / SHARE_WHOLE);
}

/* The place is chosen among those from which its end can still be met: up to `margin` others may
   come first. Towards the end of a limited sequence windows are cut short and take what is free. */
static void open_window(struct share_schedule *schedule, struct share_window *window)
{
    if (window->share == 0 || (schedule->limit != UINT64_MAX && window->number >= window->total)) {
        window->open = window->end = UINT64_MAX;
        return;
    }
    uint64_t begin = scaled(window->number, window->share, false);
    window->end = scaled(window->number + 1, window->share, true);
    if (window->end > schedule->limit)
        window->end = schedule->limit;
    begin = begin < schedule->first ? schedule->first : begin;
    window->open = begin;
    if (window->end > begin + schedule->margin + 1)
        window->open += random_below(random_at(&schedule->random, schedule->drawn++),
                                     window->end - begin - schedule->margin);
}

static void find_soonest(struct share_schedule *schedule)
{
    schedule->soonest = UINT64_MAX;
    for (size_t i = 0; i < schedule->count; i++)
        if (schedule->windows[i].open < schedule->soonest)
            schedule->soonest = schedule->windows[i].open;
}

/* `margin` other kinds have at most one window each that ends earlier and cannot wait, and what is
   released meanwhile takes up to the sum of the shares of the time: margin * (1 - sum) >= others.
 */
void share_schedule_init(struct share_schedule *schedule, const uint64_t *shares, size_t count,
                         uint64_t first, const struct random_source *random)
{
    uint64_t sum = 0, others = 0;
    *schedule = (struct share_schedule){
        .count = count, .first = first, .limit = UINT64_MAX, .random = *random};
    for (size_t i = 0; i < count; i++) {
        schedule->windows[i].share = shares[i];
        sum += shares[i];
        others += shares[i] > 0;
    }
    if (others > 1)
        schedule->margin = sum < SHARE_WHOLE ? 2 + others * SHARE_WHOLE / (SHARE_WHOLE - sum)
                                             : UINT64_MAX / 4;
    for (size_t i = 0; i < count; i++)
        open_window(schedule, &schedule->windows[i]);
    find_soonest(schedule);
}

void share_schedule_limit(struct share_schedule *schedule, uint64_t places, const uint64_t *totals)
{
    schedule->limit = places;
    schedule->drawn = 0;
    for (size_t i = 0; i < schedule->count; i++) {
        schedule->windows[i].total = totals[i];
        open_window(schedule, &schedule->windows[i]);
    }
    find_soonest(schedule);
}

int share_schedule_choose(struct share_schedule *schedule)
{
    struct share_window *chosen = NULL;
    for (size_t i = 0; i < schedule->count; i++) {
        struct share_window *window = &schedule->windows[i];
        if (window->open <= schedule->place && (chosen == NULL || window->end < chosen->end))
            chosen = window;
    }
    schedule->place++;
    if (chosen == NULL)
        return SHARE_PLAIN;
    chosen->number++;
    open_window(schedule, chosen);
    find_soonest(schedule);
    return (int)(chosen - schedule->windows);
}
