#include "state/parsed_rows.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROWS = 1024 };

static void *room_for_row(struct parsed_rows *parsed, size_t size)
{
    if (parsed->count == parsed->capacity) {
        parsed->capacity = parsed->capacity == 0 ? FIRST_ROWS : 2 * parsed->capacity;
        parsed->rows = reallocate(parsed->rows, parsed->capacity * size);
    }
    return parsed->rows + parsed->count * size;
}

void parsed_rows_make(struct parsed_rows *parsed, const struct row_format *format,
                      const char *lines, size_t length)
{
    const char *limit = lines + length;
    scratch_reset(&parsed->scratch);
    parsed->count = 0;
    parsed->refused = false;
    while (lines < limit) {
        const char *end = memchr(lines, '\n', (size_t)(limit - lines));
        parsed->refused = !format->parse(format->context, lines, (size_t)(end - lines),
                                         &parsed->scratch, room_for_row(parsed, format->size));
        if (parsed->refused)
            return;
        parsed->count++;
        lines = end + 1;
    }
}

void parsed_rows_free(struct parsed_rows *parsed)
{
    free(parsed->rows);
    scratch_free(&parsed->scratch);
    *parsed = (struct parsed_rows){0};
}
