#ifndef STREAM_LATE_LOG_H
#define STREAM_LATE_LOG_H

#include "stream/event.h"
#include "stream/side_file.h"

#include <stdbool.h>
#include <stdint.h>

/* Late records: written to --late with reason and watermark, and summed up at the end with the
   delay that would have kept them all. */
struct late_log {
    struct side_file file;
    int64_t worst;      /* largest late_by, ns, of those that some delay would have kept */
    uint64_t after_end; /* records that came when W was the end of time */
};

/* `late_by` ns: how much more delay would have kept the record; INT64_MAX = none would. */
void late_log_add(struct late_log *log, const struct event *event, int64_t watermark,
                  int64_t late_by, const char *reason);

/* The same without a line in the file. */
void late_log_note(struct late_log *log, int64_t late_by);

/* "12 late, worst by 4.2s; -d 7.2s would have kept all"; nothing if both counts are 0. */
void late_log_summarise(const struct late_log *log, uint64_t late, uint64_t partly_late,
                        int64_t delay);

#endif
