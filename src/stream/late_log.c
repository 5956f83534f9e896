#include "stream/late_log.h"

#include "cli/diagnostics.h"
#include "ndjson/json_string.h"
#include "time/duration.h"
#include "time/timestamp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void late_log_note(struct late_log *log, int64_t late_by)
{
    if (late_by == INT64_MAX)
        log->after_end++;
    else if (late_by > log->worst)
        log->worst = late_by;
}

void late_log_add(struct late_log *log, const struct event *event, int64_t watermark,
                  int64_t late_by, const char *reason)
{
    struct text_buffer *out = side_file_begin(&log->file);
    late_log_note(log, late_by);
    if (out == NULL)
        return;
    text_buffer_add_format(out, "{\"tool\":\"%s\",\"source\":", program_invocation_short_name);
    json_string_encode(out, event->source, strlen(event->source));
    text_buffer_add_format(out,
                           ",\"line\":%" PRIu64 ",\"reason\":\"%s\",\"event_time_ns\":%" PRId64
                           ",\"watermark_ns\":%" PRId64 ",\"late_by_ns\":%" PRId64 ",\"record\":",
                           event->number, reason, event->time, watermark, late_by);
    text_buffer_add(out, event->line.text, event->line.length);
    text_buffer_add_byte(out, '}');
    side_file_end(&log->file);
}

void late_log_summarise(const struct late_log *log, uint64_t late, uint64_t partly_late,
                        int64_t delay)
{
    char worst[DURATION_TEXT_SIZE];
    char enough[DURATION_TEXT_SIZE];
    char partly[48] = "";
    char hopeless[64] = "";
    if (late + partly_late == 0)
        return;
    if (partly_late > 0)
        snprintf(partly, sizeof partly, ", %" PRIu64 " partly late", partly_late);
    if (log->after_end > 0)
        snprintf(hopeless, sizeof hopeless, ", %" PRIu64 " after all streams had ended",
                 log->after_end);
    if (log->after_end == late + partly_late)
        warn("%" PRIu64 " late%s%s", late, partly, hopeless);
    else
        warn("%" PRIu64 " late%s%s, worst by %s; -d %s would have kept all%s", late, partly,
             hopeless, duration_format(log->worst, worst),
             duration_format(time_add(delay, log->worst), enough),
             log->after_end > 0 ? " others" : "");
}
