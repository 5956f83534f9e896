#include "generate/producer_merge.h"

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdlib.h>

static bool before(const struct producer_merge *merge, uint32_t a, uint32_t b)
{
    int64_t time_a = merge->processes[a].time, time_b = merge->processes[b].time;
    return time_a < time_b || (time_a == time_b && a < b);
}

static void sift_down(struct producer_merge *merge, uint32_t place)
{
    uint32_t moved = merge->order[place];
    for (uint32_t child; (child = 2 * place + 1) < merge->count; place = child) {
        if (child + 1 < merge->count && before(merge, merge->order[child + 1], merge->order[child]))
            child++;
        if (!before(merge, merge->order[child], moved))
            break;
        merge->order[place] = merge->order[child];
    }
    merge->order[place] = moved;
}

void producer_merge_init(struct producer_merge *merge, const struct arrival_shape *shape,
                         double rate, uint64_t seed, uint32_t count, int64_t start)
{
    *merge = (struct producer_merge){.count = count,
                                     .processes = allocate(count * sizeof *merge->processes),
                                     .order = allocate(count * sizeof *merge->order)};
    for (uint32_t i = 0; i < count; i++) {
        arrival_process_init(&merge->processes[i], shape, rate, seed, i, count, start);
        arrival_process_next(&merge->processes[i]);
        merge->order[i] = i;
    }
    for (uint32_t place = count / 2; place-- > 0;)
        sift_down(merge, place);
}

void producer_merge_free(struct producer_merge *merge)
{
    free(merge->processes);
    free(merge->order);
}

void producer_merge_advance(struct producer_merge *merge)
{
    arrival_process_next(&merge->processes[merge->order[0]]);
    if (merge->count > 1)
        sift_down(merge, 0);
}
