#ifndef GENERATE_SCENARIO_CATALOG_H
#define GENERATE_SCENARIO_CATALOG_H

#include "generate/scenario.h"

/* What belongs to the scenario shop: one record per user, per product. */
enum { CATALOG_USERS = 1000, CATALOG_PRODUCTS = 200 };
extern const struct scenario scenario_users;
extern const struct scenario scenario_products;

#endif
