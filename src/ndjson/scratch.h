#ifndef NDJSON_SCRATCH_H
#define NDJSON_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* Memory for what lives no longer than the batch of records at hand: taken piece by piece, given
   back all at once. Pieces never move. Starts zeroed. */
struct scratch_block;
struct scratch {
    char *free; /* next free byte, 16-byte aligned */
    char *end;
    struct scratch_block *blocks; /* newest first */
};

void *scratch_take_slowly(struct scratch *scratch, size_t size);

/* `size` bytes, 16-byte aligned, uninitialised. */
static inline void *scratch_take(struct scratch *scratch, size_t size)
{
    size_t rounded = (size + 15) & ~(size_t)15;
    if ((size_t)(scratch->end - scratch->free) <= rounded)
        return scratch_take_slowly(scratch, rounded);
    char *piece = scratch->free;
    scratch->free += rounded;
    return piece;
}

/* Everything taken becomes invalid; the memory stays for the next batch. */
void scratch_reset(struct scratch *scratch);
void scratch_free(struct scratch *scratch);

#endif
