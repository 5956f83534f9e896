#ifndef NDJSON_JSON_WALK_H
#define NDJSON_JSON_WALK_H

#include "ndjson/json_projection.h"
#include "ndjson/json_shape.h"
#include "ndjson/json_slice.h"
#include "ndjson/json_tokens.h"

#include <stdbool.h>

/* The grammar over a line's tokens, whose strings were validated when the tokens were found. */

struct json_walk {
    const char *text; /* of the line */
    const struct json_tokens *tokens;
    const struct json_node *nodes;
    struct json_slice *slots;
    struct json_shape *shape; /* to be filled on the way; or NULL */
    bool backslash;           /* the line has one somewhere */
};

/* True: the line is one valid object and the slots (absent ones before) are filled. */
bool json_walk_record(struct json_walk *walk);

#endif
