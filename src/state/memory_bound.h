#ifndef STATE_MEMORY_BOUND_H
#define STATE_MEMORY_BOUND_H

#include "state/spill_file.h"

#include <stddef.h>
#include <stdint.h>

/* --memory: keeps the process within so many resident bytes, by moving the oldest full segments of
   its logs to a file, where their records keep position and content. Nothing else is moved: when
   the rest alone is more, it says so once. One for all logs of a process. */
struct memory_bound;
struct record_log;

struct bounded_segment {
    struct record_log *log;
    uint64_t number;
};

/* Below that the program itself, its buffers and what is being added would not fit: bytes. */
#define MEMORY_BOUND_LEAST (UINT64_C(32) << 20)

struct memory_bound *memory_bound_new(uint64_t limit);
/* Where the file goes, before the first record is kept: DIR's descriptor and name, which must
   outlive the bound. */
void memory_bound_open(struct memory_bound *bound, int directory, const char *name);
/* After the logs; NULL: nothing. */
void memory_bound_free(struct memory_bound *bound);

/* A log opened this segment: moves others, of any log, until there is room. Addresses of records
   are void, but for those in segments that a log appends to. */
void memory_bound_grow(struct memory_bound *bound, struct record_log *log, uint64_t number);

/* For when other things than logs grow: moves segments until there is room. Addresses of records
   are void as above. NULL: nothing. */
void memory_bound_fit(struct memory_bound *bound);

/* To be called as records are looked at: now and then gives back the memory of moved segments.
   Moves nothing, addresses hold. NULL: nothing. */
void memory_bound_tend(struct memory_bound *bound);
/* Moved memory is going to be looked at, soon: begins to read it, if lately looks had to wait for
   the disk. */
void memory_bound_expect(struct memory_bound *bound, const char *memory, size_t size);
/* Moves one segment, the oldest that can be, whatever is resident: for tests. */
_Bool memory_bound_move(struct memory_bound *bound);

struct spill_file *memory_bound_file(struct memory_bound *bound);
/* Bytes of records that are on disk now; 0 for NULL. */
uint64_t memory_bound_spilled(const struct memory_bound *bound);
void memory_bound_count(struct memory_bound *bound, int64_t bytes);

#endif
