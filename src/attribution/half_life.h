#ifndef ATTRIBUTION_HALF_LIFE_H
#define ATTRIBUTION_HALF_LIFE_H

#include <stdint.h>

/* 2^62 * 2^(-age/half_life), with an error below 2^-57 of itself or 1, the same on every machine;
   exact where the age is a whole number of half lives, 0 from 62 of them on. age >= 0, half_life >
   0, in the same unit. */
enum { HALF_LIFE_BITS = 62 };
uint64_t half_life_weight(uint64_t age, uint64_t half_life);

#endif
