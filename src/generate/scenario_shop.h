#ifndef GENERATE_SCENARIO_SHOP_H
#define GENERATE_SCENARIO_SHOP_H

#include "generate/scenario.h"

/* Clicks and purchases of a shop: a purchase is of a user who clicked before. */
extern const struct scenario scenario_shop;

#endif
