#ifndef STREAM_MOVED_POSITION_H
#define STREAM_MOVED_POSITION_H

#include "stream/file_identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far an input was consumed, for a tool that keeps positions itself, where its results go
   (settings->keeps_positions): a regular file's by byte, a Kafka partition's by offset. What came
   before it was given to on_record(), or filtered or rejected. */
struct moved_position {
    bool kafka;
    const char *name; /* of the file, or the topic; UTF-8, borrowed */
    size_t name_length;
    struct file_identity identity; /* of a file */
    uint64_t lines;                /* of the file before the offset */
    bool skipping;                 /* the offset lies inside a line that was too long */
    int64_t partition;             /* of a topic */
    int64_t ts;                    /* broker time of its last record, ms; INT64_MIN = it had none */
    uint64_t offset;               /* of the file's next byte; of the partition's last record */
    uint64_t step;                 /* counts up over all positions; the greater, the newer */
    uint64_t before; /* the step of the position that this one replaces; 0 = there is none */
};

struct stream;
typedef void position_taker(void *context, const struct moved_position *moved);

/* Between two records, or in on_record() for a state that includes the record: gives `take` each
   position that has moved since the call before, the oldest files first. */
void stream_take_positions(struct stream *stream, position_taker *take, void *context);

#endif
