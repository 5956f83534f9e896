#include "ndjson/json_shape.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_NAMES = 32 };

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
    uint64_t *sighting = &shapes->sightings[(hash >> 32) % SHAPE_SIGHTINGS];
    bool seen = *sighting == hash;
    *sighting = hash;
    return seen;
}

static void shape_unlink(struct json_shapes *shapes, uint8_t place)
{
    if (shapes->shape[place].count == 0)
        return;
    uint8_t *link = &shapes->bucket[shapes->shape[place].count % SHAPE_BUCKETS];
    while (*link != place + 1)
        link = &shapes->next[*link - 1];
    *link = shapes->next[place];
}

static void shape_reserve(struct json_shape *shape, uint32_t tokens)
{
    if (tokens <= shape->capacity)
        return;
    shape->capacity = (tokens + SHAPE_CHUNK - 1) / SHAPE_CHUNK * SHAPE_CHUNK;
    shape->classes = reallocate(shape->classes,
                                shape->capacity / SHAPE_CHUNK * sizeof *shape->classes);
    shape->scalar = reallocate(shape->scalar, shape->capacity * sizeof *shape->scalar);
}

static struct json_shape *take_place(struct json_shapes *shapes, uint32_t tokens)
{
    shapes->debt += SHAPE_LEARN_COST;
    shapes->victim = (uint8_t)((shapes->victim + 1) % SHAPE_LIMIT);
    struct json_shape *shape = &shapes->shape[shapes->victim];
    shape_unlink(shapes, shapes->victim);
    shape_reserve(shape, tokens);
    if (!shape->slots)
        shape->slots = allocate(shapes->slot_count * sizeof *shape->slots);
    memset(shape->slots, 0, shapes->slot_count * sizeof *shape->slots);
    shape->count = 0;
    shape->names = 0;
    shape->scalars = 0;
    return shape;
}

struct json_shape *json_shapes_candidate(struct json_shapes *shapes,
                                         const struct json_tokens *tokens)
{
    if (shapes->resting || tokens->count > SHAPE_MAX_TOKENS)
        return NULL;
    shapes->debt++;
    return seen_before(shapes, layout_hash(tokens)) ? take_place(shapes, tokens->count) : NULL;
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

void json_shapes_finish(struct json_shapes *shapes, struct json_shape *shape,
                        const struct json_tokens *tokens)
{
    uint8_t place = (uint8_t)(shape - shapes->shape);
    uint8_t *bucket = &shapes->bucket[tokens->count % SHAPE_BUCKETS];
    shape->count = tokens->count;
    for (uint32_t i = 0; i < tokens->count; i += SHAPE_CHUNK)
        chunk_set(&shape->classes[i / SHAPE_CHUNK], tokens->classes + i,
                  chunk_length(tokens->count - i));
    shapes->next[place] = *bucket;
    *bucket = (uint8_t)(place + 1);
}
