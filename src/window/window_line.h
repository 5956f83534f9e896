#ifndef WINDOW_WINDOW_LINE_H
#define WINDOW_WINDOW_LINE_H

#include "window/cell.h"
#include "window/revision_table.h"
#include "window/window_plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The lines of evwindow's segments; evstate(5) describes them. Of one cell, session or revision
   later lines replace earlier ones, those with "more" add to them:

       {"save":12}
       {"p":0,"key":["c1"],"slice":S,"version":V,"states":[...]}
       {"p":0,"key":["c1"],"first":F,"last":L,"version":V,"written":V,"rev":N,"states":[...]}
       {"p":0,"key":["c1"],"end":E,"version":V,"rev":N}
       {"p":0,"key":["c1"],"gone":F} */

struct cell_line {
    const struct window_plan *plan;
    uint32_t partition;
    const struct window_key *key;
    struct cell *cell;
};

void window_line_write_save(uint64_t number, struct text_buffer *out);
/* `anew`, *lasting and the result: see aggregate_set_save(). */
bool window_line_write_cell(const struct cell_line *line, bool anew, struct text_buffer *out,
                            size_t *lasting);
void window_line_write_revision(const struct window_plan *plan, uint32_t partition,
                                const struct window_key *key, const struct revision *revision,
                                struct text_buffer *out);
void window_line_write_gone(const struct window_plan *plan, uint32_t partition,
                            const struct window_key *key, int64_t first, struct text_buffer *out);

enum window_line_kind { LINE_SAVE, LINE_SLICE, LINE_SESSION, LINE_REVISION, LINE_GONE };

/* A line read; slices are borrowed from it. */
struct window_line {
    enum window_line_kind kind;
    uint64_t save; /* of LINE_SAVE, and nothing else */
    uint32_t partition;
    struct json_slice key;          /* array */
    const struct json_slice *texts; /* its values */
    struct json_key identity;       /* what they are together */
    int64_t first;                  /* start of the slice, units; a session's first event, ns */
    int64_t last;
    int64_t end; /* of a revision's window, units */
    uint64_t version;
    uint64_t written;
    uint32_t revision;
    bool more;
    struct json_slice states; /* array */
};

/* false = none of these, or its key is none of this plan. What the line points to lives as long as
   the text and the scratch. */
bool window_line_read(struct window_line *line, const struct window_plan *plan, const char *text,
                      size_t length, struct scratch *scratch);

/* The number of the line's key, which is added if it is not there (`add`); UINT32_MAX = not there.
 */
uint32_t window_line_key(const struct window_line *line, const struct window_plan *plan,
                         struct key_table *keys, bool add);

#endif
