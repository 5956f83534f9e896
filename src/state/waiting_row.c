#include "state/waiting_row.h"

#include <string.h>

enum { KIND_SHIFT = 5, NARROW_LIMIT = 0xffff };

_Static_assert(sizeof(struct waiting_row) == WAITING_ROW_HEADER, "the header has no gaps");

/* Offsets from the record's first byte. */
struct __attribute__((packed, aligned(4))) wide_header {
    uint32_t length;
    uint32_t text_offset;
    uint32_t text_length;
    uint32_t bytes_offset;
    uint32_t bytes_length;
};

static const char *narrow_record(const struct waiting_row *row)
{
    return (const char *)(row + 1);
}

static const struct wide_header *wide_of(const struct waiting_row *row)
{
    return (const struct wide_header *)(const void *)(row + 1);
}

static bool inside(const char *bytes, size_t length, const char *text, size_t text_length)
{
    return bytes >= text && bytes + length <= text + text_length;
}

__attribute__((always_inline)) static inline bool is_narrow(const struct row_view *view,
                                                            uint32_t extra, bool *quoted)
{
    const struct json_key *key = &view->key;
    *quoted = key->kind == JSON_STRING;
    return (uint64_t)view->length + extra <= NARROW_LIMIT &&
           inside(key->text.text, key->text.length, view->text, view->length) &&
           key->bytes == key->text.text + *quoted && key->length + 2u * *quoted == key->text.length;
}

/* A row that takes part in nothing, of any size that is a multiple of LOG_UNIT and no smaller than
   a row. */
static void fill_gap(char *gap, size_t size)
{
    struct waiting_row row = {.time = INT64_MIN, .state = ROW_GONE};
    struct wide_header wide = {.bytes_offset = (uint32_t)(size - sizeof row - sizeof wide)};
    if (size <= sizeof row + NARROW_LIMIT) {
        row.length = (uint16_t)(size - sizeof row);
    } else {
        row.state |= ROW_WIDE;
        memcpy(gap + sizeof row, &wide, sizeof wide);
    }
    memcpy(gap, &row, sizeof row);
}

/* Where rows come from: *position is given or, if they are put back, told. */
enum row_origin { ROW_NEW, ROW_RESTORED };

__attribute__((always_inline)) static inline struct waiting_row *row_room(struct record_log *log,
                                                                          size_t size, int64_t time,
                                                                          enum row_origin origin,
                                                                          uint64_t *position)
{
    size_t gap;
    char *room;
    if (origin == ROW_NEW)
        return record_log_append(log, size, time, position);
    room = record_log_restore(log, size, time, *position, &gap);
    if (room == NULL || gap == 0)
        return (struct waiting_row *)(void *)room;
    if (gap < sizeof(struct waiting_row))
        return NULL;
    fill_gap(room - gap, gap);
    return (struct waiting_row *)(void *)room;
}

__attribute__((always_inline)) static inline struct waiting_row *
put_narrow(struct record_log *log, const struct row_view *view, uint32_t extra, bool quoted,
           enum row_origin origin, uint64_t *position)
{
    uint32_t length = view->length + extra;
    struct waiting_row *row = row_room(log, sizeof *row + length, view->time, origin, position);
    if (origin == ROW_RESTORED && row == NULL)
        return NULL;
    row->state = (uint8_t)((view->key.kind << KIND_SHIFT) | (quoted ? ROW_QUOTED : 0));
    row->length = (uint16_t)length;
    row->key_offset = (uint16_t)(view->key.text.text - view->text);
    row->key_length = (uint16_t)view->key.text.length;
    memcpy(row + 1, view->text, view->length);
    return row;
}

static struct waiting_row *put_wide(struct record_log *log, const struct row_view *view,
                                    uint32_t extra, enum row_origin origin, uint64_t *position)
{
    const struct json_key *key = &view->key;
    uint32_t length = view->length + extra;
    struct wide_header wide = {length, length, key->text.length, length + key->text.length,
                               key->length};
    size_t size = sizeof(struct waiting_row) + sizeof wide + length + key->text.length +
                  key->length;
    struct waiting_row *row = row_room(log, size, view->time, origin, position);
    if (origin == ROW_RESTORED && row == NULL)
        return NULL;
    char *record = (char *)(row + 1) + sizeof wide;
    row->state = (uint8_t)((key->kind << KIND_SHIFT) | ROW_WIDE);
    row->length = row->key_offset = row->key_length = 0;
    memcpy(row + 1, &wide, sizeof wide);
    memcpy(record, view->text, view->length);
    memcpy(record + wide.text_offset, key->text.text, key->text.length);
    memcpy(record + wide.bytes_offset, key->bytes, key->length);
    return row;
}

