#ifndef STREAM_POSITIONS_PARTS_H
#define STREAM_POSITIONS_PARTS_H

#include "stream/file_identity.h"
#include "stream/intake.h"
#include "stream/kafka_offsets.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What positions.c and moved_positions.c share. */

struct saved_position {
    char *name;
    struct file_identity identity;
    struct input_position position;
    uint64_t group; /* of the input that read it last, whose place names its stream; 0 = files */
    uint64_t step;  /* struct moved_position's, as a --resume-from file has it; else 0 */
    bool taken;     /* an input of this run goes on from here */
};

/* What is known of an operand. */
struct noted_input {
    struct byte_head head;        /* of a pipe */
    struct saved_position resent; /* what is to come again of it; name NULL = nothing */
    bool verified;                /* that it is what came before */
};

/* What the tool was last given of a file (stream_take_positions()). */
struct told_position {
    const char *name; /* borrowed; NULL = nothing was told */
    struct file_identity identity;
    struct input_position position;
    uint64_t step;
};

struct positions {
    struct saved_position *saved; /* the newest first */
    size_t count;
    size_t capacity;
    struct noted_input *inputs;
    struct kafka_offsets kafka;
    size_t left; /* the first of `saved`: files left in this run that the tool was not given yet */
    struct told_position *told; /* one per device and inode */
    size_t told_count;
    size_t told_capacity;
    uint64_t step; /* the highest of all */
};

/* Files of which `saved` tells are known to whoever keeps the positions. */
void positions_remember_told(struct positions *positions);

#endif
