#ifndef STREAM_METRICS_LABEL_H
#define STREAM_METRICS_LABEL_H

#include "ndjson/text_buffer.h"

#include <stddef.h>

/* Appends ,LABEL="VALUE" in Prometheus' text format, the value escaped. */
void metrics_label_add(struct text_buffer *out, const char *label, const char *value,
                       size_t length);

#endif
