#include "join/flat_record.h"

#include "cli/diagnostics.h"
#include "ndjson/integer_text.h"
#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"

#include <stdlib.h>
#include <string.h>

static const char time_name[] = "event_time_ns";
static const char late_name[] = "late";

static void note_name(struct flat_record *flat, struct json_slice name)
{
    struct member_name *entry;
    if (flat->count == flat->capacity) {
        flat->capacity = flat->capacity == 0 ? 32 : 2 * flat->capacity;
        flat->names = reallocate(flat->names, flat->capacity * sizeof *flat->names);
    }
    entry = &flat->names[flat->count++];
    entry->bytes = json_string_inner(name, &entry->length);
    if (name.flags & JSON_FLAG_ESCAPED) {
        char *decoded = scratch_take(&flat->scratch, name.length);
        entry->length = json_string_decode(name, decoded);
        entry->bytes = decoded;
    }
}

static bool first_has(const struct flat_record *flat, struct json_slice name)
{
    for (size_t i = 0; i < flat->count; i++)
        if (json_string_equals(name, flat->names[i].bytes, flat->names[i].length))
            return true;
    return false;
}

/* What is to be set, and not set yet. */
struct additions {
    const int64_t *time;
    bool late;
    bool empty; /* nothing was written yet */
};

/* Writes the value that replaces this member's; false: it stays. */
static bool replace(struct additions *additions, struct json_slice name, struct text_buffer *out)
{
    if (additions->time != NULL && json_string_equals(name, time_name, sizeof time_name - 1)) {
        out->length += integer_write(*additions->time, text_buffer_reserve(out, INTEGER_TEXT_SIZE));
        additions->time = NULL;
        return true;
    }
    if (additions->late && json_string_equals(name, late_name, sizeof late_name - 1)) {
        text_buffer_add_text(out, "true");
        additions->late = false;
        return true;
    }
    return false;
}

/* Byte for byte but for replaced values, without its closing brace. */
static void write_first(struct flat_record *flat, struct json_slice object,
                        struct additions *additions, struct text_buffer *out)
{
    const char *from = object.text;
    struct json_iterator iterator = json_iterator_start(object);
    struct json_slice name, value;
    while (json_iterator_next(&iterator, &name, &value)) {
        note_name(flat, name);
        text_buffer_add(out, from, (size_t)(value.text - from));
        if (!replace(additions, name, out))
            text_buffer_add(out, value.text, value.length);
        from = value.text + value.length;
    }
    additions->empty = flat->count == 0;
    if (additions->empty)
        text_buffer_add_byte(out, '{');
}

static void separate(struct additions *additions, struct text_buffer *out)
{
    if (!additions->empty)
        text_buffer_add_byte(out, ',');
    additions->empty = false;
}

static void write_second(const struct flat_record *flat, struct json_slice object,
                         struct additions *additions, struct text_buffer *out)
{
    struct json_iterator iterator = json_iterator_start(object);
    struct json_slice name, value;
    while (json_iterator_next(&iterator, &name, &value)) {
        if (first_has(flat, name))
            continue;
        separate(additions, out);
        text_buffer_add(out, name.text, (size_t)(value.text - name.text));
        if (!replace(additions, name, out))
            text_buffer_add(out, value.text, value.length);
    }
}

static void write_rest(struct additions *additions, struct text_buffer *out)
{
    if (additions->time != NULL) {
        separate(additions, out);
        text_buffer_add_format(out, "\"%s\":", time_name);
        out->length += integer_write(*additions->time, text_buffer_reserve(out, INTEGER_TEXT_SIZE));
    }
    if (additions->late) {
        separate(additions, out);
        text_buffer_add_format(out, "\"%s\":true", late_name);
    }
    text_buffer_add_byte(out, '}');
}

void flat_record_write(struct flat_record *flat, struct json_slice first, struct json_slice second,
                       const int64_t *time, bool late, struct text_buffer *out)
{
    struct additions additions = {time, late, false};
    flat->count = 0;
    write_first(flat, first, &additions, out);
    if (!json_slice_absent(second))
        write_second(flat, second, &additions, out);
    write_rest(&additions, out);
    scratch_reset(&flat->scratch);
}

void flat_record_free(struct flat_record *flat)
{
    free(flat->names);
    scratch_free(&flat->scratch);
}
