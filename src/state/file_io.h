#ifndef STATE_FILE_IO_H
#define STATE_FILE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* System calls carried through to their end. errno says why one failed. */

/* read(2) until `size` bytes came or the file ended, through EINTR; -1 = failed. */
int64_t read_fully(int descriptor, void *bytes, size_t size);

/* write(2) until all is written, through EINTR and short writes. */
bool write_fully(int descriptor, const void *bytes, size_t length);

/* fsync of the directory that holds `name`: the name itself is durable. */
bool sync_parent(const char *name);

/* The same for a file or directory that is there already, whatever links `name` leads through; a
   directory that we may not read is left to whoever may. */
bool sync_name(const char *name);

#endif
