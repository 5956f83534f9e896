#include "state/segment_list.h"

#include "state/line_fields.h"

#include <stdlib.h>
#include <string.h>

void segment_list_free(struct segment_list *list)
{
    free(list->items);
    *list = (struct segment_list){0};
}

void segment_list_add(struct segment_list *list, const struct segment *segment)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        list->items = reallocate(list->items, list->capacity * sizeof *list->items);
    }
    list->items[list->count++] = *segment;
}

void segment_list_remove(struct segment_list *list, size_t index)
{
    list->count--;
    memmove(&list->items[index], &list->items[index + 1],
            (list->count - index) * sizeof *list->items);
}

bool segment_list_names(const struct segment_list *list, const char *file)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].file, file) == 0)
            return true;
    return false;
}

void segment_write(const struct segment *segment, struct text_buffer *out)
{
    line_add_text(out, "{\"kind\":\"segment\",\"role\":", segment->role, strlen(segment->role));
    line_add_text(out, ",\"file\":", segment->file, strlen(segment->file));
    line_add_natural(out, ",\"bytes\":", segment->seal.bytes);
    line_add_hexadecimal(out, ",\"checksum\":", segment->seal.checksum);
    line_add_natural(out, ",\"text_bytes\":", segment->text_bytes);
    line_add_natural(out, ",\"rows\":", segment->rows);
    line_add_natural(out, ",\"tier\":", segment->tier);
    if (segment->youngest != INT64_MAX)
        line_add_integer(out, ",\"youngest\":", segment->youngest);
    text_buffer_add_text(out, "}\n");
}

/* A name of bounded size without NUL. */
static bool read_name(struct line_fields *fields, const char *member, char *out, size_t size)
{
    struct text_buffer text = {0};
    bool fine = line_fields_text(fields, member, &text) && text.length < size &&
                memchr(text.bytes, '\0', text.length) == NULL;
    if (fine) {
        memcpy(out, text.bytes, text.length);
        out[text.length] = '\0';
    }
    text_buffer_free(&text);
    return fine;
}

/* The file is one of ours, and of this role: no manifest leads out of the directory. */
static bool names_agree(const struct segment *segment)
{
    size_t length;
    uint64_t number;
    return state_name_parse(segment->file, &length, &number) && length == strlen(segment->role) &&
           memcmp(segment->file, segment->role, length) == 0;
}

bool segment_read(struct segment *segment, const char *line, size_t length)
{
    struct line_fields fields;
    *segment = (struct segment){.youngest = INT64_MAX};
    if (!line_fields_begin_kind(&fields, line, length, "segment") ||
        !read_name(&fields, "role", segment->role, sizeof segment->role) ||
        !read_name(&fields, "file", segment->file, sizeof segment->file) ||
        !line_fields_natural(&fields, "bytes", &segment->seal.bytes) ||
        !line_fields_hexadecimal(&fields, "checksum", &segment->seal.checksum) ||
        !line_fields_natural(&fields, "text_bytes", &segment->text_bytes) ||
        !line_fields_natural(&fields, "rows", &segment->rows) ||
        !line_fields_natural(&fields, "tier", &segment->tier))
        return false;
    line_fields_integer(&fields, "youngest", &segment->youngest);
    return line_fields_end(&fields) && names_agree(segment);
}