__attribute__((always_inline)) static inline struct waiting_row *
put_row(struct record_log *log, const struct row_view *view, uint32_t extra, enum row_origin origin,
        uint64_t *position)
{
    bool quoted;
    struct waiting_row *row = is_narrow(view, extra, &quoted)
                                  ? put_narrow(log, view, extra, quoted, origin, position)
                                  : put_wide(log, view, extra, origin, position);
    if (origin == ROW_RESTORED && row == NULL)
        return NULL;
    row->time = view->time;
    row->link_low = 0;
    row->link_high = 0;
    return row;
}

struct waiting_row *waiting_row_append(struct record_log *log, const struct row_view *view,
                                       uint32_t extra, uint64_t *position)
{
    return put_row(log, view, extra, ROW_NEW, position);
}

struct waiting_row *waiting_row_restore(struct record_log *log, const struct row_view *view,
                                        uint32_t extra, uint64_t position)
{
    return put_row(log, view, extra, ROW_RESTORED, &position);
}

char *waiting_row_extra(struct waiting_row *row, uint32_t extra)
{
    const struct wide_header *wide = wide_of(row);
    char *record = (char *)(row + 1);
    return waiting_row_state(row) & ROW_WIDE ? record + sizeof *wide + wide->length - extra
                                             : record + row->length - extra;
}

static void set_text(struct row_view *view, const char *text, uint32_t length)
{
    uint8_t flags = view->key.kind == JSON_STRING && memchr(text, '\\', length) != NULL
                        ? JSON_FLAG_ESCAPED
                        : 0;
    view->key.text = (struct json_slice){text, length, view->key.kind, flags};
}

void waiting_row_view(const struct waiting_row *row, struct row_view *view)
{
    const struct wide_header *wide = wide_of(row);
    uint8_t state = waiting_row_state(row);
    view->time = row->time;
    view->key.kind = state >> KIND_SHIFT;
    view->key.hash = 0;
    if (state & ROW_WIDE) {
        view->text = (const char *)(wide + 1);
        view->length = wide->length;
        view->key.bytes = view->text + wide->bytes_offset;
        view->key.length = wide->bytes_length;
        set_text(view, view->text + wide->text_offset, wide->text_length);
        return;
    }
    uint32_t quote = state & ROW_QUOTED ? 1 : 0;
    view->text = narrow_record(row);
    view->length = row->length;
    view->key.bytes = view->text + row->key_offset + quote;
    view->key.length = row->key_length - 2 * quote;
    view->key.text = (struct json_slice){view->text + row->key_offset, row->key_length,
                                         view->key.kind, 0};
}

size_t waiting_row_size(const struct waiting_row *row)
{
    const struct wide_header *wide = wide_of(row);
    if (waiting_row_state(row) & ROW_WIDE)
        return sizeof *row + sizeof *wide + wide->bytes_offset + wide->bytes_length;
    return sizeof *row + row->length;
}

/* memcmp() for keys, whose length varies less than a call costs: by words, the last overlapping. */
static bool bytes_equal(const char *a, const char *b, size_t length)
{
    uint64_t differing = 0, left, right;
    if (length < sizeof left)
        return memcmp(a, b, length) == 0;
    for (size_t at = 0; at + sizeof left <= length; at += sizeof left) {
        memcpy(&left, a + at, sizeof left);
        memcpy(&right, b + at, sizeof right);
        differing |= left ^ right;
    }
    memcpy(&left, a + length - sizeof left, sizeof left);
    memcpy(&right, b + length - sizeof right, sizeof right);
    return (differing | (left ^ right)) == 0;
}

bool waiting_row_has_key(const struct waiting_row *row, const struct json_key *key)
{
    struct row_view view;
    uint32_t quote = (row->state & ROW_QUOTED) != 0;
    if (!(row->state & ROW_WIDE))
        return row->state >> KIND_SHIFT == key->kind &&
               row->key_length == key->length + 2 * quote &&
               bytes_equal(narrow_record(row) + row->key_offset + quote, key->bytes, key->length);
    waiting_row_view(row, &view);
    return view.key.kind == key->kind && view.key.length == key->length &&
           memcmp(view.key.bytes, key->bytes, key->length) == 0;
}

void waiting_row_set_link(struct waiting_row *row, uint64_t position, uint64_t target)
{
    int64_t distance = target == LOG_NOWHERE ? 0 : (int64_t)(target - position);
    int64_t limit = INT64_C(1) << 39;
    if (distance < -limit || distance >= limit)
        distance = 0;
    row->link_low = (uint32_t)distance;
    row->link_high = (int8_t)(distance >> 32);
}
