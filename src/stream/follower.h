#ifndef STREAM_FOLLOWER_H
#define STREAM_FOLLOWER_H

#include "ndjson/byte_source.h"

#include <stdbool.h>
#include <stdint.h>

/* --follow: regular files that are read on as they grow, as tail -F does. What is appended is seen
   by inotify(7), and by a look every second where that tells nothing (network file systems). A last
   line without LF waits for it.

   Rotation: once the name leads to another file with content, the one being read is read to its end
   (a last line without LF is a line then), and the other from its beginning. A name that leads
   nowhere is waited for. A file cut shorter than what was read of it is read from its beginning,
   with a warning.

   FILE.committed, which a tool with --state keeps beside its --out, limits what is read of FILE to
   the length it names. */
struct follower;
struct input;
struct stream;

/* Where positions are kept a file that was cut short ends the tool with STATUS_STATE. */
struct follower *follower_new(struct stream *stream);
void follower_free(struct follower *follower);

/* Follows what the input's source reads, under its name unless that is standard input. The input
   must stay where it is. */
void follower_add(struct follower *follower, struct input *input);

/* The input reads this file first, which had its name before: it takes over the descriptor. */
bool follower_go_back(struct follower *follower, struct input *input, int descriptor,
                      struct error_text *error);

/* byte_source_fill() for an input that is followed: BYTES_WAIT without a system call unless
   something may have changed, never BYTES_END. */
enum byte_status follower_fill(struct follower *follower, struct input *input);

/* Takes in what has changed; `now`: steady clock ns. */
void follower_look(struct follower *follower, int64_t now);

/* Readable when something has changed; -1 = none, there is only follower_due(). */
int follower_descriptor(const struct follower *follower);
/* Steady clock ns of the next look by the clock; 0 = there is something to look at already,
   INT64_MAX = nothing is followed. */
int64_t follower_due(const struct follower *follower);

#endif
