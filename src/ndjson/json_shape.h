#ifndef NDJSON_JSON_SHAPE_H
#define NDJSON_JSON_SHAPE_H

#include "ndjson/json_slice.h"
#include "ndjson/json_tokens.h"

#include <stdbool.h>
#include <stdint.h>

/* What is remembered of a valid record, so that another one laid out like it needs no walk: a line
   with the same token classes obeys the same grammar, and with the same member names (in objects
   that the projection reads) has its wanted values at the same tokens. Only its scalars are left
   to be checked. A proof, not a guess: a line that differs in any of it does not match. */

enum {
    SHAPE_CHUNK = 32,
    SHAPE_LIMIT = 64,
    SHAPE_BUCKETS = 64,
    SHAPE_SIGHTINGS = 256,
    SHAPE_MAX_TOKENS = 2048
};

/* Bytes to be found somewhere; bytes with mask 0 are not looked at. */
struct shape_chunk {
    uint8_t bytes[SHAPE_CHUNK];
    uint8_t mask[SHAPE_CHUNK];
};

/* A piece of a member name, from `offset` bytes behind the token's start. */
struct shape_name {
    uint32_t token;
    uint32_t offset;
    struct shape_chunk chunk;
};

/* Where a slot's value is: JSON_ABSENT, JSON_STRING, JSON_ARRAY or JSON_OBJECT; JSON_NUMBER stands
   for any scalar. */
struct shape_slot {
    uint32_t token;
    uint32_t last; /* a container's closing bracket */
    uint8_t kind;
};

struct json_shape {
    uint32_t count; /* of tokens; 0: an empty place */
    uint32_t names;
    uint32_t scalars;
    uint32_t capacity; /* tokens for which there is room */
    uint32_t name_capacity;
    struct shape_chunk *classes; /* count / SHAPE_CHUNK, rounded up */
    struct shape_name *name;
    uint32_t *scalar; /* tokens that are in no slot */
    struct shape_slot *slots;
};

struct json_shapes {
    struct json_shape shape[SHAPE_LIMIT];
    uint8_t bucket[SHAPE_BUCKETS];  /* by token count: 1 + the first shape of a list, 0: none */
    uint8_t next[SHAPE_LIMIT];      /* likewise */
    uint8_t successor[SHAPE_LIMIT]; /* the shape that last came after this one */
    uint8_t latest;
    uint8_t victim;
    bool off;
    uint32_t slot_count;
    uint32_t debt;                       /* learning that has not paid yet, in lines */
    uint64_t sightings[SHAPE_SIGHTINGS]; /* hashes of layouts */
};

void json_shapes_open(struct json_shapes *shapes, uint32_t slot_count);
void json_shapes_close(struct json_shapes *shapes);

/* A shape to be filled by a walk over this line, or NULL: not worth it. A layout is learnt when it
   is seen for the second time. The shape matches nothing before json_shapes_finish(). */
struct json_shape *json_shapes_candidate(struct json_shapes *shapes,
                                         const struct json_tokens *tokens);
void json_shape_add_name(struct json_shape *shape, uint32_t token, const char *text,
                         uint32_t length);
void json_shapes_finish(struct json_shapes *shapes, struct json_shape *shape,
                        const struct json_tokens *tokens);

#endif
