#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "cli/options.h"
#include "expression/expression.h"
#include "stream/event.h"
#include "stream/stream_settings.h"
#include "stream/time_expression.h"

#include <stdint.h>
#include <stdio.h>

/* The event loop that every filter shares: read, scan, filter, time, watermark, dispatch, flush.
   A tool gives it the callbacks below and stays a description of what happens on a record and on a
   watermark. */

struct stream;
struct saved_snapshot;
struct snapshot_draft;

enum verdict {
    VERDICT_USE,
    VERDICT_FILTERED, /* not for this tool: counted `filtered` */
    VERDICT_REJECTED  /* a rejected record; the reason was given */
};

struct stream_tool {
    const struct command *command;
    struct stream_settings *settings;
    void *self;           /* handed to every callback */
    size_t prepared_size; /* bytes of event->prepared */
    /* Of most records it looks at the slots' values, not at the line nor at where in the line a
       value stands. */
    bool values_suffice;
    bool needs_time; /* false: no event time is read, W stays undefined until the end */
    /* The option that names the time, for the remedy when no record has one; NULL = "--time". A
       tool that reads times by itself rejects records without in prepare(), for the reason "time".
     */
    const char *time_option;

    /* Compiles the tool's expressions with stream_expression() and checks its settings; ends with
       usage_error() when they make no sense. */
    void (*on_start)(void *self, struct stream *stream);
    /* For each record of a batch, before any of the batch is processed: evaluate the key, hash it,
       prefetch. Must not change state. event->time, stream and partition are not known yet. A
       rejection gives *reason (kind, static text) and may give detail in *error. NULL = use all. */
    enum verdict (*prepare)(void *self, struct stream *stream, struct event *event,
                            const char **reason, struct error_text *error);
    /* In order. The watermark was raised and on_watermark ran before. */
    void (*on_record)(void *self, struct stream *stream, struct event *event);
    /* Every byte of input as it was read (decompressed), rejected and blank lines and a byte order
       mark included, in whole lines, before their records are dispatched. NULL = none. */
    void (*on_bytes)(void *self, struct stream *stream, const char *bytes, size_t length);
    /* W of a partition rose: write everything that closes. WATERMARK_END = end of input. */
    void (*on_watermark)(void *self, struct stream *stream, uint32_t partition, int64_t watermark);
    /* A further pass over the files begins (stream_repeat). NULL = nothing to do. */
    void (*on_pass)(void *self, struct stream *stream);
    /* After the last on_watermark, output still open; `signal` != 0: ended by SIGINT or SIGTERM,
       on_watermark(END) was not called (nor is it where --state makes the end a pause). on_save()
       comes after it. NULL = nothing to do. */
    void (*on_end)(void *self, struct stream *stream, int signal);
    /* Wall-clock timers: called when stream_now() has reached the time given to stream_set_timer().
     */
    void (*on_timer)(void *self, struct stream *stream);
    /* Open results that a signal discards (or, with --state, saves), for the message; NULL = none.
     */
    uint64_t (*count_open)(void *self);
    /* --state: before the output is flushed for a snapshot: works off what on_save() cannot hold.
       NULL = nothing to do. */
    void (*on_settle)(void *self, struct stream *stream);
    /* --state: a snapshot is due. Does a part of what on_save() would have to do, in well below a
       millisecond; true = on_save() has little left to do. Called between batches of records until
       then. NULL = nothing to do. */
    bool (*on_prepare_save)(void *self);
    /* --state; both or neither, NULL = the tool is stateless. Between two records: what the draft
       gets must say all that later results depend on beside inputs, counters, streams and
       watermarks, which are saved already. Nothing proportional to the whole state may be done
       here. */
    void (*on_save)(void *self, struct stream *stream, struct snapshot_draft *draft);
    /* Partitions (their indices are those of the run that saved), watermarks and counters are
       back, no record was read yet. on_watermark() is not called for a W that is restored:
       stream_watermark() tells it. false: *error says what is wrong with the snapshot. Not called
       when there is none. */
    bool (*on_restore)(void *self, struct stream *stream, struct saved_snapshot *saved,
                       struct error_text *error);
    /* The tool's lines of --explain, after the expressions'. */
    void (*explain)(void *self, struct stream *stream, FILE *out);
    /* Appends the tool's own counters as `,"name":value` members for -v, SIGUSR1. NULL = none. */
    void (*count)(void *self, struct text_buffer *out);
};

/* Text for command.version_details: the libraries. */
char *stream_version_details(void);

/* The whole life of a filter, from parsed options to exit status: opens operands, compiles, runs,
   ends. main() is options_parse() and this. */
int stream_run(const struct stream_tool *tool, int operand_count, char **operands);

/* An expression over input records, compiled for on_start; ends with usage_error() if it is
   refused. `option` names it in messages and --explain, e.g. "--key". */
const struct expression *stream_expression(struct stream *stream, const char *option,
                                           const char *text);
const struct expression_list *stream_expression_list(struct stream *stream, const char *option,
                                                     const char *text);
