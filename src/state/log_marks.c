#include "state/log_marks.h"

#include "state/line_fields.h"

#include <stdlib.h>

/* As many as make about 256 KiB of lines. */
enum { CHUNK_MARKS = 4096 };

struct mark_chunk {
    struct mark_chunk *next;
    size_t count;
    struct log_mark marks[CHUNK_MARKS];
};

static void free_chunks(struct mark_chunk *chunk)
{
    while (chunk != NULL) {
        struct mark_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void log_marks_free(struct log_marks *marks)
{
    free_chunks(marks->first);
    *marks = (struct log_marks){0};
}

static void add_chunk(struct log_marks *marks)
{
    struct mark_chunk *chunk = allocate(sizeof *chunk);
    chunk->next = NULL;
    chunk->count = 0;
    if (marks->last == NULL)
        marks->first = chunk;
    else
        marks->last->next = chunk;
    marks->last = chunk;
}

void log_marks_add(struct log_marks *marks, const struct log_mark *mark)
{
    if (marks->last == NULL || marks->last->count == CHUNK_MARKS)
        add_chunk(marks);
    marks->last->marks[marks->last->count++] = *mark;
    if (marks->count++ == 0 || mark->time > marks->youngest)
        marks->youngest = mark->time;
}

static void write_mark(const struct log_mark *mark, struct text_buffer *out)
{
    line_add_natural(out, "{\"p\":", mark->partition);
    line_add_natural(out, ",\"at\":", mark->position);
    line_add_integer(out, ",\"time\":", mark->time);
    line_add_natural(out, ",\"value\":", mark->value);
    text_buffer_add_text(out, "}\n");
}

/* Marks that were handed over. The writer thread gives a chunk back when it has written it: to do
   that for hundreds of them at once would hold the stream up. */
struct saved_marks {
    struct mark_chunk *next;
};

static bool fill(void *context, struct text_buffer *out, uint64_t *rows)
{
    struct saved_marks *saved = context;
    struct mark_chunk *chunk = saved->next;
    for (size_t i = 0; i < chunk->count; i++)
        write_mark(&chunk->marks[i], out);
    *rows += chunk->count;
    saved->next = chunk->next;
    free(chunk);
    return saved->next != NULL;
}

static void done(void *context)
{
    struct saved_marks *saved = context;
    free_chunks(saved->next);
    free(saved);
}

void log_marks_save(struct log_marks *marks, struct snapshot_draft *draft, const char *role)
{
    struct saved_marks *saved;
    if (marks->count == 0)
        return;
    saved = allocate(sizeof *saved);
    *saved = (struct saved_marks){marks->first};
    snapshot_draft_add(draft, &(struct segment_source){role, marks->youngest, saved, fill, done});
    *marks = (struct log_marks){0};
}

bool log_mark_read(struct log_mark *mark, const char *line, size_t length)
{
    struct line_fields fields;
    uint64_t partition, value;
    if (!line_fields_begin(&fields, line, length) ||
        !line_fields_natural(&fields, "p", &partition) ||
        !line_fields_natural(&fields, "at", &mark->position) ||
        !line_fields_integer(&fields, "time", &mark->time) ||
        !line_fields_natural(&fields, "value", &value) || !line_fields_end(&fields) ||
        partition > UINT32_MAX || value > UINT32_MAX)
        return false;
    mark->partition = (uint32_t)partition;
    mark->value = (uint32_t)value;
    return true;
}
