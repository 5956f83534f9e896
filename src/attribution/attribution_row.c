#include "attribution/attribution_row.h"

#include <string.h>

/* A value: where it stands from the start of the record, or of its copy behind the record. */
struct __attribute__((packed)) kept_slice {
    uint32_t offset;
    uint32_t length;
    uint8_t kind;
    uint8_t flags;
};

/* Stands behind the record and what was copied. */
struct __attribute__((packed)) row_tail {
    struct kept_slice id;
    struct kept_slice weight;
    uint32_t length; /* of the record alone */
    uint32_t revision;
    uint32_t stamp_offset;
    uint8_t stamp_length; /* 0: there is none */
    uint8_t flags;        /* enum tail_flag */
};

enum tail_flag { TAIL_PLAIN = 1, TAIL_DATED = 2 };

static struct row_tail *tail_of(struct waiting_row *waiting)
{
    return (struct row_tail *)(void *)waiting_row_extra(waiting, sizeof(struct row_tail));
}

/* Sets what is kept of a value; returns how many bytes of it must be copied behind `used` bytes. */
static uint32_t keep(const struct attribution_row *row, struct json_slice slice, uint32_t used,
                     struct kept_slice *kept)
{
    *kept = (struct kept_slice){0, slice.length, slice.kind, slice.flags};
    if (slice.kind <= JSON_NULL)
        return 0;
    if (slice.text >= row->text && slice.text < row->text + row->length) {
        kept->offset = (uint32_t)(slice.text - row->text);
        return 0;
    }
    kept->offset = used;
    return slice.length;
}

__attribute__((always_inline)) static inline struct waiting_row *
put_row(struct record_log *log, const struct attribution_row *row, bool restored,
        uint64_t *position)
{
    struct row_view view = {row->time, row->text, row->length, row->key};
    struct kept_slice kept_id, kept_weight;
    uint32_t id = keep(row, row->id, row->length, &kept_id);
    uint32_t weight = keep(row, row->weight, row->length + id, &kept_weight);
    uint32_t extra = id + weight + (uint32_t)sizeof(struct row_tail);
    struct waiting_row *waiting = restored ? waiting_row_restore(log, &view, extra, *position)
                                           : waiting_row_append(log, &view, extra, position);
    if (restored && waiting == NULL)
        return NULL;
    char *copies = waiting_row_extra(waiting, extra);
    struct row_tail *tail = tail_of(waiting);
    if (id > 0)
        memcpy(copies, row->id.text, id);
    if (weight > 0)
        memcpy(copies + id, row->weight.text, weight);
    tail->id = kept_id;
    tail->weight = kept_weight;
    tail->length = row->length;
    tail->revision = 0;
    bool plain = row->plain && row->stamp.length <= UINT8_MAX;
    tail->flags = (uint8_t)((plain ? TAIL_PLAIN : 0) | (plain && row->dated ? TAIL_DATED : 0));
    tail->stamp_length = plain ? (uint8_t)row->stamp.length : 0;
    tail->stamp_offset = plain ? (uint32_t)(row->stamp.text - row->text) : 0;
    return waiting;
}

struct waiting_row *attribution_row_append(struct record_log *log,
                                           const struct attribution_row *row, uint64_t *position)
{
    return put_row(log, row, false, position);
}

struct waiting_row *attribution_row_restore(struct record_log *log,
                                            const struct attribution_row *row, uint64_t position)
{
    return put_row(log, row, true, &position);
}

static struct json_slice slice_of(const char *text, const struct kept_slice *kept)
{
    if (kept->kind <= JSON_NULL)
        return (struct json_slice){"null", 4, JSON_NULL, 0};
    return (struct json_slice){text + kept->offset, kept->length, kept->kind, kept->flags};
}

void attribution_row_view(const struct waiting_row *waiting, struct attribution_row *row)
{
    struct row_view view;
    const struct row_tail *tail;
    waiting_row_view(waiting, &view);
    tail = (const struct row_tail *)(const void *)(view.text + view.length - sizeof *tail);
    *row = (struct attribution_row){
        .time = view.time,
        .text = view.text,
        .length = tail->length,
        .key = view.key,
        .id = slice_of(view.text, &tail->id),
        .weight = slice_of(view.text, &tail->weight),
        .stamp = {view.text + tail->stamp_offset, tail->stamp_length,
                  tail->stamp_length > 0 ? JSON_NUMBER : JSON_ABSENT, 0},
        .plain = (tail->flags & TAIL_PLAIN) != 0,
        .dated = (tail->flags & TAIL_DATED) != 0,
    };
}

uint32_t attribution_row_count_revision(struct waiting_row *waiting)
{
    return ++tail_of(waiting)->revision;
}

void attribution_row_set_revision(struct waiting_row *waiting, uint32_t revision)
{
    tail_of(waiting)->revision = revision;
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