/* The same with types and units: expression_add_typed_list(). */
const struct expression_list *stream_typed_list(struct stream *stream, const char *option,
                                                const char *text);
/* The slot of a member of the record that the tool wants to know of without an expression. */
size_t stream_member_slot(struct stream *stream, const char *name);
/* What --table named, for expression sets of the tool's own. */
struct lookup_tables;
const struct lookup_tables *stream_tables(const struct stream *stream);
/* Says that records are filtered by this expression (compiled by stream_expression), for the
   message when all of them were. --where is known without. */
void stream_filters_by(struct stream *stream, const struct expression *expression);
/* Number of operands; 0 = standard input. */
size_t stream_operands(const struct stream *stream);
/* Compiles EXPR[:UNIT] as for --time. */
void stream_time_expression(struct stream *stream, const char *option, const char *text,
                            struct time_expression *time);
/* The compiled --time; only where event time is read (needs_time, no --clock arrival). */
const struct time_expression *stream_time(const struct stream *stream);
/* In on_start: reads all operands `passes` times, one pass after the other, as if the files were
   that much longer; W does not end in between. Ends with usage_error() unless all operands are
   regular files. */
void stream_repeat(struct stream *stream, const char *option, uint64_t passes);
/* Lives until the batch at hand is done. */
struct scratch *stream_scratch(struct stream *stream);

/* Output: append one JSON object to the buffer returned, without LF, then end the record. --calc,
   --select and --kcat-key happen in stream_record_end. `cause` = the record that the output passes
   on or was caused by, for $file, $line and the like; NULL = none. */
struct text_buffer *stream_record_begin(struct stream *stream);
void stream_record_end(struct stream *stream, const struct event *cause);

/* Output that is not records: appended as it is. */
void stream_write(struct stream *stream, const char *bytes, size_t length);

/* So many results went out, or will, by stream_write(). */
void stream_count_written(struct stream *stream, uint64_t count);

/* In on_start: a further file that the tool writes whole lines to; opened, flushed, reopened on
   SIGHUP, cut back by --state and closed with the stream's own. `option`: static text. `name` NULL
   = not given: what is appended is dropped. At most STREAM_SIDE_FILES. */
enum { STREAM_SIDE_FILES = 4 };
struct side_file;
struct side_file *stream_side_file(struct stream *stream, const char *option, const char *name);

/* In on_start: a file that the tool opens itself to write to; NULL = none. Wrong usage if it is an
   input or written to by another option. Not for files of stream_side_file(). */
void stream_claim_output(struct stream *stream, const char *option, const char *name);

/* A late record: counts it, notes `late_by` ns (> 0: how much more delay would have kept it),
   writes it to --late with the reason (static text) and W. */
void stream_late(struct stream *stream, const struct event *event, int64_t late_by,
                 const char *reason);
/* A late record that was of use nevertheless: counted and noted, but not written to --late. */
void stream_late_shown(struct stream *stream, const struct event *event, int64_t late_by);
void stream_partly_late(struct stream *stream, const struct event *event, int64_t late_by,
                        const char *reason);

/* Drops a record in on_record after all: counted rejected / duplicate instead of used. */
void stream_reject(struct stream *stream, const struct event *event, const char *reason,
                   const struct error_text *detail);
void stream_duplicate(struct stream *stream, const struct event *event);
void stream_filter(struct stream *stream, const struct event *event);
/* The run ends before this record could be handled: it counts as not read. */
void stream_withdraw(struct stream *stream, const struct event *event);

int64_t stream_watermark(const struct stream *stream, uint32_t partition);
/* Number of partitions so far; 1 without --partition. */
uint32_t stream_partitions(const struct stream *stream);
/* True with --state: the tool must note what changes, for the next on_save(). From on_start on. */
bool stream_is_durable(const struct stream *stream);
/* Of --memory; NULL = none. The tool's logs go by it, and are freed before memory_bound_free(). */
struct memory_bound *stream_memory_bound(struct stream *stream);
/* Wall clock ns, read once per read(2). */
int64_t stream_now(const struct stream *stream);
/* Steady clock ns, read when stream_now() is, and by stream_sleep_until(). */
int64_t stream_steady(const struct stream *stream);
/* In on_record: waits until the steady clock has reached `steady`; unless it has already, writes
   out everything pending before. Signals, reports and a reader that goes away are served meanwhile.
   Returns false if the run is to end. */
bool stream_sleep_until(struct stream *stream, int64_t steady);
/* on_timer at wall clock `at`; INT64_MAX = none. */
void stream_set_timer(struct stream *stream, int64_t at);
/* Writes out what is pending now (evjoin --every). */
void stream_flush(struct stream *stream);
/* In on_record: the run ends after this record; what is pending is written, W does not end. */
void stream_stop(struct stream *stream);
/* A false --assert: the exit status is at least STATUS_REJECTED. */
void stream_set_status(struct stream *stream, enum exit_status status);
/* True if some operand is a regular file (or standard input is) that is not followed. */
bool stream_reads_files(const struct stream *stream);

#endif
