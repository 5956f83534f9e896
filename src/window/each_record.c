#include "window/each_record.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"

#include <stdbool.h>

static void add_slice(struct text_buffer *out, struct json_slice slice)
{
    text_buffer_add(out, slice.text, slice.length);
}

/* The member of that name; count = none. */
static size_t find_member(const struct each_member *members, size_t count, struct json_slice name)
{
    for (size_t i = 0; i < count; i++)
        if (json_string_compare(members[i].name, name) == 0)
            return i;
    return count;
}

/* Whether the object has a member of that name. */
static bool has_member(struct json_slice object, struct json_slice wanted)
{
    struct json_iterator iterator = json_iterator_start(object);
    struct json_slice name, value;
    while (json_iterator_next(&iterator, &name, &value))
        if (json_string_compare(name, wanted) == 0)
            return true;
    return false;
}

void each_record_write(struct json_slice object, const struct each_member *members, size_t count,
                       struct text_buffer *out)
{
    struct json_iterator iterator = json_iterator_start(object);
    struct json_slice name, value;
    const char *from = object.text;
    bool first = true;
    while (json_iterator_next(&iterator, &name, &value)) {
        size_t found = find_member(members, count, name);
        first = false;
        if (found == count)
            continue;
        text_buffer_add(out, from, (size_t)(value.text - from));
        add_slice(out, members[found].value);
        from = value.text + value.length;
    }
    text_buffer_add(out, from, (size_t)(object.text + object.length - 1 - from));
    for (size_t i = 0; i < count; i++) {
        if (has_member(object, members[i].name))
            continue;
        if (!first)
            text_buffer_add_byte(out, ',');
        first = false;
        add_slice(out, members[i].name);
        text_buffer_add_byte(out, ':');
        add_slice(out, members[i].value);
    }
    text_buffer_add_byte(out, '}');
}
