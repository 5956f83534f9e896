#ifndef STREAM_METRICS_FILE_H
#define STREAM_METRICS_FILE_H

struct stream;

/* Rewrites --metrics FILE atomically in Prometheus' text format (no timestamps, promtool-clean).
   Dies with STATUS_IO if it cannot. */
void metrics_file_write(const struct stream *stream);

#endif
