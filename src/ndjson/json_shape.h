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

/* A hit gains about twice what a miss costs, and learning costs as much as so many misses. A stream
   without repeating layouts runs into the debt limit; then one line of so many is tried, until that
   pays again. */
enum { SHAPE_HIT_GAIN = 2, SHAPE_LEARN_COST = 16, SHAPE_DEBT_LIMIT = 4096, SHAPE_REST = 64 };

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
    bool resting; /* this line is left alone */
    uint32_t rested;
    uint32_t slot_count;
    uint32_t debt;                       /* what was tried in vain, in lines */
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

/* To be asked before a line is compared with the shapes. */
static inline bool json_shapes_rest(struct json_shapes *shapes)
{
    shapes->resting = shapes->off ||
                      (shapes->debt > SHAPE_DEBT_LIMIT && ++shapes->rested % SHAPE_REST != 0);
    return shapes->resting;
}

static inline void json_shapes_hit(struct json_shapes *shapes, uint32_t place)
{
    uint32_t gain = SHAPE_HIT_GAIN * (shapes->debt > SHAPE_DEBT_LIMIT ? SHAPE_REST : 1);
    shapes->debt -= shapes->debt < gain ? shapes->debt : gain;
    shapes->successor[shapes->latest] = (uint8_t)place;
    shapes->latest = (uint8_t)place;
}

#endif
