#include "ndjson/text_buffer.h"

#include "cli/diagnostics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

void text_buffer_free(struct text_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct text_buffer){0};
}

void text_buffer_grow(struct text_buffer *buffer, size_t extra)
{
    size_t wanted = buffer->capacity ? 2 * buffer->capacity : FIRST_CAPACITY;
    if (wanted < buffer->length + extra)
        wanted = buffer->length + extra;
    buffer->bytes = reallocate(buffer->bytes, wanted);
    buffer->capacity = wanted;
}

void text_buffer_add_format(struct text_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length <= 0)
        return;
    char *place = text_buffer_reserve(buffer, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(place, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
}
