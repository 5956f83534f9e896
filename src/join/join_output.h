#ifndef JOIN_JOIN_OUTPUT_H
#define JOIN_JOIN_OUTPUT_H

#include "cli/diagnostics.h"
#include "join/flat_record.h"
#include "join/interval_join.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>

/* Results as JSON objects. */
enum output_shape {
    SHAPE_PAIR, /* {"key":K,"event_time_ns":T,"left":{...},"right":{...}}, null for a missing row */
    SHAPE_FLAT, /* left's members, then those of right's that left has not */
    SHAPE_LINE  /* of the one row there is: as it came */
};

struct join_output {
    enum output_shape shape;
    bool timed;                  /* rows have a time */
    struct text_buffer names[2]; /* ,"left": and ,"right": */
    struct flat_record flat;
};

/* `names`: "LEFT,RIGHT", the members that hold the rows; NULL = "left,right". false: refused, with
   the reason. */
bool join_output_init(struct join_output *output, enum output_shape shape, bool timed,
                      const char *names, struct error_text *error);
void join_output_free(struct join_output *output);

/* Appends a result, without LF. */
void join_output_write(struct join_output *output, const struct join_result *result,
                       struct text_buffer *out);

/* Appends a pair as SHAPE_PAIR, whatever the shape. */
void join_output_write_pair(const struct join_output *output, const struct join_result *result,
                            struct text_buffer *out);

/* Appends what was found and what is held as `,"name":value` members, for -v. */
void join_output_add_counts(const struct join_counts *counts, struct text_buffer *out);

#endif
