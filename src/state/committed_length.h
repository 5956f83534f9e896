#ifndef STATE_COMMITTED_LENGTH_H
#define STATE_COMMITTED_LENGTH_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stdint.h>

/* FILE.committed: how much of an output file a restart cannot take back, for the next stage to read
   no further. One line {"length":N,"device":N,"inode":N} LF, replaced atomically after each
   snapshot; device and inode are the file's own, so that a reader tells a rotated file apart. */
struct committed_length {
    uint64_t length;
    uint64_t device;
    uint64_t inode;
};

/* FILE's is made durable: written beside it, fsync'ed, renamed. false: *error says why. */
bool committed_length_publish(const char *name, const struct committed_length *committed,
                              struct error_text *error);

/* Reads FILE's. COMMITTED_ABSENT: FILE is no output of a durable stage. */
enum committed_found { COMMITTED_ABSENT, COMMITTED_READ, COMMITTED_FAILED };
enum committed_found committed_length_read(const char *name, struct committed_length *committed,
                                           struct error_text *error);

#endif
