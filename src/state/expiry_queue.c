#include "state/expiry_queue.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { PIECE_ROWS = 58, ROWS_AHEAD = 12 };

struct queue_piece {
    uint64_t base; /* position of the first row */
    struct queue_piece *next;
    uint32_t count;
    uint32_t distances[PIECE_ROWS]; /* from base, in log units */
};

static void free_pieces(struct queue_piece *piece)
{
    while (piece != NULL) {
        struct queue_piece *next = piece->next;
        free(piece);
        piece = next;
    }
}

void expiry_queue_free(struct expiry_queue *queue)
{
    free_pieces(queue->first);
    free_pieces(queue->spare);
}

static struct queue_piece *piece_new(struct expiry_queue *queue)
{
    struct queue_piece *piece = queue->spare;
    if (piece != NULL) {
        queue->spare = piece->next;
        return piece;
    }
    queue->bytes += sizeof *piece;
    return allocate(sizeof *piece);
}

static void append_piece(struct expiry_queue *queue, uint64_t base)
{
    struct queue_piece *piece = piece_new(queue);
    piece->base = base;
    piece->next = NULL;
    piece->count = 0;
    if (queue->first == NULL) {
        queue->first = piece;
        queue->next = 0;
    } else {
        queue->last->next = piece;
    }
    queue->last = piece;
}

bool expiry_queue_add(struct expiry_queue *queue, int64_t time, uint64_t position)
{
    if (queue->first != NULL && time < queue->latest)
        return false;
    if (queue->first == NULL || queue->last->count == PIECE_ROWS ||
        position - queue->last->base > UINT32_MAX)
        append_piece(queue, position);
    queue->last->distances[queue->last->count++] = (uint32_t)(position - queue->last->base);
    queue->latest = time;
    return true;
}

bool expiry_queue_first(const struct expiry_queue *queue, uint64_t *position, uint64_t *ahead)
{
    const struct queue_piece *piece = queue->first;
    uint32_t later = queue->next + ROWS_AHEAD;
    if (piece == NULL)
        return false;
    *position = piece->base + piece->distances[queue->next];
    *ahead = later < piece->count ? piece->base + piece->distances[later] : *position;
    return true;
}

uint64_t expiry_queue_near(const struct expiry_queue *queue)
{
    return queue->first->base + queue->first->distances[queue->first->count - 1];
}

void expiry_queue_take(struct expiry_queue *queue)
{
    struct queue_piece *piece = queue->first;
    if (++queue->next < piece->count)
        return;
    queue->first = piece->next;
    queue->next = 0;
    piece->next = queue->spare;
    queue->spare = piece;
}
