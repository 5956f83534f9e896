#include "stream/side_file.h"

#include "cli/diagnostics.h"
#include "ndjson/json_string.h"
#include "ndjson/utf8_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static _Noreturn void side_file_fail(const struct side_file *file)
{
    die(STATUS_IO, "%s: %s", file->writer.name, strerror(file->writer.error));
}

void side_file_open(struct side_file *file, const char *name)
{
    struct error_text error;
    if (name == NULL)
        return;
    if (!line_writer_open(&file->writer, name, &error))
        die(STATUS_IO, "%s", error.text);
    file->open = true;
}

void side_file_keep(struct side_file *file)
{
    struct stat status;
    if (!file->open || fstat(file->writer.descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    if (!line_writer_cut(&file->writer, (uint64_t)status.st_size))
        die(STATUS_IO, "%s:", file->writer.name);
}

void side_file_reopen(struct side_file *file)
{
    int descriptor;
    if (!file->open || file->writer.descriptor == STDOUT_FILENO)
        return;
    if (!line_writer_flush(&file->writer))
        side_file_fail(file);
    descriptor = open(file->writer.name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        /* The old file is still good: a rotation gone wrong loses nothing. */
        warn("%s: cannot reopen:", file->writer.name);
        return;
    }
    close(file->writer.descriptor);
    file->writer.descriptor = descriptor;
}

struct text_buffer *side_file_begin(struct side_file *file)
{
    return file->open ? &file->writer.text : NULL;
}

void side_file_end(struct side_file *file)
{
    text_buffer_add_byte(&file->writer.text, '\n');
    line_writer_end(&file->writer);
    if (file->writer.error != 0)
        side_file_fail(file);
}

void side_file_flush(struct side_file *file)
{
    if (file->open && file->writer.text.length > 0 && !line_writer_flush(&file->writer))
        side_file_fail(file);
}

void side_file_close(struct side_file *file)
{
    if (file->open && !line_writer_close(&file->writer))
        side_file_fail(file);
    file->open = false;
}

static void add_base64(struct text_buffer *out, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        unsigned group = 0;
        size_t count = length - i < 3 ? length - i : 3;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < count ? (unsigned char)bytes[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            text_buffer_add_byte(out, k <= count ? digits[group >> (18 - 6 * k) & 63] : '=');
    }
}

void side_file_add_raw(struct text_buffer *out, const char *bytes, size_t length)
{
    if (utf8_valid(bytes, length)) {
        text_buffer_add_text(out, ",\"raw\":");
        json_string_encode(out, bytes, length);
        return;
    }
    text_buffer_add_text(out, ",\"raw_base64\":\"");
    add_base64(out, bytes, length);
    text_buffer_add_byte(out, '"');
}
