#ifndef JOIN_MICRO_BATCH_H
#define JOIN_MICRO_BATCH_H

#include "ndjson/scratch.h"
#include "state/waiting_row.h"
#include "stream/event.h"

#include <stddef.h>
#include <stdint.h>

/* Input put off until the end of an interval: copies of records, and the rises of the watermark
   that came between them, in order. */
struct delayed_input {
    struct event event; /* its slots are gone, its prepared bytes are copied */
    bool is_record;     /* otherwise a rise: */
    uint32_t partition;
    int64_t watermark;
};

struct micro_batch {
    struct delayed_input *inputs;
    size_t count;
    size_t capacity;
    struct scratch scratch;
    int64_t origin; /* wall clock ns at which the first interval began; 0 = not yet */
};

/* Wall clock ns at which the interval of `every` ns that `now` lies in ends; the first call begins
   the first one. */
int64_t micro_batch_due(struct micro_batch *batch, int64_t now, int64_t every);

/* Copies the record and `prepared_size` bytes of what was prepared; pointers in these remain. */
struct event *micro_batch_add(struct micro_batch *batch, const struct event *event,
                              size_t prepared_size);
void micro_batch_add_rise(struct micro_batch *batch, uint32_t partition, int64_t watermark);

/* Points a row that was prepared of the record `from` to its copy. */
void micro_batch_move_row(struct micro_batch *batch, const struct event *from,
                          const struct event *to, struct row_view *row);

void micro_batch_clear(struct micro_batch *batch);
void micro_batch_free(struct micro_batch *batch);

#endif
