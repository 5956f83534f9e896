#include "window/window_line.h"

#include "ndjson/json_iterator.h"
#include "state/line_fields.h"

void window_line_write_save(uint64_t number, struct text_buffer *out)
{
    line_add_natural(out, "{\"save\":", number);
    text_buffer_add_text(out, "}\n");
}

/* The values stand in the key's members, `,"name":value...`, as they are printed. */
static void write_key(const struct window_plan *plan, uint32_t partition,
                      const struct window_key *key, struct text_buffer *out)
{
    const char *at = window_key_members(key);
    const char *end = at + key->members_length;
    line_add_natural(out, "{\"p\":", partition);
    text_buffer_add_text(out, ",\"key\":[");
    for (size_t i = 0; i < group_list_count(plan->groups); i++) {
        at += plan->groups->list->items[i].name_text.length + 2;
        struct json_slice value = json_slice_at(at, end);
        if (i > 0)
            text_buffer_add_byte(out, ',');
        text_buffer_add(out, value.text, value.length);
        at += value.length;
    }
    text_buffer_add_byte(out, ']');
}

bool window_line_write_cell(const struct cell_line *line, bool anew, struct text_buffer *out,
                            size_t *lasting)
{
    const struct cell *cell = line->cell;
    bool session = line->plan->spec.kind == WINDOW_SESSION;
    bool complete;
    write_key(line->plan, line->partition, line->key, out);
    line_add_integer(out, session ? ",\"first\":" : ",\"slice\":", cell->first);
    if (session)
        line_add_integer(out, ",\"last\":", cell->last);
    line_add_natural(out, ",\"version\":", cell->version);
    if (session) {
        line_add_natural(out, ",\"written\":", cell->written);
        line_add_natural(out, ",\"rev\":", cell->revision);
    }
    if (!anew)
        line_add_boolean(out, ",\"more\":", true);
    text_buffer_add_text(out, ",\"states\":");
    complete = aggregate_set_save(line->plan->aggregates, line->cell->states, anew, out, lasting);
    text_buffer_add_text(out, "}\n");
    return complete;
}

void window_line_write_revision(const struct window_plan *plan, uint32_t partition,
                                const struct window_key *key, const struct revision *revision,
                                struct text_buffer *out)
{
    write_key(plan, partition, key, out);
    line_add_integer(out, ",\"end\":", revision->end);
    line_add_natural(out, ",\"version\":", revision->version);
    line_add_natural(out, ",\"rev\":", revision->number);
    text_buffer_add_text(out, "}\n");
}

void window_line_write_gone(const struct window_plan *plan, uint32_t partition,
                            const struct window_key *key, int64_t first, struct text_buffer *out)
{
    write_key(plan, partition, key, out);
    line_add_integer(out, ",\"gone\":", first);
    text_buffer_add_text(out, "}\n");
}

static bool read_number(struct line_fields *fields, const char *name, uint32_t *number)
{
    uint64_t value;
    if (!line_fields_natural(fields, name, &value) || value > UINT32_MAX)
        return false;
    *number = (uint32_t)value;
    return true;
}

static bool read_states(struct window_line *line, struct line_fields *fields)
{
    line_fields_boolean(fields, "more", &line->more);
    return line_fields_value(fields, "states", &line->states) && line->states.kind == JSON_ARRAY &&
           line_fields_end(fields);
}

static bool read_slice(struct window_line *line, struct line_fields *fields)
{
    line->kind = LINE_SLICE;
    return line_fields_natural(fields, "version", &line->version) && read_states(line, fields);
}

static bool read_session(struct window_line *line, struct line_fields *fields)
{
    line->kind = LINE_SESSION;
    return line_fields_integer(fields, "last", &line->last) &&
           line_fields_natural(fields, "version", &line->version) &&
           line_fields_natural(fields, "written", &line->written) &&
           read_number(fields, "rev", &line->revision) && line->last >= line->first &&
           read_states(line, fields);
}

static bool read_revision(struct window_line *line, struct line_fields *fields)
{
    line->kind = LINE_REVISION;
    return line_fields_natural(fields, "version", &line->version) &&
           read_number(fields, "rev", &line->revision) && line->revision > 0 &&
           line->revision <= REVISION_LARGEST && line_fields_end(fields);
}

static bool read_texts(struct json_slice key, struct json_slice *texts, size_t count)
{
    struct json_iterator iterator = json_iterator_start(key);
    struct json_slice value;
    size_t read = 0;
    for (; json_iterator_next(&iterator, NULL, &value); read++)
        if (read < count)
            texts[read] = value;
    return read == count;
}

static bool read_key(struct window_line *line, struct line_fields *fields,
                     const struct window_plan *plan, struct scratch *scratch)
{
    size_t count = group_list_count(plan->groups);
    struct json_slice *texts = scratch_take(scratch, (count + 1) * sizeof *texts);
    line->texts = texts;
    return line_fields_value(fields, "key", &line->key) && line->key.kind == JSON_ARRAY &&
           read_texts(line->key, texts, count) &&
           group_list_restore_key(plan->groups, texts, scratch, &line->identity);
}

bool window_line_read(struct window_line *line, const struct window_plan *plan, const char *text,
                      size_t length, struct scratch *scratch)
{
    struct line_fields fields;
    *line = (struct window_line){.kind = LINE_SAVE};
    if (!line_fields_begin(&fields, text, length))
        return false;
    if (line_fields_natural(&fields, "save", &line->save))
        return line_fields_end(&fields);
    if (!read_number(&fields, "p", &line->partition) || !read_key(line, &fields, plan, scratch))
        return false;
    if (line_fields_integer(&fields, "slice", &line->first))
        return read_slice(line, &fields);
    if (line_fields_integer(&fields, "first", &line->first))
        return read_session(line, &fields);
    if (line_fields_integer(&fields, "end", &line->end))
        return read_revision(line, &fields);
    line->kind = LINE_GONE;
    return line_fields_integer(&fields, "gone", &line->first) && line_fields_end(&fields);
}

/* A key may have gone and come back in another spelling: the last one holds. */
static void add_key(const struct window_plan *plan, struct key_table *keys,
                    struct window_record *record)
{
    struct text_buffer members = {0};
    if (window_key_find(keys, record) == UINT32_MAX) {
        window_key_add(plan, keys, record);
        return;
    }
    if (group_list_count(plan->groups) == 0)
        return;
    group_list_write(plan->groups, record->texts, &members);
    key_table_respell(keys, record->number, members.bytes, members.length);
    text_buffer_free(&members);
}

uint32_t window_line_key(const struct window_line *line, const struct window_plan *plan,
                         struct key_table *keys, bool add)
{
    struct window_record record = {
        .number = UINT32_MAX, .key = line->identity, .texts = line->texts};
    if (add)
        add_key(plan, keys, &record);
    else
        window_key_find(keys, &record);
    return record.number;
}
