#ifndef STREAM_PARTITION_REPORT_H
#define STREAM_PARTITION_REPORT_H

#include "ndjson/text_buffer.h"
#include "stream/partitions.h"

/* What is known of each partition while it lasts: W, and the largest event time of its streams. */

/* Appends ,"partitions":[{"partition":"0","watermark":...,"streams":{"clicks":...}},...]; times are
   RFC 3339 or null. */
void partition_report_json(const struct partitions *partitions, struct text_buffer *out);

/* The same for Prometheus, as seconds since 1970, each line with these labels; what is not known is
   left out. */
void partition_report_prometheus(const struct partitions *partitions, const char *labels,
                                 struct text_buffer *out);

#endif
