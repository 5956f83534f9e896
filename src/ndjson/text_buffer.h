#ifndef NDJSON_TEXT_BUFFER_H
#define NDJSON_TEXT_BUFFER_H

#include <stddef.h>
#include <string.h>

/* Bytes that grow at the end. Starts zeroed; text_buffer_free() gives the memory back. */
struct text_buffer {
    char *bytes;
    size_t length;
    size_t capacity;
};

void text_buffer_free(struct text_buffer *buffer);
void text_buffer_grow(struct text_buffer *buffer, size_t extra);

/* Room for `extra` bytes at the returned address, which is one even if they are none: memcpy() asks
   for that. Add to buffer->length what was used of it. */
static inline char *text_buffer_reserve(struct text_buffer *buffer, size_t extra)
{
    if (buffer->capacity - buffer->length <= extra)
        text_buffer_grow(buffer, extra);
    return buffer->bytes + buffer->length;
}

static inline void text_buffer_add(struct text_buffer *buffer, const void *bytes, size_t length)
{
    memcpy(text_buffer_reserve(buffer, length), bytes, length);
    buffer->length += length;
}

static inline void text_buffer_add_text(struct text_buffer *buffer, const char *text)
{
    text_buffer_add(buffer, text, strlen(text));
}

static inline void text_buffer_add_byte(struct text_buffer *buffer, char byte)
{
    *text_buffer_reserve(buffer, 1) = byte;
    buffer->length++;
}

void text_buffer_add_format(struct text_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
