#include "state/line_check.h"

#include "ndjson/json_projection.h"

#include <inttypes.h>

void line_check_init(struct line_check *check)
{
    *check = (struct line_check){.projection = json_projection_new()};
    check->scanner = json_scanner_new(check->projection, JSON_UTF8_CHECKED);
}

void line_check_free(struct line_check *check)
{
    json_scanner_free(check->scanner);
    json_projection_free(check->projection);
}

bool line_check_next(struct line_check *check, const char **at, const char *limit,
                     const char **line, size_t *length, struct error_text *error)
{
    struct json_slice root;
    struct json_line scanned = {.slots = &root};
    enum scan_status status = json_scan_line(check->scanner, *at, limit, &scanned);
    check->number++;
    *at = scanned.next;
    *line = scanned.text;
    *length = scanned.length;
    if (status == SCAN_BLANK)
        return refuse(error, "line %" PRIu64 ": is blank", check->number);
    if (status == SCAN_REJECTED)
        return refuse(error, "line %" PRIu64 ": %s", check->number, scanned.reason);
    if (scanned.text[scanned.length] != '\n' || scanned.text + scanned.length >= limit)
        return refuse(error, "line %" PRIu64 ": has no LF", check->number);
    return true;
}
