#ifndef GENERATE_SCENARIO_REQUESTS_H
#define GENERATE_SCENARIO_REQUESTS_H

#include "generate/scenario.h"

/* Seed 000: requests and their acknowledgements; evgen(1), SCENARIOS. */
extern const struct scenario scenario_requests;

#endif
