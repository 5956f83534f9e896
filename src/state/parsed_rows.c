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

/* The line at *lines, which is moved behind it; NULL: it is none. */
static const char *next_line(struct parsed_rows *parsed, const struct row_format *format,
                             const char **lines, const char *limit, size_t *length)
{
    const char *line = *lines;
    struct error_text error;
    if (format->validated)
        return line_check_next(&parsed->check, lines, limit, &line, length, &error) ? line : NULL;
    *lines = (const char *)memchr(line, '\n', (size_t)(limit - line)) + 1;
    *length = (size_t)(*lines - line) - 1;
    return line;
}

void parsed_rows_make(struct parsed_rows *parsed, const struct row_format *format,
                      const char *lines, size_t length)
{
    const char *limit = lines + length;
    if (format->validated && parsed->check.scanner == NULL)
        line_check_init(&parsed->check);
    scratch_reset(&parsed->scratch);
    parsed->count = 0;
    parsed->refused = false;
    while (lines < limit) {
        size_t size;
        const char *line = next_line(parsed, format, &lines, limit, &size);
        parsed->refused = line == NULL ||
                          !format->parse(format->context, line, size, &parsed->scratch,
                                         room_for_row(parsed, format->size));
        if (parsed->refused)
            return;
        parsed->count++;
    }
}

void parsed_rows_free(struct parsed_rows *parsed)
{
    if (parsed->check.scanner != NULL)
        line_check_free(&parsed->check);
    free(parsed->rows);
    scratch_free(&parsed->scratch);
    *parsed = (struct parsed_rows){0};
}
