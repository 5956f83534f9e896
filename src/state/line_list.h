#ifndef STATE_LINE_LIST_H
#define STATE_LINE_LIST_H

#include "ndjson/text_buffer.h"
#include "state/snapshot_draft.h"

#include <stddef.h>
#include <stdint.h>

/* Lines of a segment that are made bit by bit: in pieces of about 256 KiB, because to make one
   large buffer larger keeps the kernel busy for milliseconds. Starts zeroed. */
struct line_list {
    struct text_buffer *pieces;
    size_t count;
    size_t capacity;
    uint64_t full; /* bytes of all pieces but the last */
};
enum { LINE_LIST_PIECE = 256 * 1024 };

void line_list_free(struct line_list *list);

/* Where to append whole lines; valid until the next call. What is appended at a time is at best not
   much more than LINE_LIST_PIECE. */
struct text_buffer *line_list_end(struct line_list *list);

static inline uint64_t line_list_length(const struct line_list *list)
{
    return list->full + (list->count == 0 ? 0 : list->pieces[list->count - 1].length);
}

/* Hands all of it to the draft as a segment of this role, and begins anew. */
void line_list_save(struct line_list *list, struct snapshot_draft *draft, const char *role,
                    int64_t youngest, uint64_t rows);

#endif
