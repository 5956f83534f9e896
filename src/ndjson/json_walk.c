#include "ndjson/json_walk.h"

#include "ndjson/json_scalar.h"
#include "ndjson/json_scan.h"
#include "ndjson/json_string.h"

#include <string.h>

enum { NO_NODE = UINT32_MAX };

/* `token` is passed along and returned rather than kept in the walk, so that it stays in a
   register. 0 stands for failure: no value ends there. */

static uint8_t class_at(const struct json_walk *walk, uint32_t token)
{
    return walk->tokens->classes[token];
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct json_slice token_slice(const struct json_walk *walk, uint32_t token, uint8_t kind)
{
    const uint32_t *positions = walk->tokens->positions;
    uint32_t end = positions[token + 1];
    while (is_space(walk->text[end - 1]))
        end--;
    return (struct json_slice){walk->text + positions[token], end - positions[token], kind, 0};
}

static struct json_slice string_slice(const struct json_walk *walk, uint32_t token)
{
    struct json_slice slice = token_slice(walk, token, JSON_STRING);
    if (walk->backslash && memchr(slice.text, '\\', slice.length))
        slice.flags = JSON_FLAG_ESCAPED;
    return slice;
}

static void note_slot(const struct json_walk *walk, uint32_t node, uint32_t token, uint32_t last,
                      uint8_t kind)
{
    if (walk->shape)
        walk->shape->slots[node] = (struct shape_slot){token, last, kind};
}

/* As in struct json_node. What is read behind a short name is in the line or its padding. */
static uint64_t name_head(struct json_slice name)
{
    static const unsigned char masks[16] = {255, 255, 255, 255, 255, 255, 255, 255};
    size_t length = name.length - 2;
    uint64_t head, mask;
    memcpy(&head, name.text + 1, sizeof head);
    memcpy(&mask, masks + sizeof mask - (length < sizeof mask ? length : sizeof mask), sizeof mask);
    return head & mask;
}

static bool node_named(const struct json_node *node, struct json_slice name, uint64_t head)
{
    const struct json_step *step = &node->step;
    if (name.flags & JSON_FLAG_ESCAPED)
        return step->name && json_string_equals(name, step->name, step->length);
    return node->head == head && step->length == name.length - 2 && step->name &&
           (step->length <= sizeof head || memcmp(name.text + 1, step->name, step->length) == 0);
}

/* false: the member stands twice. */
static bool find_member(const struct json_walk *walk, uint32_t node, uint32_t token,
                        uint32_t *found)
{
    *found = NO_NODE;
    if (!walk->nodes[node].first_child)
        return true;
    struct json_slice name = string_slice(walk, token);
    if (walk->shape)
        json_shape_add_name(walk->shape, token, name.text, name.length);
    uint64_t head = name_head(name);
    uint32_t child = walk->nodes[node].first_child;
    while (child && !node_named(&walk->nodes[child], name, head))
        child = walk->nodes[child].next_sibling;
    if (!child)
        return true;
    *found = child;
    return walk->slots[child].kind == JSON_ABSENT;
}

static uint32_t find_element(const struct json_walk *walk, uint32_t node, uint32_t index)
{
    uint32_t child = walk->nodes[node].first_child;
    while (child && (walk->nodes[child].step.name || walk->nodes[child].step.index != index))
        child = walk->nodes[child].next_sibling;
    return child ? child : NO_NODE;
}

static bool skip_scalar(const struct json_walk *walk, uint32_t token)
{
    struct json_slice scalar = token_slice(walk, token, JSON_NUMBER);
    if (walk->shape)
        walk->shape->scalar[walk->shape->scalars++] = token;
    return json_scalar_read(scalar.text, scalar.length, &scalar);
}

/* Behind a member's name and colon, if `closer` is an object's; 0: they are not there. */
static uint32_t skip_name(const struct json_walk *walk, uint32_t token, uint8_t closer)
{
    if (closer == TOKEN_CLOSE_ARRAY)
        return token;
    bool named = class_at(walk, token) == TOKEN_STRING && class_at(walk, token + 1) == TOKEN_COLON;
    return named ? token + 2 : 0;
}

/* A container that nobody reads from: without recursion, since most of a record is such. */
static uint32_t skip_container(const struct json_walk *walk, uint32_t token, unsigned depth)
{
    uint8_t closer[JSON_MAX_DEPTH + 1];
    unsigned level = depth;
    do {
        uint8_t class = class_at(walk, token);
        if (class == TOKEN_OPEN_OBJECT || class == TOKEN_OPEN_ARRAY) {
            if (level == JSON_MAX_DEPTH)
                return 0;
            closer[++level] = class == TOKEN_OPEN_OBJECT ? TOKEN_CLOSE_OBJECT : TOKEN_CLOSE_ARRAY;
            if (class_at(walk, token + 1) != closer[level]) {
                token = skip_name(walk, token + 1, closer[level]);
                continue;
            }
        } else if (class != TOKEN_STRING && !(class == TOKEN_SCALAR && skip_scalar(walk, token))) {
            return 0;
        }
        for (token++; class_at(walk, token) == closer[level]; token++)
            if (--level == depth)
                return token + 1;
        if (class_at(walk, token) != TOKEN_COMMA)
            return 0;
        token = skip_name(walk, token + 1, closer[level]);
    } while (token);
    return 0;
}

static uint32_t walk_value(struct json_walk *walk, uint32_t token, uint32_t node, unsigned depth);

static uint32_t walk_object(struct json_walk *walk, uint32_t token, uint32_t node, unsigned depth)
{
    if (class_at(walk, ++token) == TOKEN_CLOSE_OBJECT)
        return token + 1;
    for (;; token++) {
        uint32_t child;
        if (class_at(walk, token) != TOKEN_STRING || class_at(walk, token + 1) != TOKEN_COLON ||
            !find_member(walk, node, token, &child))
            return 0;
        token = walk_value(walk, token + 2, child, depth);
        if (token && class_at(walk, token) == TOKEN_COMMA)
            continue;
        return token && class_at(walk, token) == TOKEN_CLOSE_OBJECT ? token + 1 : 0;
    }
}

static uint32_t walk_array(struct json_walk *walk, uint32_t token, uint32_t node, unsigned depth)
{
    if (class_at(walk, ++token) == TOKEN_CLOSE_ARRAY)
        return token + 1;
    for (uint32_t index = 0;; index++, token++) {
        token = walk_value(walk, token, find_element(walk, node, index), depth);
        if (token && class_at(walk, token) == TOKEN_COMMA)
            continue;
        return token && class_at(walk, token) == TOKEN_CLOSE_ARRAY ? token + 1 : 0;
    }
}

static uint32_t walk_container(struct json_walk *walk, uint32_t token, uint32_t node,
                               unsigned depth)
{
    if (depth == JSON_MAX_DEPTH)
        return 0;
    bool object = class_at(walk, token) == TOKEN_OPEN_OBJECT;
    const uint32_t *positions = walk->tokens->positions;
    struct json_slice *slot = &walk->slots[node];
    *slot = (struct json_slice){.text = walk->text + positions[token],
                                .kind = object ? JSON_OBJECT : JSON_ARRAY};
    uint32_t behind = object ? walk_object(walk, token, node, depth + 1)
                             : walk_array(walk, token, node, depth + 1);
    if (behind) {
        slot->length = positions[behind - 1] + 1 - positions[token];
        note_slot(walk, node, token, behind - 1, slot->kind);
    }
    return behind;
}

static uint32_t walk_string(struct json_walk *walk, uint32_t token, uint32_t node)
{
    if (node != NO_NODE) {
        walk->slots[node] = string_slice(walk, token);
        note_slot(walk, node, token, token, JSON_STRING);
    }
    return token + 1;
}

static uint32_t walk_scalar(struct json_walk *walk, uint32_t token, uint32_t node)
{
    if (node == NO_NODE)
        return skip_scalar(walk, token) ? token + 1 : 0;
    struct json_slice scalar = token_slice(walk, token, JSON_NUMBER);
    if (!json_scalar_read(scalar.text, scalar.length, &walk->slots[node]))
        return 0;
    note_slot(walk, node, token, token, JSON_NUMBER);
    return token + 1;
}

static uint32_t walk_value(struct json_walk *walk, uint32_t token, uint32_t node, unsigned depth)
{
    switch (class_at(walk, token)) {
    case TOKEN_STRING:
        return walk_string(walk, token, node);
    case TOKEN_SCALAR:
        return walk_scalar(walk, token, node);
    case TOKEN_OPEN_OBJECT:
    case TOKEN_OPEN_ARRAY:
        return node == NO_NODE ? skip_container(walk, token, depth)
                               : walk_container(walk, token, node, depth);
    default:
        return 0;
    }
}

bool json_walk_record(struct json_walk *walk)
{
    if (class_at(walk, 0) != TOKEN_OPEN_OBJECT)
        return false;
    uint32_t behind = walk_value(walk, 0, JSON_ROOT_SLOT, 0);
    return behind != 0 && behind == walk->tokens->count;
}
