#ifndef STREAM_KAFKA_OFFSETS_H
#define STREAM_KAFKA_OFFSETS_H

#include "expression/expression.h"
#include "state/saved_snapshot.h"
#include "stream/name_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far each Kafka partition was consumed, as the envelopes tell: what the broker delivers again
   after a restart is recognised by its offset. Starts zeroed. */
struct kafka_offsets {
    struct name_table names; /* topic as JSON text, then the number */
    struct kafka_partition {
        size_t topic_length; /* of its name */
        int64_t number;
        int64_t offset; /* of the last record consumed */
        int64_t ts;     /* its broker time, ms; INT64_MIN = it had none */
        int64_t told;   /* the offset that the tool was last given (stream_take_positions()) */
        uint64_t step;  /* and its step */
    } * partitions;
    size_t capacity;
    struct text_buffer name; /* names are put together here */
};

void kafka_offsets_free(struct kafka_offsets *offsets);

/* Notes a record that is about to be handled. True: it is one at or below the last offset of its
   partition, handled before. An envelope without topic, partition or offset is never. */
bool kafka_offsets_pass(struct kafka_offsets *offsets, const struct record_variables *variables);

/* Manifest lines of the kind "kafka", one per partition. */
void kafka_offsets_save(const struct kafka_offsets *offsets, struct text_buffer *lines);
bool kafka_offsets_restore(struct kafka_offsets *offsets, const struct saved_snapshot *saved,
                           struct error_text *error);

/* One line of the kind "kafka", with a "step" if it is from a --resume-from file. false: it is
 * none.
 */
bool kafka_offsets_take(struct kafka_offsets *offsets, const char *line, size_t length);
/* The highest step of all; 0 = there is none. */
uint64_t kafka_offsets_step(const struct kafka_offsets *offsets);

/* For --since DIR: the broker time (ms) from which on a consumer must deliver again so that no
   partition misses a record, whichever snapshot in DIR the next run starts from: of the last
   records consumed, the earliest. False: *error says why there is none. */
bool kafka_offsets_since(const char *directory, int64_t *ts, struct error_text *error);

#endif
