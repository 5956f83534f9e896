#include "expression/table_rows.h"

#include "expression/expression.h"
#include "ndjson/byte_source.h"
#include "ndjson/foreign_format.h"
#include "ndjson/json_scan.h"

#include <inttypes.h>
#include <stdlib.h>

#define LINE_LIMIT (UINT64_C(64) << 20)

/* The record, and its key's canonical bytes: inside it, or behind it. */
struct table_row {
    uint32_t hash; /* the upper half */
    uint32_t length;
    uint32_t key_offset;
    uint32_t key_length;
    uint8_t key_kind;
    char text[];
};

/* What reading a file needs. */
struct table_reader {
    struct table_rows *rows;
    const char *file;
    struct byte_source source;
    struct expression_set *set;
    const struct expression *key;
    struct json_scanner *scanner;
    struct json_slice *slots;
    struct scratch scratch;
    uint64_t line;
};

void table_rows_free(struct table_rows *rows)
{
    free(rows->slots);
    scratch_free(&rows->memory);
    *rows = (struct table_rows){0};
}

static bool row_has_key(const struct table_row *row, const struct json_key *key)
{
    return row->hash == (uint32_t)(key->hash >> 32) && row->key_length == key->length &&
           row->key_kind == key->kind &&
           memcmp(row->text + row->key_offset, key->bytes, key->length) == 0;
}

static size_t find_slot(const struct table_rows *rows, const struct json_key *key)
{
    size_t slot = (size_t)(key->hash >> 32) & (rows->capacity - 1);
    while (rows->slots[slot] != NULL && !row_has_key(rows->slots[slot], key))
        slot = (slot + 1) & (rows->capacity - 1);
    return slot;
}

struct json_slice table_rows_find(const struct table_rows *rows, const struct json_key *key)
{
    const struct table_row *row = rows->capacity == 0 ? NULL : rows->slots[find_slot(rows, key)];
    if (row == NULL)
        return (struct json_slice){"null", 4, JSON_NULL, 0};
    return (struct json_slice){row->text, row->length, JSON_OBJECT, 0};
}

static void make_room(struct table_rows *rows)
{
    struct table_row **old = rows->slots;
    size_t capacity = rows->capacity;
    if (rows->count < capacity - capacity / 4)
        return;
    rows->capacity = capacity == 0 ? 64 : 2 * capacity;
    rows->slots = allocate_zeroed(rows->capacity, sizeof *rows->slots);
    rows->bytes += (rows->capacity - capacity) * sizeof *rows->slots;
    for (size_t i = 0; i < capacity; i++) {
        size_t slot;
        if (old[i] == NULL)
            continue;
        slot = old[i]->hash & (rows->capacity - 1);
        while (rows->slots[slot] != NULL)
            slot = (slot + 1) & (rows->capacity - 1);
        rows->slots[slot] = old[i];
    }
    free(old);
}

static struct table_row *row_new(struct table_rows *rows, struct json_slice record,
                                 const struct json_key *key)
{
    bool inside = key->bytes >= record.text && key->bytes < record.text + record.length;
    size_t size = sizeof(struct table_row) + record.length + (inside ? 0 : key->length);
    struct table_row *row = scratch_take(&rows->memory, size);
    row->hash = (uint32_t)(key->hash >> 32);
    row->length = record.length;
    row->key_offset = inside ? (uint32_t)(key->bytes - record.text) : record.length;
    row->key_length = key->length;
    row->key_kind = key->kind;
    memcpy(row->text, record.text, record.length);
    if (!inside)
        memcpy(row->text + record.length, key->bytes, key->length);
    rows->bytes += (size + 15) & ~(size_t)15;
    return row;
}

static void add_row(struct table_rows *rows, struct json_slice record, const struct json_key *key)
{
    size_t slot;
    make_room(rows);
    slot = find_slot(rows, key);
    if (rows->slots[slot] == NULL)
        rows->count++;
    else
        rows->duplicates++;
    rows->slots[slot] = row_new(rows, record, key);
}

static bool refuse_line(const struct table_reader *reader, const char *reason,
                        struct error_text *error)
{
    return refuse(error, "%s:%" PRIu64 ": %s", reader->file, reader->line, reason);
}

static bool refuse_scan(const struct table_reader *reader, const struct json_line *line,
                        struct error_text *error)
{
    const char *advice = foreign_format_advice(line->text, line->length);
    struct error_text reason;
    if (reader->line > 1 || advice == NULL)
        return refuse_line(reader, line->reason, error);
    refuse(&reason, "%s; %s", line->reason, advice);
    return refuse_line(reader, reason.text, error);
}

static bool read_row(struct table_reader *reader, struct json_line *line, struct error_text *error)
{
    struct record_view view = {line->slots, NULL};
    struct error_text reason;
    struct json_key key;
    struct value value;
    if (!expression_evaluate(reader->key, &view, &reader->scratch, &value, &reason))
        return refuse_line(reader, reason.text, error);
    if (!value_key(&value, &reader->scratch, &key))
        return refuse_line(reader, "the key is an object, or holds one", error);
    if (key.kind == JSON_NULL) {
        refuse(&reason, "no %s", expression_text(reader->key));
        return refuse_line(reader, reason.text, error);
    }
    add_row(reader->rows, line->slots[JSON_ROOT_SLOT], &key);
    return true;
}

static bool read_lines(struct table_reader *reader, struct error_text *error)
{
    struct byte_source *source = &reader->source;
    while (source->line < source->limit) {
        struct json_line line = {.slots = reader->slots};
        enum scan_status status = json_scan_line(reader->scanner, source->line, source->limit,
                                                 &line);
        reader->line++;
        if (status == SCAN_REJECTED)
            return refuse_scan(reader, &line, error);
        if (status == SCAN_RECORD && !read_row(reader, &line, error))
            return false;
        byte_source_take(source, line.next);
    }
    scratch_reset(&reader->scratch);
    return true;
}

static bool read_all(struct table_reader *reader, bool *missing, struct error_text *error)
{
    for (;;) {
        switch (byte_source_fill(&reader->source, true)) {
        case BYTES_END:
            return true;
        case BYTES_TOO_LONG:
            reader->line++;
            return refuse_line(reader, "line longer than 64 MiB", error);
        case BYTES_FAILED:
            *missing = true;
            return refuse(error, "%s", reader->source.error.text);
        default:
            if (!read_lines(reader, error))
                return false;
        }
    }
}

static void close_reader(struct table_reader *reader)
{
    byte_source_close(&reader->source);
    json_scanner_free(reader->scanner);
    free(reader->slots);
    scratch_free(&reader->scratch);
}

bool table_rows_read(struct table_rows *rows, const char *file, const char *key, bool *missing,
                     struct error_text *error)
{
    struct table_reader reader = {.rows = rows, .file = file, .set = expression_set_new()};
    struct json_projection *projection = expression_set_projection(reader.set);
    bool fine;
    reader.key = expression_add(reader.set, key, error);
    if (reader.key != NULL && !byte_source_open(&reader.source, file, LINE_LIMIT, error)) {
        *missing = true;
        reader.key = NULL;
    }
    fine = reader.key != NULL;
    if (fine) {
        reader.scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
        reader.slots = allocate(json_projection_slots(projection) * sizeof *reader.slots);
        fine = read_all(&reader, missing, error);
        close_reader(&reader);
    }
    expression_set_free(reader.set);
    return fine;
}
