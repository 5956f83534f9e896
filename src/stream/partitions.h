#ifndef STREAM_PARTITIONS_H
#define STREAM_PARTITIONS_H

#include "stream/name_table.h"
#include "time/watermark.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The watermarks of a run: one per value of --partition (a single one without it), each over the
   streams that were seen in it. Streams are told apart by the input they come from, Kafka's topic
   and partition, and --stream. Partitions never touch each other. */

struct partition {
    struct watermark watermark;
    struct name_table streams; /* full stream names; index = stream in the watermark */
    struct stream_activity {
        int64_t latest;    /* steady clock ns of its last record; start of the run if unseen */
        uint32_t input;    /* the group it ends with; UINT32_MAX = an unseen awaited one */
        uint64_t controls; /* --end records seen */
    } * activity;
    size_t *awaited; /* per awaited name: its stream's index */
    int64_t told;    /* W that the tool knows */
};

struct partitions {
    struct partition *items;
    size_t count;
    size_t capacity;
    struct name_table names;
    struct name_table awaited; /* --streams */
    int64_t delay;
    int64_t started; /* steady clock ns */
};

/* `awaited`: "A,B" or NULL. */
void partitions_init(struct partitions *partitions, int64_t delay, const char *awaited);
void partitions_free(struct partitions *partitions);

/* The partition of that name, made if new. */
uint32_t partitions_put(struct partitions *partitions, const char *name, size_t length);

/* The stream of that full name in a partition; made if new, or taking the place of the awaited
   stream whose name is `value`. `input` = the group of inputs whose end ends it. */
uint32_t partitions_stream(struct partitions *partitions, uint32_t partition, const char *name,
                           size_t length, const char *value, size_t value_length, uint32_t input);

/* The same for an input that is one stream, before it was seen: W waits for it. */
void partitions_await(struct partitions *partitions, uint32_t partition, const char *name,
                      size_t length, uint32_t input);

/* A stream as an earlier run left it, for the partition's number `stream`, which counts up from 0:
   the first ones take the places of awaited streams. `input` = UINT32_MAX: awaited and unseen.
   false: the number or the name does not fit. */
struct saved_stream {
    const char *name;
    size_t length;
    uint32_t input;
    int64_t maximum;
    uint64_t controls;
    bool awaited;
    bool idle;
    bool ended;
};
bool partitions_restore_stream(struct partitions *partitions, uint32_t partition, uint64_t stream,
                               const struct saved_stream *saved);

/* W as an earlier run left it, and the tool knows it. Before the partition's streams. */
void partitions_restore_watermark(struct partitions *partitions, uint32_t partition,
                                  int64_t watermark);
/* After the last stream of all. */
void partitions_restored(struct partitions *partitions);

/* All streams of a group of inputs have ended. `expecting`: other inputs are open that have not
   shown yet which streams they hold, so that no W may end. */
void partitions_end_input(struct partitions *partitions, uint32_t input, bool expecting);

/* Streams of the groups for which waiting[input] is true and that were silent for `timeout` ns at
   steady time `now` leave the minimum; where all are silent, W goes on with the clock. Returns the
   steady time at which to look again, INT64_MAX = never. */
int64_t partitions_idle(struct partitions *partitions, int64_t now, int64_t timeout,
                        const unsigned char *waiting, size_t group_count);

#endif
