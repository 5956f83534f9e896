#include "window/greatest_values.h"

#include "cli/diagnostics.h"
#include "ndjson/decimal.h"
#include "ndjson/json_iterator.h"

#include <stdlib.h>
#include <string.h>

/* Behind all that are greater or equal. */
static size_t place_of(const struct greatest_values *greatest, struct json_slice value)
{
    size_t low = 0, high = greatest->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (kept_value_compare_slice(&greatest->items[middle], value) >= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void greatest_values_add(struct greatest_values *greatest, size_t limit, struct json_slice value)
{
    struct kept_value item = {0};
    size_t place = place_of(greatest, value);
    if (place >= limit)
        return;
    if (greatest->count == limit) {
        /* The one that falls out gives its memory to the new one. */
        item = greatest->items[--greatest->count];
    } else if (greatest->count == greatest->capacity) {
        greatest->capacity = greatest->capacity == 0 ? 4 : 2 * greatest->capacity;
        greatest->items = reallocate(greatest->items, greatest->capacity * sizeof *greatest->items);
    }
    memmove(greatest->items + place + 1, greatest->items + place,
            (greatest->count - place) * sizeof *greatest->items);
    kept_value_set(&item, value);
    greatest->items[place] = item;
    greatest->count++;
}

void greatest_values_merge(struct greatest_values *greatest, size_t limit,
                           const struct greatest_values *other)
{
    struct scratch scratch = {0};
    for (size_t i = 0; i < other->count; i++)
        greatest_values_add(greatest, limit, kept_value_slice(&other->items[i], &scratch));
    scratch_free(&scratch);
}

void greatest_values_clear(struct greatest_values *greatest)
{
    for (size_t i = 0; i < greatest->count; i++)
        kept_value_clear(&greatest->items[i]);
    free(greatest->items);
    *greatest = (struct greatest_values){0};
}

struct json_slice greatest_values_array(const struct greatest_values *greatest,
                                        struct scratch *scratch)
{
    size_t room = 2, length = 0;
    char *text;
    for (size_t i = 0; i < greatest->count; i++)
        room += 1 + (greatest->items[i].in_place ? DECIMAL_TEXT_SIZE : greatest->items[i].length);
    text = scratch_take(scratch, room);
    text[length++] = '[';
    for (size_t i = 0; i < greatest->count; i++) {
        struct json_slice item = kept_value_slice(&greatest->items[i], scratch);
        if (i > 0)
            text[length++] = ',';
        memcpy(text + length, item.text, item.length);
        length += item.length;
    }
    text[length++] = ']';
    return (struct json_slice){text, (uint32_t)length, JSON_ARRAY, 0};
}

void greatest_values_save(const struct greatest_values *greatest, struct text_buffer *out)
{
    text_buffer_add_byte(out, '[');
    for (size_t i = 0; i < greatest->count; i++) {
        if (i > 0)
            text_buffer_add_byte(out, ',');
        kept_value_save(&greatest->items[i], out);
    }
    text_buffer_add_byte(out, ']');
}

bool greatest_values_restore(struct greatest_values *greatest, size_t limit,
                             struct json_slice saved)
{
    struct json_iterator iterator = json_iterator_start(saved);
    struct json_slice value;
    while (json_iterator_next(&iterator, NULL, &value))
        greatest_values_add(greatest, limit, value);
    return saved.kind == JSON_ARRAY;
}
