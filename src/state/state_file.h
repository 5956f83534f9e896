#ifndef STATE_STATE_FILE_H
#define STATE_STATE_FILE_H

#include "state/state_directory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file of DIR. It ends in a zstd skippable frame (4 bytes 0x184D2A50, 4 bytes length 8, then the
   XXH3-64 of all bytes before the frame, all little endian), which zstdcat passes over: what it
   decompresses to is unchanged, and no bit of the file is without a check. */
enum { STATE_SEAL_SIZE = 16 };

struct state_seal {
    uint64_t bytes;    /* of the whole file, its seal included */
    uint64_t checksum; /* XXH3-64 of all but the seal */
};

/* A file being written as NAME.tmp. */
struct state_file;

/* Exclusively and 0600 from the start. NULL: *error says why. */
struct state_file *state_file_create(const struct state_directory *directory, const char *name,
                                     struct error_text *error);
bool state_file_write(struct state_file *file, const void *bytes, size_t length,
                      struct error_text *error);
/* Seals, syncs, closes, renames to NAME, which must not exist; frees in every case. The name itself
   is durable after state_directory_sync(). After a failure nothing is left in DIR. */
bool state_file_finish(struct state_file *file, struct state_seal *seal, struct error_text *error);
/* Removes it and frees. */
void state_file_abandon(struct state_file *file);

/* Opens NAME and reads all of it: the file's own seal must hold, and be *expected (NULL = any);
   *seal (NULL = not wanted) gets it. Refuses what is no regular file of ours alone. Returns a
   descriptor that stands at the file's beginning; less than 0 and *error if anything is wrong. */
enum {
    STATE_FILE_DAMAGED = -1,
    STATE_FILE_FAILED =
        -2 /* nothing is known of the file: no memory, no descriptor, no permission */
};
int state_file_open(const struct state_directory *directory, const char *name,
                    const struct state_seal *expected, struct state_seal *seal,
                    struct error_text *error);

#endif
