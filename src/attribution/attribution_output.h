#ifndef ATTRIBUTION_ATTRIBUTION_OUTPUT_H
#define ATTRIBUTION_ATTRIBUTION_OUTPUT_H

#include "attribution/attribution.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>

/* Results as JSON objects, one of two ways. */
struct attribution_output {
    bool single;   /* "attributed", otherwise "credits" */
    bool revising; /* "rev" and "final" */
    struct text_buffer credits;
};

void attribution_output_free(struct attribution_output *output);

/* The names of the members that a result sets beside event_time_ns; NULL: no more. */
const char *attribution_output_member(const struct attribution_output *output, size_t index);

/* Appends the conversion with what was attributed to it, without LF. Members of these names are
   replaced in place. */
void attribution_output_write(struct attribution_output *output,
                              const struct attribution_result *result, struct text_buffer *out);

/* The credits of a result one by one: of each touch that has one; then, with no credit, of each
   that had one in the answer before. Without any touch, the whole value with a null touch. */
struct credit_line {
    const struct attribution_result *result;
    size_t index;
};

struct credit_line credit_lines(const struct attribution_result *result);
/* Appends the next line, without LF; false: there is none. */
bool credit_line_write(const struct attribution_output *output, struct credit_line *line,
                       struct text_buffer *out);
/* Whether credit_line_write() would write one. */
bool credit_line_left(struct credit_line *line);

#endif
