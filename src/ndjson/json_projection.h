#ifndef NDJSON_JSON_PROJECTION_H
#define NDJSON_JSON_PROJECTION_H

#include <stddef.h>
#include <stdint.h>

/* The set of paths that somebody wants from each record: what json_scan returns slices for.
   Slot 0 is the record itself (path "."). Adding a path adds its prefixes, so that a reader of
   .a.b can tell "no .a" from ".a is a string". Slots are numbered in the order of first adding. */

enum { JSON_ROOT_SLOT = 0, JSON_MAX_SLOTS = 1024 };

struct json_step {
    const char *name; /* member name as UTF-8, unescaped; NULL = array index */
    size_t length;
    uint32_t index; /* from 0 */
};

struct json_projection;

struct json_projection *json_projection_new(void);
void json_projection_free(struct json_projection *projection);

/* Returns the path's slot; the same path has one slot. Copies the names. Dies above
   JSON_MAX_SLOTS. Must not be called while a scanner uses the projection. */
size_t json_projection_add(struct json_projection *projection, const struct json_step *steps,
                           size_t count);
size_t json_projection_slots(const struct json_projection *projection);

/* The slot of the path without its last step; the root is its own parent. */
size_t json_projection_parent(const struct json_projection *projection, size_t slot);

/* The paths as a tree, one node per slot, for the scan. Slot 0 is nobody's child or sibling, so 0
   ends a list. Valid until the next json_projection_add(). */
struct json_node {
    struct json_step step;
    uint64_t head; /* the name's first bytes in memory order, then zeros: to compare at once */
    uint32_t parent;
    uint32_t first_child;
    uint32_t next_sibling;
};

const struct json_node *json_projection_nodes(const struct json_projection *projection);

#endif
