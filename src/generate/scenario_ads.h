#ifndef GENERATE_SCENARIO_ADS_H
#define GENERATE_SCENARIO_ADS_H

#include "generate/scenario.h"

/* Seeds 001 and 003: views, clicks and purchases of ads; evgen(1), SCENARIOS. */
extern const struct scenario scenario_ads;

#endif
