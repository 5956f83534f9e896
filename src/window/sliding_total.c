#include "window/sliding_total.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

enum { SUFFIX_HEADER = 16 };

struct sliding_total *sliding_total_new(const struct aggregate_set *aggregates)
{
    struct sliding_total *total = allocate_zeroed(1, sizeof *total);
    total->states = allocate_zeroed(1, aggregates->size + 1);
    total->middle = total->end = INT64_MIN;
    return total;
}

static char *suffix_at(const struct sliding_total *total, const struct aggregate_set *aggregates,
                       size_t index)
{
    return total->suffixes + index * (SUFFIX_HEADER + aggregates->size);
}

static int64_t suffix_start(const char *suffix)
{
    int64_t start;
    memcpy(&start, suffix, sizeof start);
    return start;
}

static void pop_suffixes(struct sliding_total *total, const struct aggregate_set *aggregates,
                         int64_t start)
{
    for (; total->first < total->count; total->first++) {
        char *suffix = suffix_at(total, aggregates, total->first);
        if (suffix_start(suffix) >= start)
            break;
        aggregate_set_clear(aggregates, suffix + SUFFIX_HEADER);
    }
}

static void empty(struct sliding_total *total, const struct aggregate_set *aggregates)
{
    pop_suffixes(total, aggregates, INT64_MAX);
    aggregate_set_clear(aggregates, total->states);
    total->first = total->count = 0;
    total->middle = total->end = INT64_MIN;
    total->latest = NULL;
}

void sliding_total_free(struct sliding_total *total, const struct aggregate_set *aggregates)
{
    if (total == NULL)
        return;
    empty(total, aggregates);
    free(total->suffixes);
    free(total->states);
    free(total);
}

static void make_room(struct sliding_total *total, const struct aggregate_set *aggregates,
                      size_t count)
{
    if (count <= total->capacity)
        return;
    free(total->suffixes);
    total->capacity = count + count / 2;
    total->suffixes = allocate(total->capacity * (SUFFIX_HEADER + aggregates->size));
}

/* All cells from `oldest` to `middle` as suffixes, the last of them made first. */
static void turn_over(struct sliding_total *total, const struct aggregate_set *aggregates,
                      struct cell *oldest, int64_t middle)
{
    size_t count = 0;
    struct cell *latest = NULL;
    empty(total, aggregates);
    for (struct cell *cell = oldest; cell != NULL && cell->first < middle; cell = cell->newer) {
        latest = cell;
        count++;
    }
    make_room(total, aggregates, count);
    total->count = count;
    total->latest = latest;
    total->middle = total->end = middle;
    for (struct cell *cell = latest; count-- > 0; cell = cell->older) {
        char *suffix = suffix_at(total, aggregates, count);
        memset(suffix, 0, SUFFIX_HEADER + aggregates->size);
        memcpy(suffix, &cell->first, sizeof cell->first);
        aggregate_set_merge(aggregates, suffix + SUFFIX_HEADER, cell->states);
        if (count + 1 < total->count)
            aggregate_set_merge(aggregates, suffix + SUFFIX_HEADER,
                                suffix_at(total, aggregates, count + 1) + SUFFIX_HEADER);
    }
}

void sliding_total_merge(struct sliding_total *total, const struct aggregate_set *aggregates,
                         struct cell *oldest, struct sliding_range range, void *into)
{
    struct cell *cell;
    pop_suffixes(total, aggregates, range.start);
    if (total->latest == NULL || range.middle != total->middle)
        turn_over(total, aggregates, oldest, range.middle);
    cell = total->latest == NULL ? oldest : total->latest->newer;
    for (; cell != NULL && cell->first < range.end; cell = cell->newer) {
        aggregate_set_merge(aggregates, total->states, cell->states);
        total->latest = cell;
    }
    total->end = range.end;
    if (total->first < total->count)
        aggregate_set_merge(aggregates, into,
                            suffix_at(total, aggregates, total->first) + SUFFIX_HEADER);
    aggregate_set_merge(aggregates, into, total->states);
}

static bool has_suffix(const struct sliding_total *total, const struct aggregate_set *aggregates,
                       int64_t start)
{
    size_t low = total->first, high = total->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (suffix_start(suffix_at(total, aggregates, middle)) < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low < total->count && suffix_start(suffix_at(total, aggregates, low)) == start;
}

/* false = the total is no longer what its cells give. */
static bool update(struct sliding_total *total, const struct aggregate_set *aggregates,
                   const struct cell *cell, const struct aggregate_argument *arguments,
                   int64_t time)
{
    if (cell->first >= total->middle)
        return aggregate_set_commute(aggregates, total->states, arguments, time);
    /* A cell without a suffix of its own would be lost when those before it go. */
    if (!has_suffix(total, aggregates, cell->first))
        return false;
    for (size_t i = total->first; i < total->count; i++) {
        char *suffix = suffix_at(total, aggregates, i);
        if (suffix_start(suffix) > cell->first)
            break;
        if (!aggregate_set_commute(aggregates, suffix + SUFFIX_HEADER, arguments, time))
            return false;
    }
    return true;
}

void sliding_total_update(struct sliding_total *total, const struct aggregate_set *aggregates,
                          struct cell *cell, const struct aggregate_argument *arguments,
                          int64_t time)
{
    if (total->latest == NULL || cell->first >= total->end)
        return;
    if (cell->first > total->latest->first)
        total->latest = cell;
    if (!update(total, aggregates, cell, arguments, time))
        empty(total, aggregates);
}

void sliding_total_drop(struct sliding_total *total, const struct aggregate_set *aggregates,
                        const struct cell *cell)
{
    if (total != NULL && total->latest == cell)
        empty(total, aggregates);
}
