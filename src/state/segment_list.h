#ifndef STATE_SEGMENT_LIST_H
#define STATE_SEGMENT_LIST_H

#include "cli/diagnostics.h"
#include "ndjson/text_buffer.h"
#include "state/snapshot_draft.h"
#include "state/state_directory.h"
#include "state/state_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The segments that a manifest names, in its order. Starts zeroed. */
struct segment {
    char role[SEGMENT_ROLE_SIZE];
    char file[STATE_NAME_SIZE];
    struct state_seal seal;
    uint64_t text_bytes; /* decompressed */
    uint64_t rows;
    int64_t youngest; /* INT64_MAX = never dropped by time */
    uint64_t tier;    /* how often it was joined with neighbours; 0 = as it was first written */
};

struct segment_list {
    struct segment *items;
    size_t count;
    size_t capacity;
};

void segment_list_free(struct segment_list *list);
void segment_list_add(struct segment_list *list, const struct segment *segment);
void segment_list_remove(struct segment_list *list, size_t index);

/* Whether a file is named. */
bool segment_list_names(const struct segment_list *list, const char *file);

/* The manifest's line of a segment, and back; false = not one that this version writes. */
void segment_write(const struct segment *segment, struct text_buffer *out);
bool segment_read(struct segment *segment, const char *line, size_t length);

#endif
