#ifndef GENERATE_SCENARIO_VIEWS_H
#define GENERATE_SCENARIO_VIEWS_H

#include "generate/scenario.h"

/* Ad clicks and page views of users, who stay in one of VIEWS_PARTITIONS partitions each. */
enum { VIEWS_PARTITIONS = 6 };
extern const struct scenario scenario_views;

#endif
