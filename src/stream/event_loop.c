#include "stream/event_loop.h"

#include "cli/diagnostics.h"
#include "stream/lookups.h"
#include "stream/metrics_file.h"
#include "stream/signals.h"
#include "stream/stream_state.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METRICS_INTERVAL (10 * NS_PER_SECOND)
#define PROGRESS_INTERVAL (NS_PER_SECOND / 2)
/* Under steady load sparse results do not wait longer than this for a full buffer. */
#define FLUSH_INTERVAL (100 * NS_PER_MS)
/* How often W follows the wall clock under --clock arrival while nothing is read. */
#define CLOCK_INTERVAL (20 * NS_PER_MS)

void stream_output_failed(struct stream *stream)
{
    const struct line_writer *writer = &stream->output.writer;
    if (writer->error == EPIPE)
        signals_die(SIGPIPE);
    die(STATUS_IO, "%s: %s", writer->name, strerror(writer->error));
}

void stream_flush_all(struct stream *stream, bool idle)
{
    if (!output_flush(&stream->output, idle))
        stream_output_failed(stream);
    side_file_flush(&stream->rejects.file);
    side_file_flush(&stream->late.file);
    for (size_t i = 0; i < stream->tool_file_count; i++)
        side_file_flush(&stream->tool_files[i]);
}

/* Clocks are read once per read(2), not per record. */
static void look_at_clocks(struct stream *stream)
{
    int64_t now = clock_wall();
    if (now > stream->now)
        stream->now = now;
    stream->steady = clock_steady();
}

static void follow_clock(struct stream *stream)
{
    for (size_t i = 0; i < stream->partitions.count; i++)
        watermark_raise(&stream->partitions.items[i].watermark,
                        time_subtract(stream->now, stream->settings->delay));
    stream_tell_watermarks(stream);
}

static void sooner(int64_t *until, int64_t time)
{
    if (time < *until)
        *until = time;
}

static void find_idle(struct stream *stream)
{
    unsigned char *waiting;
    if (stream->settings->idle_timeout == 0 || stream->steady < stream->idle_check)
        return;
    waiting = allocate_zeroed(stream->input_count + 1, 1);
    for (size_t i = 0; i < stream->input_count; i++)
        waiting[stream->inputs[i].group] = stream->inputs[i].waiting;
    stream->idle_check = partitions_idle(&stream->partitions, stream->steady,
                                         stream->settings->idle_timeout, waiting,
                                         stream->input_count + 1);
    sooner(&stream->idle_check, time_add(stream->steady, stream->settings->idle_timeout));
    free(waiting);
    stream_tell_watermarks(stream);
}

/* Replaced rows stay while a batch that was prepared with them waits for its turn. */
static void reload_tables(struct stream *stream)
{
    bool waiting = false;
    for (size_t i = 0; i < stream->input_count; i++)
        waiting = waiting || stream->inputs[i].next < stream->inputs[i].count;
    if (!waiting)
        lookup_tables_drop_replaced(stream->tables);
    lookups_reload(stream->tables);
}

static void handle_signals(struct stream *stream)
{
    if (signals_take(SIGUSR1))
        stream_report_counters(stream);
    if (signals_take(SIGUSR2))
        stream_snapshot_request(stream);
    if (signals_take(SIGHUP)) {
        /* Before and after: a restart must neither cut a file that was put away, nor write again
           what went into it. */
        stream_snapshot_save(stream);
        reload_tables(stream);
        side_file_reopen(&stream->rejects.file);
        side_file_reopen(&stream->late.file);
        for (size_t i = 0; i < stream->tool_file_count; i++)
            side_file_reopen(&stream->tool_files[i]);
        stream_snapshot_reopened(stream);
    }
}

/* Everything that the clock or a signal may have made due. */
static void run_timers(struct stream *stream)
{
    const struct stream_settings *settings = stream->settings;
    look_at_clocks(stream);
    if (stream->follower != NULL)
        follower_look(stream->follower, stream->steady);
    handle_signals(stream);
    if (stream->clocked)
        follow_clock(stream);
    find_idle(stream);
    if (stream->now >= stream->timer) {
        stream->timer = INT64_MAX;
        stream->tool->on_timer(stream->tool->self, stream);
    }
    if (settings->metrics != NULL && stream->steady >= stream->next_metrics) {
        metrics_file_write(stream);
        stream->next_metrics = stream->steady + METRICS_INTERVAL;
    }
    if (settings->progress && stream->steady >= stream->next_progress && isatty(STDERR_FILENO)) {
        stream_report_progress(stream);
        stream->next_progress = stream->steady + PROGRESS_INTERVAL;
    }
    if (stream->steady - stream->output.flushed >= FLUSH_INTERVAL ||
        stream->output.writer.error != 0)
        stream_flush_all(stream, false);
    stream_snapshot_timer(stream);
}

