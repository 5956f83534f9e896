#include "ndjson/json_shape.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

/* Learning costs about as much as so many lines gain by it. A stream without repeating layouts
   runs into the debt limit, and then only every so many lines are learnt. */
enum { LEARNING_COST = 16, DEBT_LIMIT = 1024, DEBT_INTERVAL = 64, FIRST_NAMES = 32 };

void json_shapes_open(struct json_shapes *shapes, uint32_t slot_count)
{
    *shapes = (struct json_shapes){.slot_count = slot_count};
}

void json_shapes_close(struct json_shapes *shapes)
{
    for (int i = 0; i < SHAPE_LIMIT; i++) {
        free(shapes->shape[i].classes);
        free(shapes->shape[i].name);
        free(shapes->shape[i].scalar);
        free(shapes->shape[i].slots);
    }
}

static uint64_t layout_hash(const struct json_tokens *tokens)
{
    uint64_t hash = tokens->count;
    uint32_t i = 0;
    for (; i + 8 <= tokens->count; i += 8) {
        uint64_t classes;
        memcpy(&classes, tokens->classes + i, sizeof classes);
        hash = (hash ^ classes) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    for (; i < tokens->count; i++)
        hash = (hash ^ tokens->classes[i]) * UINT64_C(0x9E3779B97F4A7C15);
    return hash;
}

static bool seen_before(struct json_shapes *shapes, uint64_t hash)
{
    for (int i = 0; i < SHAPE_SIGHTINGS; i++)
        if (shapes->sightings[i] == hash)
            return true;
    shapes->sightings[shapes->sighting++ % SHAPE_SIGHTINGS] = hash;
    return false;
}

static struct json_shape *take_place(struct json_shapes *shapes)
{
    shapes->debt += LEARNING_COST;
    shapes->victim = (uint8_t)((shapes->victim + 1) % SHAPE_LIMIT);
    struct json_shape *shape = &shapes->shape[shapes->victim];
    json_shape_begin(shape, shapes->slot_count);
    return shape;
}

struct json_shape *json_shapes_candidate(struct json_shapes *shapes,
                                         const struct json_tokens *tokens)
{
    if (shapes->off || tokens->count > SHAPE_MAX_TOKENS)
        return NULL;
    if (!seen_before(shapes, layout_hash(tokens)))
        return NULL;
    if (shapes->debt > DEBT_LIMIT && ++shapes->debt % DEBT_INTERVAL != 0)
        return NULL;
    return take_place(shapes);
}

void json_shape_begin(struct json_shape *shape, uint32_t slot_count)
{
    if (!shape->slots) {
        size_t chunks = SHAPE_MAX_TOKENS / SHAPE_CHUNK;
        shape->classes = allocate(chunks * sizeof *shape->classes);
        shape->scalar = allocate(SHAPE_MAX_TOKENS * sizeof *shape->scalar);
        shape->slots = allocate(slot_count * sizeof *shape->slots);
    }
    memset(shape->slots, 0, slot_count * sizeof *shape->slots);
    shape->count = 0;
    shape->names = 0;
    shape->scalars = 0;
}

static void chunk_set(struct shape_chunk *chunk, const void *bytes, uint32_t length)
{
    memset(chunk, 0, sizeof *chunk);
    memcpy(chunk->bytes, bytes, length);
    memset(chunk->mask, 0xFF, length);
}

static uint32_t chunk_length(uint32_t left)
{
    return left < SHAPE_CHUNK ? left : SHAPE_CHUNK;
}

void json_shape_add_name(struct json_shape *shape, uint32_t token, const char *text,
                         uint32_t length)
{
    for (uint32_t done = 0; done < length; done += SHAPE_CHUNK) {
        if (shape->names == shape->name_capacity) {
            shape->name_capacity = shape->names ? 2 * shape->names : FIRST_NAMES;
            shape->name = reallocate(shape->name, shape->name_capacity * sizeof *shape->name);
        }
        struct shape_name *name = &shape->name[shape->names++];
        name->token = token;
        name->offset = done;
        chunk_set(&name->chunk, text + done, chunk_length(length - done));
    }
}

void json_shape_finish(struct json_shape *shape, const struct json_tokens *tokens)
{
    shape->count = tokens->count;
    for (uint32_t i = 0; i < tokens->count; i += SHAPE_CHUNK)
        chunk_set(&shape->classes[i / SHAPE_CHUNK], tokens->classes + i,
                  chunk_length(tokens->count - i));
}
