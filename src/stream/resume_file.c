#include "stream/resume_file.h"

#include "ndjson/json_scan.h"
#include "state/file_io.h"
#include "state/line_check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024 };

static void read_all(const char *name, struct text_buffer *text)
{
    bool standard = strcmp(name, "-") == 0;
    int descriptor = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    int64_t count = descriptor < 0 ? -1 : 1;
    while (count > 0) {
        count = read_fully(descriptor, text_buffer_reserve(text, READ_SIZE), READ_SIZE);
        text->length += count > 0 ? (size_t)count : 0;
    }
    if (count < 0)
        die(STATUS_IO, "--resume-from %s: %s", name, strerror(errno));
    if (!standard)
        close(descriptor);
    memset(text_buffer_reserve(text, JSON_PADDING), 0, JSON_PADDING);
}

static bool is_end(const char *line, size_t length)
{
    struct line_fields fields;
    return line_fields_begin_kind(&fields, line, length, "end") && line_fields_end(&fields);
}

bool resume_file_each(const char *name, line_taker *take, void *context, struct error_text *error)
{
    struct text_buffer text = {0};
    struct line_check check;
    struct error_text detail;
    const char *line;
    size_t length;
    bool fine = true;
    bool ended = false;
    read_all(name, &text);
    line_check_init(&check);
    for (const char *at = text.bytes; fine && !ended && at < text.bytes + text.length;) {
        fine = line_check_next(&check, &at, text.bytes + text.length, &line, &length, &detail);
        ended = fine && is_end(line, length);
        if (fine && !ended && !take(context, line, length, &detail))
            fine = refuse(&detail, "line %" PRIu64 ": no position as --resume-query has it printed",
                          check.number);
    }
    line_check_free(&check);
    text_buffer_free(&text);
    if (!fine)
        return refuse(error, "--resume-from %s: %.300s", name, detail.text);
    return ended || refuse(error, "--resume-from %s: has no end: the query has failed", name);
}
