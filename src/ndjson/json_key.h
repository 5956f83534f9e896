#ifndef NDJSON_JSON_KEY_H
#define NDJSON_JSON_KEY_H

#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The identity of a JSON value as a key: equal values have equal canonical bytes and kind, whatever
   their spelling (1, 1.0 and 1e0; "A" and "\u0041"; arrays element by element). `bytes` points into
   the record where its spelling is canonical already, else into the scratch given. */
struct json_key {
    const char *bytes;
    uint32_t length;
    uint8_t kind;  /* enum json_kind; JSON_ABSENT counts as JSON_NULL and has kind JSON_NULL */
    uint64_t hash; /* XXH3 of bytes, seeded with the kind and the process's secret seed */
    struct json_slice text; /* as it stands in the record: what is printed */
};

/* Makes the key of a slice. false = an object, or an array with an object in it: not a key.
   The key lives as long as the record's bytes and the scratch. */
bool json_key_make(struct json_slice value, struct scratch *scratch, struct json_key *key);

static inline bool json_key_equal(const struct json_key *a, const struct json_key *b)
{
    return a->hash == b->hash && a->kind == b->kind && a->length == b->length &&
           memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Appends the value as JSON: what json_key_make() gives the same bytes for. Of the key, only bytes,
   length and kind are looked at. */
struct text_buffer;
void json_key_write(const struct json_key *key, struct text_buffer *out);

/* A number that differs from process to process, for hashes that nobody outside can aim at. */
uint64_t json_key_seed(void);

/* 128 bits that stand for a key where keys are not kept: two keys of n share one with a probability
   below n^2 / 2^129, and nobody can aim at that without the seed, which is json_key_seed() of the
   process that began with these fingerprints. Never all zero. */
struct key_fingerprint {
    uint64_t high;
    uint64_t low;
};
struct key_fingerprint json_key_fingerprint(const struct json_key *key, uint64_t seed);

/* jq's sort order of the values that two keys stand for: <0, 0, >0. */
int json_key_compare(const struct json_key *a, const struct json_key *b);

/* jq's sort order of any two values. */
int json_compare(struct json_slice a, struct json_slice b);

#endif