static bool running(const struct stream *stream)
{
    return !stream->stopped && signals_end() == 0;
}

/* Whether an open input has not shown a record yet. */
static bool expecting(const struct stream *stream)
{
    for (size_t i = 0; i < stream->input_count; i++)
        if (!stream->inputs[i].ended && !stream->inputs[i].stream_known)
            return true;
    return false;
}

static void end_input(struct stream *stream, struct input *input)
{
    bool last_of_group = true;
    positions_input_ended(stream, input);
    input->ended = true;
    for (size_t i = 0; i < stream->input_count; i++)
        if (stream->inputs[i].group == input->group && !stream->inputs[i].ended)
            last_of_group = false;
    if (!last_of_group || stream->passes > 0)
        return;
    partitions_end_input(&stream->partitions, input->group,
                         expecting(stream) || stream_pauses(stream));
    stream_check_untimed(stream, true);
    stream_tell_watermarks(stream);
}

/* What was made of the records before stays: it is written, counted and told like any end. */
static void fail_input(struct stream *stream, struct input *input)
{
    warn("%s", input->source.error.text);
    input->ended = true;
    stream->stopped = true;
    stream_set_status(stream, STATUS_IO);
}

static enum byte_status fill(struct stream *stream, struct input *input)
{
    if (input->followed > 0)
        return follower_fill(stream->follower, input);
    return input_fill(input, &stream->intake);
}

/* Makes sure that the input has an event to dispatch; false: nothing now, or it has ended. */
static bool refill(struct stream *stream, struct input *input)
{
    stream->current = input;
    while (input->next == input->count && !input->ended) {
        enum byte_status status = input->left_rest ? BYTES_END : BYTES_LINES;
        if (input->source.line == input->source.limit) {
            status = fill(stream, input);
            input->ready = false;
            input->waiting = status == BYTES_WAIT;
            run_timers(stream);
            input->arrival = stream->now;
        }
        if (status == BYTES_WAIT)
            return false;
        if (stream->snapshot.preparing)
            stream_snapshot_timer(stream);
        if (status == BYTES_FAILED)
            fail_input(stream, input);
        else if (status == BYTES_END)
            end_input(stream, input);
        else if (status == BYTES_TOO_LONG)
            input_refuse_long(input, &stream->intake);
        else
            input_scan(input, &stream->intake);
    }
    return input->next < input->count;
}

static void dispatch_next(struct stream *stream, struct input *input)
{
    stream->current = input;
    stream_dispatch(stream, &input->events[input->next++]);
}

static void begin_merge(struct stream *stream)
{
    stream->merging = true;
    for (size_t i = 0; i < stream->input_count; i++)
        if (!stream->inputs[i].live && refill(stream, &stream->inputs[i]))
            file_merge_add(&stream->merge, &stream->inputs[i]);
}

/* The file whose next record comes first; NULL: all have ended. */
static struct input *choose_file(struct stream *stream)
{
    struct input *latest = file_merge_first(&stream->merge);
    if (!stream->merging)
        begin_merge(stream);
    else if (latest != NULL && refill(stream, latest))
        file_merge_advance(&stream->merge);
    else if (latest != NULL)
        file_merge_drop(&stream->merge);
    return file_merge_first(&stream->merge);
}

/* A stretch of one file; false if all files have ended. */
static bool run_files(struct stream *stream)
{
    struct input *input = choose_file(stream);
    const struct input *rival = file_merge_second(&stream->merge);
    if (input == NULL)
        return false;
    while (running(stream) && input->next < input->count &&
           file_merge_precedes(&stream->merge, input, rival))
        dispatch_next(stream, input);
    return true;
}

