#ifndef STREAM_POSITIONS_H
#define STREAM_POSITIONS_H

#include "ndjson/text_buffer.h"
#include "state/saved_snapshot.h"

#include <stdbool.h>

/* How far each input was consumed, in a snapshot's manifest: of regular files a byte offset, which
   belongs to the file whatever its name or place among the operands; of Kafka partitions the last
   offset; of pipes how many bytes came, for --resent. */
struct positions;
struct stream;
struct input;
struct event;

/* Appends the lines of kinds "input" and "kafka". Files that an earlier run read and this one was
   not given keep their lines (KEPT_POSITIONS of them, those left last), so that they are not read
   again when they come back. */
enum { KEPT_POSITIONS = 10000 };
void positions_save(struct stream *stream, struct text_buffer *lines);

/* Moves the inputs, which are open, to where the snapshot left them, and begins to note positions.
   `saved` NULL = there is none. false: *error says which input does not fit (STATUS_STATE). */
bool positions_restore(struct stream *stream, struct saved_snapshot *saved,
                       struct error_text *error);

/* The same for a tool that keeps the positions itself (settings->keeps_positions): `name` = the
   --resume-from file, NULL = there is none. */
bool positions_resume(struct stream *stream, const char *name, struct error_text *error);

/* How far the file that an input reads was taken; `name` is borrowed. false: it reads none. */
struct saved_position;
bool positions_of_file(const struct input *input, struct saved_position *file);

void positions_free(struct positions *positions);

/* For each event before it is handled: true if an earlier run has handled it. Ends the tool with
   STATUS_STATE if a pipe that should start over (--resent) brings something else. */
bool positions_replayed(struct stream *stream, const struct event *event);

/* A followed file is left for the one that took its name. */
void positions_file_left(struct stream *stream, const struct input *input);

/* An input has ended: tells of a line that is left to the next run; STATUS_STATE if a pipe has not
   brought again what it should (--resent). */
void positions_input_ended(struct stream *stream, const struct input *input);

#endif
