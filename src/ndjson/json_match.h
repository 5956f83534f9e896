#ifndef NDJSON_JSON_MATCH_H
#define NDJSON_JSON_MATCH_H

#include "ndjson/json_kernel.h"
#include "ndjson/json_scalar.h"
#include "ndjson/json_tokenise.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Whether a line has a remembered shape, and its slots then. Compiled into each kernel, because the
   comparisons profit from its vectors. */

typedef uint64_t shape_vector __attribute__((vector_size(SHAPE_CHUNK)));

/* Bits that differ from what the chunk wants. */
KERNEL_INLINE void chunk_compare(shape_vector *difference, const void *text,
                                 const struct shape_chunk *chunk)
{
    shape_vector found, bytes, mask;
    memcpy(&found, text, sizeof found);
    memcpy(&bytes, chunk->bytes, sizeof bytes);
    memcpy(&mask, chunk->mask, sizeof mask);
    *difference |= (found ^ bytes) & mask;
}

KERNEL_INLINE bool is_zero(const shape_vector *vector)
{
    return ((*vector)[0] | (*vector)[1] | (*vector)[2] | (*vector)[3]) == 0;
}

KERNEL_INLINE bool shape_has_layout(const struct json_shape *shape,
                                    const struct json_tokens *tokens)
{
    if (shape->count != tokens->count)
        return false;
    shape_vector difference = {0};
    for (uint32_t i = 0; i * SHAPE_CHUNK < shape->count; i++)
        chunk_compare(&difference, tokens->classes + i * SHAPE_CHUNK, &shape->classes[i]);
    return is_zero(&difference);
}

KERNEL_INLINE bool shape_has_names(const struct json_shape *shape, const uint32_t *positions,
                                   const char *text)
{
    shape_vector difference = {0};
    for (uint32_t i = 0; i < shape->names; i++) {
        const struct shape_name *name = &shape->name[i];
        uint32_t start = positions[name->token];
        /* The rest of a long name lies nowhere, perhaps, if this line's name is shorter. */
        if (name->offset && positions[name->token + 1] - start <= name->offset)
            return false;
        chunk_compare(&difference, text + start + name->offset, &name->chunk);
    }
    return is_zero(&difference);
}

/* Length of a string or scalar: up to the white space before the next token. */
KERNEL_INLINE uint32_t token_length(const uint32_t *positions, uint32_t token, const char *text)
{
    uint32_t end = positions[token + 1];
    while (text[end - 1] == ' ' || text[end - 1] == '\t' || text[end - 1] == '\r')
        end--;
    return end - positions[token];
}

KERNEL_INLINE bool shape_has_scalars(const struct json_shape *shape, const uint32_t *positions,
                                     const char *text)
{
    bool valid = true;
    struct json_slice ignored;
    for (uint32_t i = 0; i < shape->scalars; i++) {
        uint32_t token = shape->scalar[i];
        valid &= json_scalar_read(text + positions[token], token_length(positions, token, text),
                                  &ignored);
    }
    return valid;
}

KERNEL_INLINE bool slot_fill(struct json_slice *slot, const struct shape_slot *place,
                             const uint32_t *positions, const char *text, bool backslash)
{
    const char *start = text + positions[place->token];
    switch (place->kind) {
    case JSON_ABSENT:
        *slot = (struct json_slice){0};
        return true;
    case JSON_STRING: {
        uint32_t length = token_length(positions, place->token, text);
        *slot = (struct json_slice){start, length, JSON_STRING, 0};
        if (backslash && memchr(start, '\\', length))
            slot->flags = JSON_FLAG_ESCAPED;
        return true;
    }
    case JSON_NUMBER:
        return json_scalar_read(start, token_length(positions, place->token, text), slot);
    default:
        *slot = (struct json_slice){start, positions[place->last] + 1 - positions[place->token],
                                    place->kind, 0};
        return true;
    }
}

KERNEL_INLINE bool shape_take(const struct json_shape *shape, const struct json_scanner *scanner,
                              const struct json_line *line, bool backslash)
{
    const uint32_t *positions = scanner->tokens.positions;
    if (!shape_has_layout(shape, &scanner->tokens) ||
        !shape_has_names(shape, positions, line->text) ||
        !shape_has_scalars(shape, positions, line->text))
        return false;
    for (uint32_t slot = 0; slot < scanner->slot_count; slot++)
        if (!slot_fill(&line->slots[slot], &shape->slots[slot], positions, line->text, backslash))
            return false;
    return true;
}

/* Another shape with as many tokens; SHAPE_LIMIT: none. */
KERNEL_INLINE uint32_t shape_search(const struct json_scanner *scanner,
                                    const struct json_line *line, bool backslash, uint32_t not_this)
{
    const struct json_shapes *shapes = &scanner->shapes;
    uint32_t place = shapes->bucket[scanner->tokens.count % SHAPE_BUCKETS];
    for (; place; place = shapes->next[place - 1])
        if (place - 1 != not_this &&
            shape_take(&shapes->shape[place - 1], scanner, line, backslash))
            return place - 1;
    return SHAPE_LIMIT;
}

/* Tries first what followed the latest shape the last time: types of records often alternate. */
KERNEL_INLINE bool line_match(struct json_scanner *scanner, const struct json_line *line,
                              bool backslash)
{
    struct json_shapes *shapes = &scanner->shapes;
    if (json_shapes_rest(shapes))
        return false;
    uint32_t found = shapes->successor[shapes->latest];
    if (!shape_take(&shapes->shape[found], scanner, line, backslash)) {
        found = shape_search(scanner, line, backslash, found);
        if (found == SHAPE_LIMIT)
            return false;
    }
    json_shapes_hit(shapes, found);
    return true;
}

KERNEL_INLINE bool line_accept(struct json_scanner *scanner, const char *limit,
                               struct json_line *line, struct json_tokenise_steps steps)
{
    struct json_findings findings = line_tokenise(&scanner->tokens, limit, line, steps);
    if (findings.broken || scanner->tokens.count == 0)
        return false;
    if ((findings.unicode || findings.high) && !json_kernel_check_rest(scanner, line, &findings))
        return false;
    return line_match(scanner, line, findings.backslash) ||
           json_kernel_walk(scanner, line, &findings);
}

#endif
