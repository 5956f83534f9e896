#ifndef WINDOW_RESULT_WRITER_H
#define WINDOW_RESULT_WRITER_H

#include "ndjson/text_buffer.h"
#include "time/timestamp.h"
#include "window/aggregate_list.h"
#include "window/group_list.h"
#include "window/time_list.h"
#include "window/window_plan.h"

#include <stdbool.h>

/* A result as the text of a record: {"window_start","window_end",BY...,AGG...,"event_time_ns"};
   sessions add "last_event", revisions "rev" and "final", the window over the whole input has no
   times. */
struct result_writer {
    const struct window_plan *plan;
    const struct group_list *groups;
    const struct aggregate_list *list;
    enum time_format format;
    struct value *values; /* of the result at hand: see aggregate_list_evaluate() */
    struct json_slice *by;
    struct scratch scratch;
    struct written_time {
        int64_t time;
        size_t length; /* 0: none was written yet */
        char text[TIMESTAMP_TEXT_SIZE];
    } start, end; /* of the latest result: those of a window mostly come together */
};

void result_writer_init(struct result_writer *writer, const struct window_plan *plan,
                        const struct group_list *groups, const struct aggregate_list *list,
                        enum time_format format);
void result_writer_free(struct result_writer *writer);

/* Evaluates a result's items; valid until the next call. */
const struct value *result_writer_evaluate(struct result_writer *writer,
                                           const struct window_result *result);
/* What it is ranked by, after result_writer_evaluate(). */
struct value result_writer_rank(struct result_writer *writer);

/* Appends the whole record, after result_writer_evaluate(). */
void result_writer_write(struct result_writer *writer, const struct window_result *result,
                         struct text_buffer *out);

/* Where the list's last call keeps the records themselves: writes each of them, in the order of
   time, with the result's members put in, after result_writer_evaluate(): `begin`
   gives the buffer to append one to, `end` follows it. */
struct each_sink {
    struct text_buffer *(*begin)(void *self);
    void (*end)(void *self);
    void *self;
};
void result_writer_each(struct result_writer *writer, const struct window_result *result,
                        const struct each_sink *sink);

#endif
