#ifndef GENERATE_ZIPF_H
#define GENERATE_ZIPF_H

#include <stddef.h>
#include <stdint.h>

/* Draws ranks 0..count-1 with probability proportional to 1/(rank+1)^skew, in constant time, by
   Walker's alias table; skew 0 is uniform and needs no table. */
struct zipf {
    uint64_t count;
    struct zipf_slot {
        uint32_t alias;
        uint32_t limit; /* of 2^32: below it the slot itself, else the alias */
    } * slots;          /* NULL = uniform */
};

#define ZIPF_MAXIMAL_COUNT (UINT64_C(1) << 24)

/* count: 1..ZIPF_MAXIMAL_COUNT if skew > 0. */
void zipf_init(struct zipf *zipf, uint64_t count, double skew);
void zipf_free(struct zipf *zipf);

/* The rank that 64 random bits choose. */
static inline uint64_t zipf_rank(const struct zipf *zipf, uint64_t bits)
{
    unsigned __int128 wide = (unsigned __int128)bits * zipf->count;
    uint64_t slot = (uint64_t)(wide >> 64);
    if (zipf->slots == NULL)
        return slot;
    uint32_t below = (uint32_t)((uint64_t)wide >> 32);
    return below < zipf->slots[slot].limit ? slot : zipf->slots[slot].alias;
}

#endif
