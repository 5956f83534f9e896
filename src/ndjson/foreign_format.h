#ifndef NDJSON_FOREIGN_FORMAT_H
#define NDJSON_FOREIGN_FORMAT_H

#include <stddef.h>

/* What to try with input whose first line was refused, going by that line: "an array begins here:
   try jq -c '.[]', ..." for a JSON array, likewise for a pretty-printed record and for lines with a
   header (CSV, TSV). Static text; NULL = nothing known. */
const char *foreign_format_advice(const char *line, size_t length);

#endif
