#include "stream/record_rewrite.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

bool record_rewrite_compile(struct record_rewrite *rewrite, enum rewrite_mode mode,
                            const char *text, const struct lookup_tables *tables,
                            struct error_text *error)
{
    struct json_projection *projection;
    size_t count;
    *rewrite = (struct record_rewrite){.mode = mode, .set = expression_set_new()};
    expression_set_use_tables(rewrite->set, tables);
    rewrite->list = expression_add_list(rewrite->set, text, error);
    if (rewrite->list == NULL)
        return false;
    projection = expression_set_projection(rewrite->set);
    count = rewrite->list->count;
    rewrite->values = allocate(count * sizeof *rewrite->values);
    rewrite->texts = allocate(count * sizeof *rewrite->texts);
    rewrite->member_slots = allocate(count * sizeof *rewrite->member_slots);
    for (size_t i = 0; i < count && mode == REWRITE_CALC; i++) {
        const char *name = rewrite->list->items[i].name;
        struct json_step step = {name, strlen(name), 0};
        rewrite->member_slots[i] = json_projection_add(projection, &step, 1);
    }
    rewrite->scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    rewrite->slots = allocate(json_projection_slots(projection) * sizeof *rewrite->slots);
    return true;
}

void record_rewrite_free(struct record_rewrite *rewrite)
{
    if (rewrite->set == NULL)
        return;
    json_scanner_free(rewrite->scanner);
    expression_set_free(rewrite->set);
    free(rewrite->slots);
    free(rewrite->values);
    free(rewrite->texts);
    free(rewrite->member_slots);
    *rewrite = (struct record_rewrite){.first_error = rewrite->first_error};
}

static void add_member(struct text_buffer *out, bool first, struct json_slice name,
                       struct json_slice value)
{
    if (!first)
        text_buffer_add_byte(out, ',');
    text_buffer_add(out, name.text, name.length);
    text_buffer_add_byte(out, ':');
    text_buffer_add(out, value.text, value.length);
}

static void write_selected(const struct record_rewrite *rewrite, struct text_buffer *out)
{
    text_buffer_add_byte(out, '{');
    for (size_t i = 0; i < rewrite->list->count; i++)
        add_member(out, i == 0, rewrite->list->items[i].name_text, rewrite->texts[i]);
    text_buffer_add_byte(out, '}');
}

/* The item whose replaced member comes first behind `from`; count if there is none. */
static size_t next_replaced(const struct record_rewrite *rewrite, const char *from)
{
    size_t best = rewrite->list->count;
    for (size_t i = 0; i < rewrite->list->count; i++) {
        struct json_slice member = rewrite->slots[rewrite->member_slots[i]];
        if (json_slice_absent(member) || member.text < from)
            continue;
        if (best == rewrite->list->count ||
            member.text <= rewrite->slots[rewrite->member_slots[best]].text)
            best = i;
    }
    return best;
}

static bool object_empty(struct json_slice object)
{
    size_t at = 1;
    while (strchr(" \t\r\n", object.text[at]) != NULL)
        at++;
    return object.text[at] == '}';
}

static void write_calculated(const struct record_rewrite *rewrite, struct text_buffer *out)
{
    struct json_slice object = rewrite->slots[JSON_ROOT_SLOT];
    const char *from = object.text;
    bool first = object_empty(object);
    size_t item;
    while ((item = next_replaced(rewrite, from)) < rewrite->list->count) {
        struct json_slice member = rewrite->slots[rewrite->member_slots[item]];
        text_buffer_add(out, from, (size_t)(member.text - from));
        text_buffer_add(out, rewrite->texts[item].text, rewrite->texts[item].length);
        from = member.text + member.length;
    }
    text_buffer_add(out, from, (size_t)(object.text + object.length - 1 - from));
    for (size_t i = 0; i < rewrite->list->count; i++) {
        if (!json_slice_absent(rewrite->slots[rewrite->member_slots[i]]))
            continue;
        add_member(out, first, rewrite->list->items[i].name_text, rewrite->texts[i]);
        first = false;
    }
    text_buffer_add_byte(out, '}');
}

bool record_rewrite_apply(struct record_rewrite *rewrite, struct text_buffer *record,
                          const struct record_variables *variables, struct scratch *scratch,
                          struct text_buffer *out, uint64_t *nulls)
{
    struct json_line line = {.slots = rewrite->slots};
    struct record_view view = {rewrite->slots, variables};
    struct error_text *first = rewrite->first_error.text[0] == '\0' ? &rewrite->first_error : NULL;
    text_buffer_reserve(record, JSON_PADDING);
    if (json_scan_line(rewrite->scanner, record->bytes, record->bytes + record->length, &line) !=
        SCAN_RECORD)
        return false;
    *nulls += expression_list_evaluate(rewrite->list, &view, scratch, rewrite->values, first);
    for (size_t i = 0; i < rewrite->list->count; i++)
        rewrite->texts[i] = value_slice(&rewrite->values[i], scratch);
    if (rewrite->mode == REWRITE_SELECT)
        write_selected(rewrite, out);
    else
        write_calculated(rewrite, out);
    return true;
}
