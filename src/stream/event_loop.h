#ifndef STREAM_EVENT_LOOP_H
#define STREAM_EVENT_LOOP_H

struct stream;

/* Reads, scans, dispatches and flushes until all inputs have ended, a signal came, or --max-errors
   stops it. */
void stream_loop(struct stream *stream);

#endif
