#ifndef LATENCY_REPORT_HGRM_H
#define LATENCY_REPORT_HGRM_H

#include "latency/report_format.h"

/* The whole run's percentile spectrum as HdrHistogram prints it in its CLASSIC form, with 5 ticks
   per half distance and values in milliseconds; read by its plotters. Values are the highest of
   their bucket. */
report_writer report_hgrm;

#endif
