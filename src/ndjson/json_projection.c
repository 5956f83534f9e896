#include "ndjson/json_projection.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

struct json_projection {
    struct json_node *nodes;
    size_t count;
};

struct json_projection *json_projection_new(void)
{
    struct json_projection *projection = allocate_zeroed(1, sizeof *projection);
    projection->nodes = allocate_zeroed(JSON_MAX_SLOTS, sizeof *projection->nodes);
    projection->count = 1;
    return projection;
}

void json_projection_free(struct json_projection *projection)
{
    if (!projection)
        return;
    for (size_t slot = 1; slot < projection->count; slot++)
        free((char *)projection->nodes[slot].step.name);
    free(projection->nodes);
    free(projection);
}

static int step_equal(const struct json_step *a, const struct json_step *b)
{
    if (!a->name || !b->name)
        return !a->name && !b->name && a->index == b->index;
    return a->length == b->length && memcmp(a->name, b->name, a->length) == 0;
}

/* The link that holds the child's slot, or that ends the list where it would be appended. */
static uint32_t *projection_link(struct json_projection *projection, size_t parent,
                                 const struct json_step *step)
{
    uint32_t *link = &projection->nodes[parent].first_child;
    while (*link && !step_equal(&projection->nodes[*link].step, step))
        link = &projection->nodes[*link].next_sibling;
    return link;
}

static struct json_step step_copy(const struct json_step *step)
{
    struct json_step copy = *step;
    if (step->name) {
        char *name = allocate(step->length + 1);
        memcpy(name, step->name, step->length);
        name[step->length] = '\0';
        copy.name = name;
    }
    return copy;
}

static size_t projection_add_step(struct json_projection *projection, size_t parent,
                                  const struct json_step *step)
{
    uint32_t *link = projection_link(projection, parent, step);
    size_t found = *link;
    if (found)
        return found;
    if (projection->count == JSON_MAX_SLOTS)
        die(STATUS_USAGE, "more than %d paths are read from each record", JSON_MAX_SLOTS - 1);
    size_t slot = projection->count++;
    *link = (uint32_t)slot;
    struct json_node *node = &projection->nodes[slot];
    *node = (struct json_node){.step = step_copy(step), .parent = (uint32_t)parent};
    size_t head_length = step->length < sizeof node->head ? step->length : sizeof node->head;
    if (step->name)
        memcpy(&node->head, step->name, head_length);
    return slot;
}

size_t json_projection_add(struct json_projection *projection, const struct json_step *steps,
                           size_t count)
{
    size_t slot = JSON_ROOT_SLOT;
    for (size_t i = 0; i < count; i++)
        slot = projection_add_step(projection, slot, &steps[i]);
    return slot;
}

size_t json_projection_slots(const struct json_projection *projection)
{
    return projection->count;
}

size_t json_projection_parent(const struct json_projection *projection, size_t slot)
{
    return projection->nodes[slot].parent;
}

const struct json_node *json_projection_nodes(const struct json_projection *projection)
{
    return projection->nodes;
}
