#include "state/saved_row.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_scalar.h"
#include "state/line_check.h"

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

/* What is no simple value is one only if the line is valid JSON; that is rare. */
static bool line_is_valid(const struct saved_row *row)
{
    struct line_check check;
    struct error_text error;
    const char *at = row->line, *line;
    size_t length;
    line_check_init(&check);
    bool fine = line_check_next(&check, &at, row->fields.end + 1, &line, &length, &error) &&
                length == (size_t)(row->fields.end - row->line);
    line_check_free(&check);
    return fine;
}

static bool is_value(const struct saved_row *row, struct json_slice slice)
{
    struct json_slice scalar;
    if (slice.kind == JSON_STRING && !(slice.flags & JSON_FLAG_ESCAPED))
        return slice.length >= 2 && slice.text[slice.length - 1] == '"';
    if (slice.kind >= JSON_STRING)
        return line_is_valid(row);
    return slice.length > 0 && json_scalar_read(slice.text, slice.length, &scalar) &&
           scalar.kind == slice.kind;
}

enum { WORD = 8 };
#define EACH_BYTE UINT64_C(0x0101010101010101)

/* Not 0 if one of eight bytes is a quote, a backslash, or below a space. */
static uint64_t special_bytes(uint64_t word)
{
    uint64_t quote = word ^ EACH_BYTE * '"';
    uint64_t escape = word ^ EACH_BYTE * '\\';
    uint64_t found = ((quote - EACH_BYTE) & ~quote) | ((escape - EACH_BYTE) & ~escape) |
                     ((word - EACH_BYTE * ' ') & ~word);
    return found & EACH_BYTE << 7;
}

/* A string without escapes. Nearly every key is one: it is not taken apart byte by byte. */
static bool is_plain_string(const char *text, size_t length)
{
    uint64_t word, found = 0;
    const char *last = text + length - 1;
    if (length < WORD + 2 || text[0] != '"' || *last != '"')
        return false;
    for (text++; last - text > WORD; text += WORD) {
        memcpy(&word, text, sizeof word);
        found |= special_bytes(word);
    }
    memcpy(&word, last - WORD, sizeof word);
    return (found | special_bytes(word)) == 0;
}

/* Inline: names that are known are compared without a call. */
__attribute__((always_inline)) static inline bool
read_slice(struct saved_row *row, const struct slice_names *names, struct json_slice *slice)
{
    const struct json_slice *record = &row->record;
    uint64_t at, length;
    *slice = (struct json_slice){.kind = JSON_ABSENT};
    if (!line_fields_natural(&row->fields, names->at, &at)) {
        return !line_fields_value(&row->fields, names->value, slice) || is_value(row, *slice);
    }
    if (!line_fields_natural(&row->fields, names->length, &length) || at >= record->length ||
        length > record->length - at)
        return false;
    if (is_plain_string(record->text + at, length)) {
        *slice = (struct json_slice){record->text + at, (uint32_t)length, JSON_STRING, 0};
        return true;
    }
    *slice = json_slice_at(record->text + at, record->text + record->length);
    return slice->length == length && is_value(row, *slice);
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
