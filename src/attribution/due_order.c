#include "attribution/due_order.h"

#include "attribution/attribution_row.h"
#include "cli/diagnostics.h"
#include "state/memory_bound.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 16 };

/* A row with the first bytes of its id, so that they compare as numbers: zeros behind a shorter
   one, which has none itself, as JSON escapes them. */
struct due_place {
    struct expiry_due row;
    uint64_t head[2];
    bool headed; /* the id is a string without escapes */
    const struct record_log *log;
};

void due_order_free(struct due_order *order)
{
    free(order->places);
}

static void find_head(struct due_place *place)
{
    struct attribution_row row;
    char bytes[HEAD_BYTES] = {0};
    size_t length;
    attribution_row_view(waiting_row_at(place->log, place->row.position), &row);
    place->headed = row.id.kind == JSON_STRING && (row.id.flags & JSON_FLAG_ESCAPED) == 0;
    if (!place->headed)
        return;
    length = row.id.length - 2;
    memcpy(bytes, row.id.text + 1, length < HEAD_BYTES ? length : HEAD_BYTES);
    memcpy(place->head, bytes, sizeof bytes);
    place->head[0] = be64toh(place->head[0]);
    place->head[1] = be64toh(place->head[1]);
}

static int compare_rows(const struct due_place *a, const struct due_place *b)
{
    struct attribution_row left, right;
    attribution_row_view(waiting_row_at(a->log, a->row.position), &left);
    attribution_row_view(waiting_row_at(b->log, b->row.position), &right);
    return attribution_row_compare(&left, &right);
}

static int compare_places(const void *a, const void *b)
{
    const struct due_place *left = a;
    const struct due_place *right = b;
    if (left->row.time != right->row.time)
        return left->row.time < right->row.time ? -1 : 1;
    if (left->headed && right->headed)
        for (int i = 0; i < 2; i++)
            if (left->head[i] != right->head[i])
                return left->head[i] < right->head[i] ? -1 : 1;
    return compare_rows(left, right);
}

static bool is_sorted(const struct due_rows *due)
{
    for (size_t i = 1; i < due->count; i++)
        if (due->rows[i - 1].time >= due->rows[i].time)
            return false;
    return true;
}

static void make_room(struct due_order *order, size_t count)
{
    if (count <= order->capacity)
        return;
    order->capacity = 2 * count;
    order->places = reallocate(order->places, order->capacity * sizeof *order->places);
}

void due_order_sort(struct due_order *order, const struct record_log *log, struct due_rows *due)
{
    if (is_sorted(due))
        return;
    make_room(order, due->count);
    for (size_t i = 0; i < due->count; i++) {
        memory_bound_tend(log->bound);
        order->places[i] = (struct due_place){.row = due->rows[i], .log = log};
        find_head(&order->places[i]);
    }
    qsort(order->places, due->count, sizeof *order->places, compare_places);
    for (size_t i = 0; i < due->count; i++)
        due->rows[i] = order->places[i].row;
}
