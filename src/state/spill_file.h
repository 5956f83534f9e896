#ifndef STATE_SPILL_FILE_H
#define STATE_SPILL_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Where cold memory goes: a file in DIR without a name, in slots of LOG_SEGMENT_SIZE that are used
   again. Space is reserved before it is written, so that a full disk is a message and STATUS_STATE
   and not a SIGBUS later; a disk that fails later is a message and STATUS_IO. */
struct spill_file {
    int descriptor;   /* -1 = not open yet */
    const char *name; /* of DIR, for messages; borrowed */
    char *map;        /* of the whole file, and of what it may become */
    size_t map_size;
    uint64_t *free; /* numbers of slots that are free */
    size_t free_count;
    size_t free_capacity;
    uint64_t slots;    /* in use or free; numbers begin at 1 */
    uint64_t reserved; /* slots that the disk has room for */
};

void spill_file_open(struct spill_file *file, int directory, const char *name);
void spill_file_close(struct spill_file *file);

/* Copies `size` bytes (whole pages) into slots; *slot is the first of them. Returns their new
   address. */
char *spill_file_store(struct spill_file *file, const char *memory, size_t size, uint64_t *slot);
/* Forgets what was stored: its address is void, its slots are free. */
void spill_file_drop(struct spill_file *file, const char *memory, size_t size, uint64_t slot);

/* Says that stored memory is going to be looked at: begins to read what the system does not hold.
 */
void spill_file_expect(const struct spill_file *file, const char *memory, size_t size);

/* Pages of stored memory that were looked at leave memory; the next look brings them back. Any
   thread, at any time. */
void spill_file_leave(const char *memory, size_t size);

#endif
