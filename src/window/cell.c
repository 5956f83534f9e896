#include "window/cell.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, FEWEST_CELLS = 16 };

struct cell_block {
    struct cell_block *older;
    _Alignas(16) char cells[];
};

static size_t cells_of_block(const struct cell_pool *pool)
{
    size_t count = BLOCK_BYTES / pool->size;
    return count < FEWEST_CELLS ? FEWEST_CELLS : count;
}

void cell_pool_init(struct cell_pool *pool, size_t states_size)
{
    *pool = (struct cell_pool){.size = sizeof(struct cell) + ((states_size + 15) & ~(size_t)15)};
    pool->next = cells_of_block(pool);
}

void cell_pool_free(struct cell_pool *pool)
{
    while (pool->blocks != NULL) {
        struct cell_block *block = pool->blocks;
        pool->blocks = block->older;
        free(block);
    }
}

static struct cell *unused_cell(struct cell_pool *pool)
{
    if (pool->next == cells_of_block(pool)) {
        struct cell_block *block = allocate(sizeof *block + cells_of_block(pool) * pool->size);
        block->older = pool->blocks;
        pool->blocks = block;
        pool->next = 0;
    }
    void *cell = pool->blocks->cells + pool->next++ * pool->size;
    return cell;
}

struct cell *cell_take(struct cell_pool *pool)
{
    struct cell *cell = pool->free;
    pool->in_use++;
    if (cell != NULL)
        pool->free = cell->next;
    else
        cell = unused_cell(pool);
    return memset(cell, 0, pool->size);
}

void cell_give(struct cell_pool *pool, struct cell *cell)
{
    pool->in_use--;
    cell->next = pool->free;
    pool->free = cell;
}
