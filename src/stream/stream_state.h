#ifndef STREAM_STREAM_STATE_H
#define STREAM_STREAM_STATE_H

#include "stream/counters.h"
#include "stream/file_merge.h"
#include "stream/follower.h"
#include "stream/intake.h"
#include "stream/late_log.h"
#include "stream/output.h"
#include "stream/output_names.h"
#include "stream/partitions.h"
#include "stream/positions.h"
#include "stream/reject_log.h"
#include "stream/stream.h"
#include "stream/stream_snapshot.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run of a filter; private to stream/. */

enum { UNTIMED_LIMIT = 100 };

/* Records without a time that came before any record with one: held back until it is known whether
   the time option is wrong (then they are not told one by one). */
struct untimed {
    bool settled; /* a record had a time: nothing is held any more */
    struct rejection held[UNTIMED_LIMIT];
    size_t count;
};

struct labelled_expression {
    const char *option;
    const struct expression *expression;
};

struct stream {
    const struct stream_tool *tool;
    const struct stream_settings *settings;
    struct intake intake;
    struct lookup_tables *tables;
    struct input *inputs;
    size_t input_count;
    struct file_merge merge;
    bool merging;                /* `merge` holds the files of this pass */
    struct follower *follower;   /* --follow; NULL = none */
    struct positions *positions; /* --state, keeps_positions; NULL = not noted */
    struct pollfd *polled;       /* one per input, one for the follower, one for the output */
    struct input *current;       /* whose batch is being processed */
    struct partitions partitions;
    bool clocked;            /* --clock arrival: W follows the wall clock */
    bool split;              /* an input holds several streams, or several partitions */
    struct text_buffer name; /* stream names are put together here */
    struct output output;
    struct reject_log rejects;
    struct late_log late;
    struct output_names output_names;
    struct side_file tool_files[STREAM_SIDE_FILES]; /* of the tool's own */
    const char *tool_file_options[STREAM_SIDE_FILES];
    const char *tool_file_names[STREAM_SIDE_FILES];
    size_t tool_file_count;
    struct text_buffer kept_outputs; /* manifest lines of files that this run was not given */
    struct counters counters;
    struct untimed untimed;
    struct text_buffer first_filtered;   /* description of the first filtered record */
    struct labelled_expression *filters; /* what the tool filters by, for messages */
    size_t filter_count;
    struct labelled_expression *labelled; /* all expressions, for --explain */
    size_t labelled_count;
    int64_t now;          /* wall clock ns of the latest read; never falls */
    int64_t steady;       /* steady clock ns of the same moment */
    int64_t timer;        /* wall clock ns; INT64_MAX = none */
    int64_t next_metrics; /* steady clock ns */
    int64_t next_progress;
    int64_t idle_check; /* steady clock ns; INT64_MAX = none */
    struct stream_snapshot snapshot;
    enum exit_status status;
    uint64_t passes; /* over the files, to come after this one */
    bool stopped;    /* --max-errors */
    bool closing;    /* W has ended: everything is being written */
};

/* Opens what is to be read; `count` 0 = standard input. *missing: why the first of those that
   cannot be opened cannot, to be told once the options were found to be right (operands.c). */
void stream_open_operands(struct stream *stream, int count, char **operands,
                          struct error_text *missing);

/* intake and dispatch (dispatch.c) */
void stream_dispatch(struct stream *stream, struct event *event);
/* Where each input is one stream, all of them are known from the start: W waits for each. */
void stream_await_inputs(struct stream *stream);
/* Tells the tool about each W that rose. */
void stream_tell_watermarks(struct stream *stream);
/* Ends the run if none of the records so far had a time (`at_end`: there are no more). */
void stream_check_untimed(struct stream *stream, bool at_end);

/* Writes out everything pending, side files too (event_loop.c). `idle`: the next read may wait. */
void stream_flush_all(struct stream *stream, bool idle);
/* True if the end of the input is a pause: state is kept for the next run. */
bool stream_pauses(const struct stream *stream);

/* For a tool that keeps the positions itself (moved_positions.c): that its inputs have one, each
   its own; where --resume-from leaves them. Files like --reject then keep what they hold. */
void stream_check_positions(const struct stream *stream);
void stream_resume_positions(struct stream *stream);

/* reports (report.c) */
void stream_report_counters(struct stream *stream);
void stream_report_progress(struct stream *stream);
void stream_report_end(struct stream *stream);

/* Ends the tool as its output's failure demands: quietly by SIGPIPE, or with STATUS_IO. */
_Noreturn void stream_output_failed(struct stream *stream);

#endif
