#ifndef LATENCY_REPORT_JSON_H
#define LATENCY_REPORT_JSON_H

#include "latency/report_format.h"

/* The whole report as one line of JSON, the histogram's counts included: what --compare reads. */
report_writer report_json;

#endif
