#ifndef STREAM_EVENT_H
#define STREAM_EVENT_H

#include "expression/expression.h"
#include "ndjson/json_scan.h"

#include <stdbool.h>
#include <stdint.h>

/* What was decided about a record before its turn. */
enum event_fate {
    EVENT_USE,
    EVENT_FILTERED,
    EVENT_REJECTED,
    EVENT_TOMBSTONE, /* a Kafka message without a value */
    EVENT_CONTROL    /* --end */
};

struct rejection;

/* A record on its way through a tool: its line, slices, time, where it came from, and what the tool
   noted in prepare(). Lives until the batch it was read in is done. */
struct event {
    struct json_line line;
    int64_t time;    /* ns: event time; its arrival under --clock arrival, or if no time is read */
    int64_t arrival; /* wall clock ns at which its bytes were read */
    const char *source; /* "stdin" or the file's name */
    uint64_t number;    /* line number in its source, from 1 */
    uint64_t offset;    /* where its line begins in its source, bytes (decompressed) */
    uint32_t stream;    /* index in the partition's watermark */
    uint32_t partition; /* 0 without --partition */
    uint32_t input;     /* which operand it came from, from 0 */
    enum event_fate fate;
    bool timed;                        /* it has an event time; of rejected records, too */
    const struct rejection *rejection; /* when rejected */
    struct record_variables variables;
    void *prepared; /* stream_tool.prepared_size bytes, zeroed before prepare() */
};

static inline struct record_view event_view(const struct event *event)
{
    return (struct record_view){event->line.slots, &event->variables};
}

#endif
