#include "generate/record_queue.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

enum { RECORDS_PER_BUCKET = 16, MINIMAL_BUCKETS = 64, MAXIMAL_BUCKETS = 1 << 20 };

void record_queue_init(struct record_queue *queue, int64_t horizon, double expected)
{
    size_t buckets = MINIMAL_BUCKETS;
    while (buckets < MAXIMAL_BUCKETS && (double)buckets * RECORDS_PER_BUCKET < expected)
        buckets *= 2;
    unsigned shift = 0;
    while ((horizon >> shift) + 2 > (int64_t)buckets)
        shift++;
    *queue = (struct record_queue){.mask = buckets - 1,
                                   .shift = shift,
                                   .buckets = allocate_zeroed(buckets, sizeof *queue->buckets)};
}

void record_queue_free(struct record_queue *queue)
{
    for (size_t i = 0; queue->buckets != NULL && i <= queue->mask; i++)
        free(queue->buckets[i].records);
    free(queue->buckets);
    *queue = (struct record_queue){0};
}

static bool before(const struct record *a, const struct record *b)
{
    if (a->arrival != b->arrival)
        return a->arrival < b->arrival;
    if (a->producer != b->producer)
        return a->producer < b->producer;
    if (a->number != b->number)
        return a->number < b->number;
    return a->side > b->side;
}

static void sift_up(struct record *heap, size_t place)
{
    struct record moved = heap[place];
    for (; place > 0 && before(&moved, &heap[(place - 1) / 2]); place = (place - 1) / 2)
        heap[place] = heap[(place - 1) / 2];
    heap[place] = moved;
}

static void sift_down(struct record *heap, size_t count, size_t place)
{
    struct record moved = heap[place];
    for (size_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &moved))
            break;
        heap[place] = heap[child];
    }
    heap[place] = moved;
}

static struct record_bucket *bucket_of(struct record_queue *queue, int64_t number)
{
    return &queue->buckets[(size_t)number & queue->mask];
}

void record_queue_add(struct record_queue *queue, const struct record *record)
{
    int64_t number = record->arrival >> queue->shift;
    struct record_bucket *bucket = bucket_of(queue, number);
    if (bucket->count == bucket->capacity) {
        bucket->capacity = bucket->capacity ? 2 * bucket->capacity : RECORDS_PER_BUCKET / 2;
        bucket->records = reallocate(bucket->records, bucket->capacity * sizeof *bucket->records);
    }
    bucket->records[bucket->count++] = *record;
    /* Looking at the first one may have gone ahead of what is added now. */
    if (queue->count++ == 0 || number < queue->current)
        queue->current = number;
    if (number == queue->current)
        sift_up(bucket->records, bucket->count - 1);
}

const struct record *record_queue_first(struct record_queue *queue)
{
    if (queue->count == 0)
        return NULL;
    struct record_bucket *bucket = bucket_of(queue, queue->current);
    if (bucket->count > 0)
        return bucket->records;
    while ((bucket = bucket_of(queue, ++queue->current))->count == 0)
        ;
    for (size_t place = bucket->count / 2; place-- > 0;)
        sift_down(bucket->records, bucket->count, place);
    return bucket->records;
}

struct record record_queue_take(struct record_queue *queue)
{
    struct record taken = *record_queue_first(queue);
    struct record_bucket *bucket = bucket_of(queue, queue->current);
    queue->count--;
    bucket->records[0] = bucket->records[--bucket->count];
    if (bucket->count > 1)
        sift_down(bucket->records, bucket->count, 0);
    return taken;
}
