#include "ndjson/scratch.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { FIRST_BLOCK = 64 * 1024 };

struct scratch_block {
    struct scratch_block *older;
    size_t size; /* of the bytes behind this header */
    char bytes[] __attribute__((aligned(16)));
};

static void scratch_open_block(struct scratch *scratch, size_t size)
{
    struct scratch_block *block = allocate(sizeof *block + size);
    block->older = scratch->blocks;
    block->size = size;
    scratch->blocks = block;
    scratch->free = block->bytes;
    scratch->end = block->bytes + size;
}

void *scratch_take_slowly(struct scratch *scratch, size_t size)
{
    size_t wanted = scratch->blocks ? 2 * scratch->blocks->size : FIRST_BLOCK;
    /* scratch_take() never uses up a block: a free pointer that is NULL then needs no test. */
    scratch_open_block(scratch, wanted > size ? wanted : size + 16);
    char *piece = scratch->free;
    scratch->free += size;
    return piece;
}

static void scratch_free_blocks(struct scratch_block *block)
{
    while (block) {
        struct scratch_block *older = block->older;
        free(block);
        block = older;
    }
}

/* Only the newest block stays: it is the largest, and a batch that needed two will fit into the
   next one alone. */
void scratch_reset(struct scratch *scratch)
{
    struct scratch_block *newest = scratch->blocks;
    if (!newest)
        return;
    scratch_free_blocks(newest->older);
    newest->older = NULL;
    scratch->free = newest->bytes;
    scratch->end = newest->bytes + newest->size;
}

void scratch_free(struct scratch *scratch)
{
    scratch_free_blocks(scratch->blocks);
    *scratch = (struct scratch){0};
}
