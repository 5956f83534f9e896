#ifndef ATTRIBUTION_ATTRIBUTION_ROW_H
#define ATTRIBUTION_ATTRIBUTION_ROW_H

#include "ndjson/json_key.h"
#include "state/waiting_row.h"

#include <stdbool.h>
#include <stdint.h>

/* A touch or a conversion. Borrowed from the input or from the log. */
struct attribution_row {
    int64_t time;
    const char *text; /* the record: one JSON object */
    uint32_t length;
    struct json_key key;      /* its hash is only known for rows from the input */
    struct json_slice id;     /* JSON_NULL: none */
    struct json_slice weight; /* a touch's priority, a conversion's value; JSON_NULL: none */
    struct json_slice stamp;  /* the value of its event_time_ns, if it is to be replaced */
    bool plain;               /* of the members that a result sets it has event_time_ns alone */
    bool dated;               /* that one is its time as it would be written */
};

/* Appends a row to a log as a waiting row whose text carries what else is to be kept. */
struct waiting_row *attribution_row_append(struct record_log *log,
                                           const struct attribution_row *row, uint64_t *position);

/* The same for a row that is put back where it was; NULL: it cannot have been there. */
struct waiting_row *attribution_row_restore(struct record_log *log,
                                            const struct attribution_row *row, uint64_t position);

void attribution_row_view(const struct waiting_row *waiting, struct attribution_row *row);

/* How often a conversion came out; starts at 0. Counts up and returns the new number. */
uint32_t attribution_row_count_revision(struct waiting_row *waiting);
void attribution_row_set_revision(struct waiting_row *waiting, uint32_t revision);

/* By time, id in jq's order, the record's bytes: <0, 0, >0. Not by arrival. */
int attribution_row_compare(const struct attribution_row *a, const struct attribution_row *b);

#endif
