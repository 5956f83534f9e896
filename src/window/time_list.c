#include "window/time_list.h"

#include "cli/diagnostics.h"
#include "ndjson/decimal.h"
#include "ndjson/json_iterator.h"
#include "state/line_fields.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ENTRIES = 4, FIRST_BYTES = 64, SAVED_AT_ONCE = 256 * 1024 };

static void make_room(struct time_list *list, size_t entries, size_t bytes)
{
    if (list->capacity < list->count + entries) {
        size_t wanted = list->capacity == 0 ? FIRST_ENTRIES : 2 * list->capacity;
        list->capacity = wanted < list->count + entries ? list->count + entries : wanted;
        list->entries = reallocate(list->entries, list->capacity * sizeof *list->entries);
    }
    if (list->room < list->used + bytes) {
        size_t wanted = list->room == 0 ? FIRST_BYTES : 2 * list->room;
        list->room = wanted < list->used + bytes ? list->used + bytes : wanted;
        list->bytes = reallocate(list->bytes, list->room);
    }
}

void time_list_add(struct time_list *list, int64_t time, struct json_slice text)
{
    make_room(list, 1, text.length);
    memcpy(list->bytes + list->used, text.text, text.length);
    list->entries[list->count++] = (struct time_entry){time, list->used, text.length, text.kind,
                                                       text.flags};
    list->used += text.length;
}

void time_list_merge(struct time_list *list, const struct time_list *other)
{
    if (other->count == 0)
        return;
    make_room(list, other->count, other->used);
    memcpy(list->bytes + list->used, other->bytes, other->used);
    for (size_t i = 0; i < other->count; i++) {
        list->entries[list->count] = other->entries[i];
        list->entries[list->count++].offset += list->used;
    }
    list->used += other->used;
}

void time_list_clear(struct time_list *list)
{
    free(list->entries);
    free(list->bytes);
    *list = (struct time_list){0};
}

/* Entries are laid down one behind the other, so the offset tells which was added first, but for
   texts without bytes, of which JSON has none. */
static int compare_entries(const void *a, const void *b)
{
    const struct time_entry *left = a, *right = b;
    if (left->time != right->time)
        return left->time < right->time ? -1 : 1;
    return (left->offset > right->offset) - (left->offset < right->offset);
}

const struct time_entry *time_list_sorted(const struct time_list *list, struct scratch *scratch)
{
    struct time_entry *sorted;
    size_t size = list->count * sizeof *sorted;
    bool in_order = true;
    for (size_t i = 1; i < list->count && in_order; i++)
        in_order = list->entries[i - 1].time <= list->entries[i].time;
    if (in_order)
        return list->entries;
    sorted = memcpy(scratch_take(scratch, size), list->entries, size);
    qsort(sorted, list->count, sizeof *sorted, compare_entries);
    return sorted;
}

struct json_slice time_list_text(const struct time_list *list, const struct time_entry *entry)
{
    return (struct json_slice){list->bytes + entry->offset, entry->length, entry->kind,
                               entry->flags};
}

bool time_list_save(struct time_list *list, bool anew, struct text_buffer *out)
{
    size_t limit = out->length + SAVED_AT_ONCE;
    const char *lead = "[";
    if (anew)
        list->saved = 0;
    text_buffer_add_byte(out, '[');
    for (; list->saved < list->count && out->length < limit; list->saved++) {
        const struct time_entry *entry = &list->entries[list->saved];
        line_add_integer(out, lead, entry->time);
        text_buffer_add_byte(out, ',');
        text_buffer_add(out, list->bytes + entry->offset, entry->length);
        text_buffer_add_byte(out, ']');
        lead = ",[";
    }
    text_buffer_add_byte(out, ']');
    return list->saved == list->count;
}

bool time_list_restore(struct time_list *list, struct json_slice saved)
{
    struct json_iterator iterator = json_iterator_start(saved), pair;
    struct json_slice entry, at, value;
    int64_t time;
    while (json_iterator_next(&iterator, NULL, &entry)) {
        pair = json_iterator_start(entry);
        if (!json_iterator_next(&pair, NULL, &at) || !integer_parse(at, &time) ||
            !json_iterator_next(&pair, NULL, &value))
            return false;
        time_list_add(list, time, value);
    }
    list->saved = list->count;
    return saved.kind == JSON_ARRAY;
}
