#ifndef WINDOW_DISTINCT_ESTIMATE_H
#define WINDOW_DISTINCT_ESTIMATE_H

#include "ndjson/json_key.h"
#include "ndjson/text_buffer.h"

#include <stddef.h>
#include <stdint.h>

/* How many different values there were, in at most 4 KiB: exact up to DISTINCT_EXACT of them, then
   HyperLogLog (Flajolet et al. 2007) with 2^12 registers, read by Ertl's estimator (2017, "New
   cardinality estimation algorithms for HyperLogLog sketches", algorithm 6): standard error 1.6 %.
   The hash has no secret, so that equal input gives equal estimates. Starts zeroed. */
enum { DISTINCT_EXACT = 256, DISTINCT_REGISTER_BITS = 12 };
enum { DISTINCT_REGISTERS = 1 << DISTINCT_REGISTER_BITS };

struct distinct_estimate {
    uint64_t *hashes; /* sorted, while few */
    uint32_t count;
    uint32_t capacity;
    uint8_t *registers; /* NULL = few */
};

void distinct_estimate_add(struct distinct_estimate *estimate, const struct json_key *key);
void distinct_estimate_merge(struct distinct_estimate *estimate,
                             const struct distinct_estimate *other);
void distinct_estimate_clear(struct distinct_estimate *estimate);
uint64_t distinct_estimate_count(const struct distinct_estimate *estimate);

/* {"hashes":["0123456789abcdef",...]} while few; then {"registers":"..."}, a character each: 0-9,
   A-Z, a-z stand for 0 to 61. false = not that. */
void distinct_estimate_save(const struct distinct_estimate *estimate, struct text_buffer *out);
bool distinct_estimate_restore(struct distinct_estimate *estimate, struct json_slice saved);

#endif
