#include "latency/report_format.h"

#include "latency/report_csv.h"
#include "latency/report_hgrm.h"
#include "latency/report_html.h"
#include "latency/report_json.h"
#include "latency/report_svg.h"
#include "latency/report_text.h"

#include <stddef.h>

const struct report_format report_formats[] = {
    {"text", report_text, report_text_interval, true, report_text_comparison},
    {"json", report_json, report_json, true, NULL},
    {"csv", report_csv, report_csv_interval, false, NULL},
    {"hgrm", report_hgrm, NULL, true, NULL},
    {"svg", report_svg, NULL, true, report_svg_comparison},
    {"html", report_html, NULL, true, report_html_comparison},
    {0},
};

const char *const report_format_names[] = {"text", "json", "csv", "hgrm", "svg", "html", NULL};
