#include "state/saved_row.h"

#include "ndjson/json_iterator.h"
#include "state/saved_value.h"

#include <string.h>

static const char record_lead[] = ",\"record\":";

static const struct slice_names key_names = {"key", "key_at", "key_length"};

static void add_name(struct text_buffer *out, const char *name)
{
    text_buffer_add(out, ",\"", 2);
    text_buffer_add_text(out, name);
    text_buffer_add(out, "\":", 2);
}

static void add_number(struct text_buffer *out, const char *name, uint64_t value)
{
    add_name(out, name);
    line_add_natural(out, "", value);
}

void saved_row_write_length(struct json_slice record, struct text_buffer *out)
{
    line_add_natural(out, ",\"length\":", record.length);
}

void saved_slice_write(const struct slice_names *names, struct json_slice slice,
                       struct json_slice record, struct text_buffer *out)
{
    if (slice.length == 0)
        return;
    if (slice.text >= record.text && slice.text < record.text + record.length) {
        add_number(out, names->at, (uint64_t)(slice.text - record.text));
        add_number(out, names->length, slice.length);
        return;
    }
    add_name(out, names->value);
    text_buffer_add(out, slice.text, slice.length);
}

void saved_row_write_key(const struct json_key *key, struct json_slice record,
                         struct text_buffer *out)
{
    saved_slice_write(&key_names, key->text, record, out);
}

void saved_row_write_record(struct json_slice record, struct text_buffer *out)
{
    text_buffer_add(out, record_lead, sizeof record_lead - 1);
    text_buffer_add(out, record.text, record.length);
}

bool saved_row_begin(struct saved_row *row, const char *line, size_t length)
{
    uint64_t size;
    const char *end = line + length - 1;
    row->line = line;
    if (!line_fields_begin(&row->fields, line, length) ||
        !line_fields_natural(&row->fields, "p", &row->partition) ||
        !line_fields_natural(&row->fields, "at", &row->position) ||
        !line_fields_integer(&row->fields, "time", &row->time) ||
        !line_fields_natural(&row->fields, "length", &size) || size < 2 || size > UINT32_MAX ||
        (size_t)(end - row->fields.at) < size + sizeof record_lead - 1 || *end != '}')
        return false;
    row->record = (struct json_slice){end - size, (uint32_t)size, JSON_OBJECT, 0};
    return row->record.text[0] == '{' && end[-1] == '}' &&
           memcmp(row->record.text - (sizeof record_lead - 1), record_lead,
                  sizeof record_lead - 1) == 0;
}

/* Inline: names that are known are compared without a call. */
__attribute__((always_inline)) static inline bool
read_slice(struct saved_row *row, const struct slice_names *names, struct json_slice *slice)
{
    const struct json_slice *record = &row->record;
    uint64_t at, length;
    *slice = (struct json_slice){.kind = JSON_ABSENT};
    if (!line_fields_natural(&row->fields, names->at, &at)) {
        return !line_fields_value(&row->fields, names->value, slice) ||
               saved_value_check(*slice, row->line, row->fields.end);
    }
    if (!line_fields_natural(&row->fields, names->length, &length) || at >= record->length ||
        length > record->length - at)
        return false;
    if (saved_value_is_plain_string(record->text + at, length)) {
        *slice = (struct json_slice){record->text + at, (uint32_t)length, JSON_STRING, 0};
        return true;
    }
    *slice = json_slice_at(record->text + at, record->text + record->length);
    return slice->length == length && saved_value_check(*slice, row->line, row->fields.end);
}

bool saved_slice_read(struct saved_row *row, const struct slice_names *names,
                      struct json_slice *slice)
{
    return read_slice(row, names, slice);
}

bool saved_row_read_key(struct saved_row *row, struct scratch *scratch, struct json_key *key)
{
    struct json_slice slice;
    return read_slice(row, &key_names, &slice) && json_key_make(slice, scratch, key);
}

bool saved_row_end(struct saved_row *row)
{
    return row->fields.at == row->record.text - (sizeof record_lead - 1);
}
