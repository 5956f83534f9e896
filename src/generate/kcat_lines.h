#ifndef GENERATE_KCAT_LINES_H
#define GENERATE_KCAT_LINES_H

#include "ndjson/text_buffer.h"

#include <stddef.h>
#include <stdint.h>

/* Messages as `kcat -J` (1.7.1) prints them: one line each, members in its order, headers as a flat
   array, the payload an escaped string, offsets from 0 in each partition. */
struct kcat_lines {
    const char *topic;
    uint32_t partitions;
    uint64_t *offsets;
};

struct kcat_message {
    uint32_t partition;
    int64_t time;        /* ns; written as the message's creation time in ms */
    const char *headers; /* JSON text, NULL = none */
    const char *key;
    size_t key_length;
    const char *payload; /* NULL = a tombstone */
    size_t payload_length;
};

void kcat_lines_init(struct kcat_lines *lines, const char *topic, uint32_t partitions);
void kcat_lines_free(struct kcat_lines *lines);

/* The partition that Kafka's own clients choose for a key: murmur2, positive, modulo. */
uint32_t kcat_lines_partition(const struct kcat_lines *lines, const char *key, size_t length);

/* Appends the line, LF included. */
void kcat_lines_add(struct kcat_lines *lines, const struct kcat_message *message,
                    struct text_buffer *out);

#endif
