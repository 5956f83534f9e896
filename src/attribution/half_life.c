#include "attribution/half_life.h"

__extension__ typedef unsigned __int128 uint128;

/* ln 2 * 2^64 */
#define LN_2 UINT64_C(0xB17217F7D1CF79AC)

/* 2^64 * 2^(-fraction/2^64), by the power series of exp(-y): its terms fall below 2^-64 after some
   twenty. */
static uint128 power_of_half(uint64_t fraction)
{
    uint64_t y = (uint64_t)((uint128)fraction * LN_2 >> 64);
    uint128 term = (uint128)1 << 64;
    uint128 sum = term;
    for (unsigned k = 1; term > 0; k++) {
        term = (term * y >> 64) / k;
        sum = k % 2 == 1 ? sum - term : sum + term;
    }
    return sum;
}

uint64_t half_life_weight(uint64_t age, uint64_t half_life)
{
    uint64_t halvings = age / half_life;
    uint64_t fraction = (uint64_t)(((uint128)(age % half_life) << 64) / half_life);
    if (halvings >= HALF_LIFE_BITS)
        return 0;
    return (uint64_t)(power_of_half(fraction) >> (64 - HALF_LIFE_BITS + halvings));
}
