#include "cli/diagnostics.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Plain text of a message; quoted data beyond that is cut. */
enum { MESSAGE_TEXT_SIZE = 2048, MESSAGE_LINE_SIZE = 4 * MESSAGE_TEXT_SIZE + 1 };

/* Bytes of the UTF-8 character at `text` if a terminal may show it; 0 for controls (also C1, which
   some terminals obey in UTF-8) and for bytes that are not UTF-8. */
static size_t printable_length(const unsigned char *text)
{
    unsigned char lead = text[0];
    size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

    if (lead < 0x80)
        return lead >= 0x20 && lead != 0x7f;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    /* C1 controls, overlong forms, surrogates, beyond U+10FFFF. */
    if ((lead == 0xc2 && text[1] < 0xa0) || (lead == 0xe0 && text[1] < 0xa0) ||
        (lead == 0xed && text[1] >= 0xa0) || (lead == 0xf0 && text[1] < 0x90) ||
        (lead == 0xf4 && text[1] >= 0x90))
        return 0;
    return length;
}

static size_t append_escaped(char *line, size_t length, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        size_t whole = printable_length(at);
        if (whole) {
            memcpy(line + length, at, whole);
            length += whole;
            at += whole;
        } else {
            length += (size_t)sprintf(line + length, "\\x%02x", *at++);
        }
    }
    return length;
}

/* One write(2), so that messages of a pipeline's tools do not mix within a line. */
static void write_message(const char *format, va_list arguments, int error)
{
    char text[MESSAGE_TEXT_SIZE];
    char line[MESSAGE_LINE_SIZE];

    int used = snprintf(text, sizeof(text), "%s: ", program_invocation_short_name);
    size_t length = (size_t)used < sizeof(text) ? (size_t)used : sizeof(text) - 1;
    vsnprintf(text + length, sizeof(text) - length, format, arguments);
    length = strlen(text);
    if (format[0] && format[strlen(format) - 1] == ':')
        snprintf(text + length, sizeof(text) - length, " %s", strerror(error));

    length = append_escaped(line, 0, text);
    line[length++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, length);
    (void)ignored;
}

void warn(const char *format, ...)
{
    int error = errno;
    va_list arguments;
    va_start(arguments, format);
    write_message(format, arguments, error);
    va_end(arguments);
    errno = error;
}

void die_at_once(enum exit_status status, const char *text)
{
    const struct iovec pieces[] = {
        {program_invocation_short_name, strlen(program_invocation_short_name)},
        {(char *)(uintptr_t) ": ", 2},
        {(char *)(uintptr_t)text, strlen(text)},
        {(char *)(uintptr_t) "\n", 1},
    };
    ssize_t ignored = writev(STDERR_FILENO, pieces, sizeof pieces / sizeof *pieces);
    (void)ignored;
    _exit((int)status);
}

void die(enum exit_status status, const char *format, ...)
{
    int error = errno;
    va_list arguments;
    va_start(arguments, format);
    write_message(format, arguments, error);
    va_end(arguments);
    exit((int)status);
}

static void *checked(void *block, size_t size)
{
    if (!block)
        die(STATUS_IO, "out of memory (%zu bytes wanted)", size);
    return block;
}

void *allocate(size_t size)
{
    return checked(malloc(size ? size : 1), size);
}

void *allocate_zeroed(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1), count * size);
}

void *reallocate(void *block, size_t size)
{
    return checked(realloc(block, size ? size : 1), size);
}

void *allocate_aligned(size_t size)
{
    enum { CACHE_LINE = 64 };
    size_t whole = (size + CACHE_LINE) / CACHE_LINE * CACHE_LINE;
    return checked(aligned_alloc(CACHE_LINE, whole), size);
}

char *duplicate_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(allocate(size), text, size);
}

_Bool refuse(struct error_text *error, const char *format, ...)
{
    if (!error)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    return false;
}