/* A batch of each live input that has one; false if none had. */
static bool run_live(struct stream *stream)
{
    bool progress = false;
    for (size_t i = 0; i < stream->input_count; i++) {
        struct input *input = &stream->inputs[i];
        if (!input->live || !refill(stream, input))
            continue;
        while (running(stream) && input->next < input->count)
            dispatch_next(stream, input);
        progress = true;
    }
    return progress;
}

static bool all_ended(const struct stream *stream)
{
    for (size_t i = 0; i < stream->input_count; i++)
        if (!stream->inputs[i].ended)
            return false;
    return true;
}

/* All files were read to their end: starts them anew if there is a further pass. */
static bool begin_pass(struct stream *stream)
{
    if (stream->passes == 0)
        return false;
    stream->passes--;
    stream->merging = false;
    for (size_t i = 0; i < stream->input_count; i++)
        if (!input_restart(&stream->inputs[i]))
            die(STATUS_IO, "%s", stream->inputs[i].source.error.text);
    if (stream->tool->on_pass != NULL)
        stream->tool->on_pass(stream->tool->self, stream);
    return true;
}

/* The wall clock time at which something is to be done although nothing was read. */
static int64_t next_timer(const struct stream *stream)
{
    int64_t until = stream->timer;
    int64_t ahead = stream->now - stream->steady;
    if (stream->clocked)
        sooner(&until, stream->now + CLOCK_INTERVAL);
    if (stream->settings->idle_timeout > 0)
        sooner(&until, time_add(stream->idle_check, ahead));
    if (stream->settings->metrics != NULL)
        sooner(&until, time_add(stream->next_metrics, ahead));
    if (stream->settings->progress)
        sooner(&until, time_add(stream->next_progress, ahead));
    if (stream->follower != NULL)
        sooner(&until, time_add(follower_due(stream->follower), ahead));
    if (stream->snapshot.store != NULL)
        sooner(&until, time_add(stream_snapshot_due(stream), ahead));
    return until;
}

/* Everything was flushed: sleeps until there is input, a timer, a signal, or until the reader of
   the output is gone, which nobody would notice otherwise while little is written. */
static void wait_for_input(struct stream *stream)
{
    struct pollfd *polled = stream->polled;
    size_t count = 0;
    for (size_t i = 0; i < stream->input_count; i++) {
        bool wanted = !stream->inputs[i].ended && stream->inputs[i].followed == 0 &&
                      stream->inputs[i].live;
        polled[count++] = (struct pollfd){
            wanted ? byte_source_descriptor(&stream->inputs[i].source) : -1, POLLIN, 0};
    }
    if (stream->follower != NULL)
        polled[count++] = (struct pollfd){follower_descriptor(stream->follower), POLLIN, 0};
    polled[count++] = (struct pollfd){stream->output.writer.descriptor, 0, 0};
    if (signals_poll(polled, count, next_timer(stream)) > 0) {
        for (size_t i = 0; i < stream->input_count; i++)
            stream->inputs[i].ready = polled[i].revents != 0;
        if ((polled[count - 1].revents & POLLERR) != 0)
            signals_die(SIGPIPE);
    }
    run_timers(stream);
}

void stream_loop(struct stream *stream)
{
    look_at_clocks(stream);
    stream->output.flushed = stream->steady;
    stream->idle_check = stream->steady;
    while (running(stream)) {
        bool progress = run_files(stream);
        progress = run_live(stream) || progress;
        if (progress)
            continue;
        if (all_ended(stream)) {
            if (begin_pass(stream))
                continue;
            return;
        }
        stream_flush_all(stream, true);
        find_idle(stream);
        if (running(stream))
            wait_for_input(stream);
    }
}

/* Not by stream->now: where the wall clock was set back, that does not follow. */
bool stream_sleep_until(struct stream *stream, int64_t steady)
{
    look_at_clocks(stream);
    if (stream->steady < steady)
        stream_flush_all(stream, true);
    while (running(stream) && stream->steady < steady) {
        struct pollfd reader = {stream->output.writer.descriptor, 0, 0};
        int64_t until = time_add(clock_wall(), time_subtract(steady, clock_steady()));
        sooner(&until, next_timer(stream));
        if (signals_poll(&reader, 1, until) > 0 && (reader.revents & (POLLERR | POLLHUP)) != 0)
            signals_die(SIGPIPE);
        run_timers(stream);
    }
    return running(stream);
}

void stream_flush(struct stream *stream)
{
    stream_flush_all(stream, true);
}
