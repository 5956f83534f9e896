#include "state/segment_text.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

struct segment_text {
    struct text_buffer lines;
    uint64_t rows;
};

static bool fill(void *context, struct text_buffer *out, uint64_t *rows)
{
    struct segment_text *text = context;
    struct text_buffer emptied = *out;
    *out = text->lines;
    text->lines = emptied;
    *rows += text->rows;
    return false;
}

static void done(void *context)
{
    struct segment_text *text = context;
    text_buffer_free(&text->lines);
    free(text);
}

void segment_text_source(struct segment_source *source, struct text_buffer *lines, uint64_t rows)
{
    struct segment_text *text = allocate(sizeof *text);
    *text = (struct segment_text){*lines, rows};
    *lines = (struct text_buffer){0};
    source->context = text;
    source->fill = fill;
    source->done = done;
}
