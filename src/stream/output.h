#ifndef STREAM_OUTPUT_H
#define STREAM_OUTPUT_H

#include "ndjson/line_writer.h"
#include "stream/counters.h"
#include "stream/event.h"
#include "stream/record_rewrite.h"
#include "stream/reject_log.h"
#include "stream/stream_settings.h"

#include <stdbool.h>
#include <stdint.h>

/* Where results go: rewritten by --calc and --select, prefixed by --kcat-key, written in whole
   lines. Without these options a record is built in place in the writer's buffer. */
struct output {
    struct line_writer writer;
    struct counters *counters;
    struct reject_log *rejects;
    bool direct; /* none of the three options */
    struct record_rewrite calc;
    struct record_rewrite select;
    struct record_rewrite key; /* --kcat-key as a list of one */
    struct text_buffer record; /* the record being built, unless direct */
    struct text_buffer rewritten;
    struct scratch scratch;
    int64_t flushed; /* steady clock ns of the last flush */
};

/* Compiles the options; ends with STATUS_USAGE and one line if one is refused. */
void output_compile(struct output *output, const struct stream_settings *settings,
                    const struct lookup_tables *tables);
/* Opens --out; ends with STATUS_IO if that fails. */
void output_open(struct output *output, const struct stream_settings *settings);

static inline struct text_buffer *output_begin(struct output *output)
{
    return output->direct ? &output->writer.text : &output->record;
}
void output_end(struct output *output, const struct record_variables *variables);

/* Writes everything pending. `idle`: the next read may wait for long, so that --kcat-key pads.
   false: the write failed (output->writer.error). */
bool output_flush(struct output *output, bool idle);

/* flush and close, checked. */
bool output_close(struct output *output);

/* Why the first result of --calc or --select that failed did; "" = none has. */
const char *output_first_failure(const struct output *output);

/* For --explain. */
void output_explain(const struct output *output, FILE *out);

#endif
