#ifndef STREAM_INTAKE_H
#define STREAM_INTAKE_H

#include "ndjson/byte_source.h"
#include "ndjson/read_ahead.h"
#include "ndjson/scratch.h"
#include "stream/event.h"
#include "stream/kcat_envelope.h"
#include "stream/stream.h"
#include "stream/time_expression.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From lines to events: one operand's bytes are scanned in batches, and everything about a record
   that depends on nothing but itself is decided here (envelope, --where, --end, the tool's
   prepare(), time, --max-future), so that the tool can fetch what it needs for a whole batch before
   the first record of it is processed. */

enum { INTAKE_BATCH = 64 };

/* What all operands share. */
struct intake {
    const struct stream_tool *tool;
    const struct stream_settings *settings;
    struct stream *stream;        /* for the tool's prepare() */
    struct expression_set *set;   /* everything that reads input records */
    struct json_scanner *scanner; /* made when the set is complete */
    size_t slot_count;
    struct kcat_envelope *envelope; /* NULL = none */
    struct time_expression time;
    const struct expression *where; /* NULL = all */
    const struct expression *end;
    const struct expression *stream_by;
    const struct expression *partition_by;
    bool timed; /* event times are read */
};

struct input {
    struct byte_source source;
    struct read_ahead *ahead; /* NULL: the source is read when it is asked */
    bool began;               /* it was decided whether there is one */
    uint32_t index;           /* of the operand */
    uint32_t group;           /* all regular files are one group, each live input is its own */
    bool live;                /* read as it comes: a pipe, or a file that is followed */
    size_t followed;          /* its number in the follower, from 1; 0 = it is not followed */
    bool waiting;             /* nothing to read at the moment */
    bool ended;
    bool ready; /* poll(2) has reported input */
    bool stream_known;
    uint32_t stream; /* the stream of its latest record; all of them unless split */
    uint64_t line_number;
    bool open_line;          /* the last line taken has no LF yet */
    bool leaves_rest;        /* a last line that is not whole yet is left to the next run */
    bool left_rest;          /* there is one: the input ends before it */
    uint64_t replayed_until; /* what lies before this offset was handled by an earlier run */
    int64_t arrival;         /* wall clock ns of the latest read */
    struct event *events;    /* [next, count) are still to be dispatched */
    size_t count;
    size_t next;
    struct json_slice *slots;
    char *prepared;
    struct scratch scratch;
    struct error_text error; /* of what is tried at the moment: no record clears one of its own */
};

void input_init(struct input *input, const struct intake *intake);
void input_free(struct input *input);

/* Goes back to the first line of a regular file that has ended; false: source.error says why. */
bool input_restart(struct input *input);

/* How far an input was taken: everything before was dispatched. */
struct input_position {
    uint64_t offset; /* bytes of the (decompressed) input, from where reading began */
    uint64_t line;   /* lines before it, one that was too long among them, one without LF not */
    bool skipping;   /* inside a line that was too long */
};
struct input_position input_position(const struct input *input);
/* Goes on there, before anything was read of a regular file; false: source.error says why. */
bool input_go_to(struct input *input, struct input_position position);

/* Makes more lines visible, as byte_source_fill(), perhaps by a thread that has read them ahead. */
enum byte_status input_fill(struct input *input, const struct intake *intake);

/* Scans the next batch out of the visible lines; call when all events were dispatched. Returns
   false if no line is visible. Sets left_rest. */
bool input_scan(struct input *input, const struct intake *intake);

/* An event for the line that BYTES_TOO_LONG shows. */
void input_refuse_long(struct input *input, const struct intake *intake);

#endif
