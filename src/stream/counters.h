#ifndef STREAM_COUNTERS_H
#define STREAM_COUNTERS_H

#include <stdint.h>

/* What became of every record. At every exit
   read = used + filtered + late + rejected + replayed + tombstones + control + duplicate. */
struct counters {
    uint64_t read;
    uint64_t used;
    uint64_t filtered;
    uint64_t late;
    uint64_t rejected;
    uint64_t replayed;   /* seen by an earlier run; 0 without state */
    uint64_t tombstones; /* null payloads of a Kafka envelope */
    uint64_t control;    /* --end */
    uint64_t duplicate;  /* repeats that a tool drops */
    /* Outside the identity: */
    uint64_t partly_late;
    uint64_t written;
    uint64_t unwritable;   /* results that --kcat-key could not write */
    uint64_t null_results; /* --calc and --select expressions that failed and gave null */
};

/* Name and value of the counter of that index, in the order above; NULL after the last. */
const char *counters_name(unsigned index);
uint64_t counters_value(const struct counters *counters, unsigned index);
void counters_set(struct counters *counters, unsigned index, uint64_t value);

/* What was counted since `before`. */
struct counters counters_since(const struct counters *counters, const struct counters *before);

#endif
