#ifndef GENERATE_RANDOM_SOURCE_H
#define GENERATE_RANDOM_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

/* Random numbers by position: random_at(source, n) is the n-th output of splitmix64 (Steele, Lea
   and Flood, "Fast splittable pseudorandom number generators", 2014), computed without the ones
   before it. So a record can be made again from its number alone, in any order, and what one
   purpose draws never moves what another one gets. */
struct random_source {
    uint64_t origin;
};

/* Each purpose has its own sequence for each producer. Their order is part of what a seed means. */
enum random_purpose {
    RANDOM_CATALOG, /* ads, users, campaigns: what stays the same through a run */
    RANDOM_GAPS,
    RANDOM_DWELLS,
    RANDOM_PAYLOAD,
    RANDOM_PARTNER, /* which records have a partner, and how far behind */
    RANDOM_DISORDER,
    RANDOM_FAULTS
};

void random_source_init(struct random_source *source, uint64_t seed, enum random_purpose purpose,
                        uint64_t producer);

/* The payload sources of all producers, for the caller to free. */
struct random_source *random_payloads_new(uint64_t seed, uint32_t producers);

/* A seed from the kernel, below 2^48, so that every JSON reader keeps it exactly; false: the kernel
   gives none (errno). */
bool random_seed_draw(uint64_t *seed);

static inline uint64_t random_at(const struct random_source *source, uint64_t position)
{
    uint64_t z = source->origin + (position + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 <= result < bound, from 64 random bits; the bias is at most bound / 2^64. */
static inline uint64_t random_below(uint64_t bits, uint64_t bound)
{
    return (uint64_t)(((unsigned __int128)bits * bound) >> 64);
}

/* 0 < result <= 1, a multiple of 2^-53. */
static inline double random_fraction(uint64_t bits)
{
    return (double)((bits >> 11) + 1) * 0x1p-53;
}

#endif
