#include "attribution/attribution_row.h"

#include "ndjson/json_iterator.h"

#include <string.h>

/* Stands behind the record, the id and the weight. */
struct row_tail {
    uint32_t id_length;
    uint32_t weight_length;
    uint32_t revision;
};

static uint32_t kept_length(struct json_slice slice)
{
    return slice.kind <= JSON_NULL ? 0 : slice.length;
}

struct waiting_row *attribution_row_append(struct record_log *log,
                                           const struct attribution_row *row,
                                           struct text_buffer *composed, uint64_t *position)
{
    struct row_tail tail = {kept_length(row->id), kept_length(row->weight), 0};
    struct row_view view = {.time = row->time, .key = row->key};
    composed->length = 0;
    text_buffer_reserve(composed, row->length + tail.id_length + tail.weight_length + sizeof tail);
    text_buffer_add(composed, row->text, row->length);
    if (tail.id_length > 0)
        text_buffer_add(composed, row->id.text, tail.id_length);
    if (tail.weight_length > 0)
        text_buffer_add(composed, row->weight.text, tail.weight_length);
    text_buffer_add(composed, &tail, sizeof tail);
    view.text = composed->bytes;
    view.length = (uint32_t)composed->length;
    /* The key usually stands in the record, and then in its copy. */
    if (row->key.text.text >= row->text && row->key.text.text < row->text + row->length)
        view.key.text.text = composed->bytes + (row->key.text.text - row->text);
    if (row->key.bytes >= row->text && row->key.bytes < row->text + row->length)
        view.key.bytes = composed->bytes + (row->key.bytes - row->text);
    return waiting_row_append(log, &view, position);
}

static struct json_slice slice_of(const char *text, uint32_t length)
{
    if (length == 0)
        return (struct json_slice){"null", 4, JSON_NULL, 0};
    return json_slice_at(text, text + length);
}

void attribution_row_view(const struct waiting_row *waiting, struct attribution_row *row)
{
    struct row_view view;
    struct row_tail tail;
    const char *end;
    waiting_row_view(waiting, &view);
    end = view.text + view.length - sizeof tail;
    memcpy(&tail, end, sizeof tail);
    row->time = view.time;
    row->key = view.key;
    row->text = view.text;
    row->length = view.length - (uint32_t)sizeof tail - tail.id_length - tail.weight_length;
    row->id = slice_of(row->text + row->length, tail.id_length);
    row->weight = slice_of(row->text + row->length + tail.id_length, tail.weight_length);
}

uint32_t attribution_row_count_revision(struct waiting_row *waiting)
{
    struct row_view view;
    struct row_tail tail;
    char *end;
    waiting_row_view(waiting, &view);
    end = (char *)(uintptr_t)view.text + view.length - sizeof tail;
    memcpy(&tail, end, sizeof tail);
    tail.revision++;
    memcpy(end, &tail, sizeof tail);
    return tail.revision;
}

static int compare_bytes(const struct attribution_row *a, const struct attribution_row *b)
{
    uint32_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, shorter);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

int attribution_row_compare(const struct attribution_row *a, const struct attribution_row *b)
{
    int order = (a->time > b->time) - (a->time < b->time);
    if (order == 0)
        order = json_compare(a->id, b->id);
    return order != 0 ? order : compare_bytes(a, b);
}
