#ifndef STATE_SEGMENT_TIERS_H
#define STATE_SEGMENT_TIERS_H

#include "state/segment_list.h"

#include <stdbool.h>
#include <stddef.h>

/* Which segments to join, so that their number stays small and each byte is copied only O(log)
   times: TIER_WIDTH neighbours of one role and tier become one of the next tier, unless that would
   be larger than TIER_LARGEST bytes, which would hold dead rows for long. */
enum { TIER_WIDTH = 8 };
#define TIER_LARGEST (UINT64_C(256) << 20)

/* Finds the first such neighbours: indices into the list, ascending. false: there are none. */
bool segment_tiers_find(const struct segment_list *list, size_t indices[TIER_WIDTH]);

#endif
