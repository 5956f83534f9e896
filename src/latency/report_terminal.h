#ifndef LATENCY_REPORT_TERMINAL_H
#define LATENCY_REPORT_TERMINAL_H

#include "latency/report_format.h"

/* How text may look on `descriptor`: as wide as COLUMNS or the terminal says, 80 columns if it is
   none; block characters if the locale (LC_CTYPE, set by the caller) is UTF-8 and TERM is not
   "dumb". */
struct report_style report_style_of(int descriptor);

#endif
