#include "latency/saved_report.h"

#include "latency/histogram_json.h"
#include "ndjson/json_scan.h"
#include "ndjson/json_string.h"
#include "ndjson/text_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024, FILE_LIMIT = 256 * 1024 * 1024 };

/* The members that are read, in the order of their slots behind the root's. */
enum {
    SLOT_REPORT = 1,
    SLOT_FROM,
    SLOT_TO,
    SLOT_COUNT,
    SLOT_BEYOND,
    SLOT_MIN,
    SLOT_MAX,
    SLOT_SUM,
    SLOT_BUCKETS
};
enum { SLOTS = SLOT_BUCKETS + 1 };

static struct json_projection *make_projection(void)
{
    static const char *const names[] = {"report", "from",   "to",     "count",       "beyond_1d",
                                        "min_ns", "max_ns", "sum_ns", "histogram_ns"};
    struct json_projection *projection = json_projection_new();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        json_projection_add(projection, &(struct json_step){names[i], strlen(names[i]), 0}, 1);
    return projection;
}

/* Scans the one object in `text`, which has JSON_PADDING bytes of room behind it. */
static bool scan(struct text_buffer *text, struct json_slice slots[SLOTS])
{
    struct json_projection *projection = make_projection();
    struct json_scanner *scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    struct json_line line = {.slots = slots};
    bool found;
    memset(text_buffer_reserve(text, JSON_PADDING), 0, JSON_PADDING);
    found = json_scan_line(scanner, text->bytes, text->bytes + text->length, &line) == SCAN_RECORD;
    json_scanner_free(scanner);
    json_projection_free(projection);
    return found;
}

static char *string_at(struct json_slice slice)
{
    char *text = allocate((size_t)slice.length + 1);
    text[json_string_decode(slice, text)] = '\0';
    return text;
}

static bool take_slots(struct saved_report *report, const struct json_slice slots[SLOTS],
                       struct error_text *error)
{
    const struct histogram_members members = {slots[SLOT_COUNT], slots[SLOT_BEYOND],
                                              slots[SLOT_MIN],   slots[SLOT_MAX],
                                              slots[SLOT_SUM],   slots[SLOT_BUCKETS]};
    if (slots[SLOT_REPORT].kind != JSON_STRING ||
        !json_string_equals(slots[SLOT_REPORT], "evlatency 1", 11))
        return refuse(error, "not a report of evlatency --format json");
    if (slots[SLOT_FROM].kind != JSON_STRING || slots[SLOT_TO].kind != JSON_STRING)
        return refuse(error, "incomplete report");
    if (!histogram_json_read(&report->histogram, &members, error))
        return false;
    report->from = string_at(slots[SLOT_FROM]);
    report->to = string_at(slots[SLOT_TO]);
    return true;
}

/* Where the last line that is not blank begins. */
static size_t last_line(const char *bytes, size_t *length)
{
    size_t start;
    while (*length > 0 && strchr(" \t\r\n", bytes[*length - 1]) != NULL && bytes[*length - 1] != 0)
        (*length)--;
    for (start = *length; start > 0 && bytes[start - 1] != '\n'; start--)
        ;
    return start;
}

bool saved_report_parse(struct saved_report *report, const char *bytes, size_t length,
                        struct error_text *error)
{
    struct json_slice slots[SLOTS];
    struct text_buffer text = {0};
    size_t start = last_line(bytes, &length);
    bool fine;
    memset(report, 0, sizeof *report);
    latency_histogram_init(&report->histogram);
    if (length == 0)
        return refuse(error, "empty");
    text_buffer_add(&text, bytes + start, length - start);
    fine = scan(&text, slots);
    if (!fine && start > 0) {
        text.length = 0;
        text_buffer_add(&text, bytes, length);
        for (size_t i = 0; i < length; i++)
            if (text.bytes[i] == '\n')
                text.bytes[i] = ' ';
        fine = scan(&text, slots);
    }
    fine = fine ? take_slots(report, slots, error) : refuse(error, "not a JSON object");
    text_buffer_free(&text);
    if (!fine)
        saved_report_free(report);
    return fine;
}

static bool read_all(int descriptor, struct text_buffer *out, struct error_text *error)
{
    ssize_t count;
    while ((count = read(descriptor, text_buffer_reserve(out, READ_SIZE), READ_SIZE)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return refuse(error, "%s", strerror(errno));
        out->length += (size_t)count;
        if (out->length > FILE_LIMIT)
            return refuse(error, "larger than 256M");
    }
    return true;
}

bool saved_report_read(struct saved_report *report, const char *name, struct error_text *error)
{
    struct text_buffer bytes = {0};
    struct error_text reason;
    bool standard = strcmp(name, "-") == 0;
    int descriptor = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    bool fine;
    if (descriptor < 0)
        return refuse(error, "%s: %s", name, strerror(errno));
    fine = read_all(descriptor, &bytes, &reason) &&
           saved_report_parse(report, bytes.bytes, bytes.length, &reason);
    text_buffer_free(&bytes);
    if (!standard)
        close(descriptor);
    return fine || refuse(error, "%.80s: %.160s", name, reason.text);
}

void saved_report_free(struct saved_report *report)
{
    latency_histogram_free(&report->histogram);
    free(report->from);
    free(report->to);
    report->from = report->to = NULL;
}
