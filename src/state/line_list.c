#include "state/line_list.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

/* Behind a full piece, for the line that fills it. */
enum { LONG_LINE = 16 * 1024 };

void line_list_free(struct line_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        text_buffer_free(&list->pieces[i]);
    free(list->pieces);
    *list = (struct line_list){0};
}

static struct text_buffer *add_piece(struct line_list *list)
{
    struct text_buffer *piece;
    list->full = line_list_length(list);
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        list->pieces = reallocate(list->pieces, list->capacity * sizeof *list->pieces);
    }
    piece = &list->pieces[list->count++];
    *piece = (struct text_buffer){0};
    text_buffer_reserve(piece, LINE_LIST_PIECE + LONG_LINE);
    return piece;
}

struct text_buffer *line_list_end(struct line_list *list)
{
    struct text_buffer *last = list->count == 0 ? NULL : &list->pieces[list->count - 1];
    return last == NULL || last->length >= LINE_LIST_PIECE ? add_piece(list) : last;
}

/* Lines that were handed over. The writer thread gives a piece back when it has written it: to do
   that for hundreds of them at once would hold the stream up. */
struct saved_lines {
    struct line_list list;
    size_t next;
    uint64_t rows;
};

static bool fill(void *context, struct text_buffer *out, uint64_t *rows)
{
    struct saved_lines *saved = context;
    struct text_buffer *piece = &saved->list.pieces[saved->next++];
    text_buffer_free(out);
    *out = *piece;
    *piece = (struct text_buffer){0};
    *rows += saved->rows;
    saved->rows = 0;
    return saved->next < saved->list.count;
}

static void done(void *context)
{
    struct saved_lines *saved = context;
    line_list_free(&saved->list);
    free(saved);
}

void line_list_save(struct line_list *list, struct snapshot_draft *draft, const char *role,
                    int64_t youngest, uint64_t rows)
{
    struct saved_lines *saved;
    if (line_list_length(list) == 0)
        return;
    saved = allocate(sizeof *saved);
    *saved = (struct saved_lines){*list, 0, rows};
    snapshot_draft_add(draft, &(struct segment_source){role, youngest, saved, fill, done});
    *list = (struct line_list){0};
}
