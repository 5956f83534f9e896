#ifndef LATENCY_REPORT_HTML_H
#define LATENCY_REPORT_HTML_H

#include "latency/report_format.h"

/* One page that needs nothing else and may load nothing else: the picture of report_svg and the
   numbers as tables. Well-formed as XML too. */
report_writer report_html;
comparison_writer report_html_comparison;

#endif
