#ifndef STATE_STATE_DIRECTORY_H
#define STATE_STATE_DIRECTORY_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* DIR of --state: ours alone, and locked. Everything in it is reached through its descriptor. */
struct state_directory {
    char *name; /* as given, without slashes at its end */
    int descriptor;
    int lock; /* holds the lock as long as it is open */
};

/* Makes DIR (0700) if it is missing, takes the lock, removes every *.tmp. Refused: a symbolic
   link, another owner, rights for group or others; STATUS_LOCKED if another process has the lock,
   which the message names. Else failures are STATUS_STATE. */
bool state_directory_open(struct state_directory *directory, const char *name,
                          struct error_text *error, enum exit_status *status);
void state_directory_close(struct state_directory *directory);

/* fsync: what was renamed into the directory stays there. */
bool state_directory_sync(const struct state_directory *directory, struct error_text *error);

/* The names of our own files: ROLE-NUMBER.zst, or ROLE-NUMBER-PART.zst where one snapshot has
   several of a role; ROLE is [a-z-]+, NUMBER the sequence of the snapshot that named it first, six
   digits or more. */
enum { STATE_NAME_SIZE = 72 };
void state_name_make(char name[STATE_NAME_SIZE], const char *role, uint64_t number, unsigned part);
/* false: no such name. `role_length` = bytes of ROLE. */
bool state_name_parse(const char *name, size_t *role_length, uint64_t *number);

/* Calls `visit` for each name in the directory but "." and ".."; false: it cannot be read. */
bool state_directory_list(const struct state_directory *directory,
                          void (*visit)(void *context, const char *name), void *context,
                          struct error_text *error);

#endif
