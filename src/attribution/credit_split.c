#include "attribution/credit_split.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

__extension__ typedef unsigned __int128 uint128;

struct remainder {
    uint128 rest;
    size_t index;
};

static int compare_remainders(const void *a, const void *b)
{
    const struct remainder *left = a;
    const struct remainder *right = b;
    if (left->rest != right->rest)
        return left->rest > right->rest ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

static void give_rest(struct credit_share *shares, size_t count, uint64_t units, uint128 total,
                      uint64_t rest)
{
    struct remainder *remainders = allocate(count * sizeof *remainders);
    for (size_t i = 0; i < count; i++)
        remainders[i] = (struct remainder){(uint128)units * shares[i].weight % total, i};
    qsort(remainders, count, sizeof *remainders, compare_remainders);
    for (size_t i = 0; i < rest; i++)
        shares[remainders[i].index].units++;
    free(remainders);
}

void credit_split(struct credit_share *shares, size_t count, uint64_t units)
{
    uint128 total = 0;
    uint64_t rest = units;
    for (size_t i = 0; i < count; i++)
        total += shares[i].weight;
    for (size_t i = 0; i < count; i++) {
        shares[i].units = (uint64_t)((uint128)units * shares[i].weight / total);
        rest -= shares[i].units;
    }
    if (rest > 0)
        give_rest(shares, count, units, total, rest);
}
