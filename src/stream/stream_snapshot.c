#include "stream/stream_snapshot.h"

#include "cli/diagnostics.h"
#include "state/memory_bound.h"
#include "state/saved_snapshot.h"
#include "state/snapshot_draft.h"
#include "stream/output_lengths.h"
#include "stream/saved_options.h"
#include "stream/saved_streams.h"
#include "stream/stream_state.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <inttypes.h>

/* How soon a snapshot under way is looked after again. */
#define POLL_INTERVAL (20 * NS_PER_MS)

static _Noreturn void save_failed(const struct error_text *error)
{
    die(STATUS_STATE, "state cannot be saved: %s", error->text);
}

static void poll_store(struct stream *stream)
{
    struct error_text error;
    if (!snapshot_store_poll(stream->snapshot.store, &error))
        save_failed(&error);
}

static void restore(struct stream *stream, struct saved_snapshot *saved)
{
    const char *directory = snapshot_store_name(stream->snapshot.store);
    struct error_text error;
    bool fine = saved == NULL ||
                (saved_options_check(&stream->settings->given, saved, directory, &error) &&
                 saved_streams_read(stream, saved, &error));
    fine = fine && positions_restore(stream, saved, &error) &&
           output_lengths_restore(stream, saved, &error) &&
           (saved == NULL || stream->tool->on_restore(stream->tool->self, stream, saved, &error));
    if (!fine)
        die(STATUS_STATE, "%s", error.text);
}

void stream_snapshot_restore(struct stream *stream)
{
    struct stream_snapshot *snapshot = &stream->snapshot;
    const struct stream_settings *settings = stream->settings;
    struct saved_snapshot *saved;
    struct error_text error;
    enum exit_status status;
    if (settings->state == NULL)
        return;
    snapshot->store = snapshot_store_open(settings->state, stream->tool->command->name, &error,
                                          &status);
    if (snapshot->store == NULL)
        die(status, "%s", error.text);
    if (stream_memory_bound(stream) != NULL)
        memory_bound_open(snapshot->bound, snapshot_store_directory(snapshot->store),
                          settings->state);
    saved = snapshot_store_load(snapshot->store, &error, &status);
    if (status != STATUS_OK)
        die(status, "%s", error.text);
    restore(stream, saved);
    saved_snapshot_free(saved);
    snapshot->inherited = stream->counters;
    stream->untimed.settled = stream->counters.used > 0;
    snapshot->due = time_add(clock_steady(), settings->snapshot_every);
}

/* Everything that was dispatched is out, and nothing is in between. */
static struct snapshot_draft *make_draft(struct stream *stream)
{
    struct snapshot_draft *draft;
    struct text_buffer *lines;
    if (stream->tool->on_settle != NULL)
        stream->tool->on_settle(stream->tool->self, stream);
    stream_flush_all(stream, false);
    draft = snapshot_draft_begin(stream->snapshot.store);
    lines = snapshot_draft_lines(draft);
    saved_options_write(&stream->settings->given, lines);
    saved_streams_write(stream, lines);
    positions_save(stream, lines);
    output_lengths_save(stream, draft);
    stream->tool->on_save(stream->tool->self, stream, draft);
    stream->snapshot.requested = false;
    return draft;
}

/* Records held back for want of a time are neither counted nor forgotten yet. */
static bool may_save(const struct stream *stream)
{
    return stream->untimed.count == 0;
}

bool stream_snapshot_prepare(struct stream *stream)
{
    const struct stream_tool *tool = stream->tool;
    int64_t begun = clock_steady();
    bool done = tool->on_prepare_save == NULL || tool->on_prepare_save(tool->self);
    snapshot_store_note_pause(stream->snapshot.store, clock_steady() - begun);
    return done;
}

void stream_snapshot_timer(struct stream *stream)
{
    struct stream_snapshot *snapshot = &stream->snapshot;
    struct error_text error;
    if (snapshot->store == NULL)
        return;
    poll_store(stream);
    if (snapshot_store_busy(snapshot->store) || !may_save(stream) ||
        (!snapshot->requested && stream->steady < snapshot->due))
        return;
    snapshot->preparing = !stream_snapshot_prepare(stream);
    if (snapshot->preparing)
        return;
    snapshot->due = time_add(stream->steady, stream->settings->snapshot_every);
    if (!snapshot_draft_commit(make_draft(stream), false, &error))
        save_failed(&error);
}

int64_t stream_snapshot_due(const struct stream *stream)
{
    const struct stream_snapshot *snapshot = &stream->snapshot;
    if (snapshot->store == NULL)
        return INT64_MAX;
    if (snapshot_store_busy(snapshot->store))
        return time_add(stream->steady, POLL_INTERVAL);
    return snapshot->requested ? stream->steady : snapshot->due;
}

void stream_snapshot_request(struct stream *stream)
{
    stream->snapshot.requested = stream->snapshot.store != NULL;
}

void stream_snapshot_save(struct stream *stream)
{
    struct error_text error;
    if (stream->snapshot.store == NULL || !may_save(stream))
        return;
    while (!stream_snapshot_prepare(stream))
        ;
    stream->snapshot.preparing = false;
    /* One under way is older than what follows: it is finished first. */
    if (!snapshot_store_wait(stream->snapshot.store, &error) ||
        !snapshot_draft_commit(make_draft(stream), true, &error))
        save_failed(&error);
}

void stream_snapshot_reopened(struct stream *stream)
{
    struct error_text error;
    if (stream->snapshot.store == NULL)
        return;
    if (!output_lengths_sync_names(stream, &error))
        save_failed(&error);
    stream_snapshot_save(stream);
}

void stream_snapshot_close(struct stream *stream)
{
    snapshot_store_close(stream->snapshot.store);
    stream->snapshot.store = NULL;
}

struct memory_bound *stream_memory_bound(struct stream *stream)
{
    struct stream_snapshot *snapshot = &stream->snapshot;
    if (snapshot->bound == NULL && stream->settings->memory > 0)
        snapshot->bound = memory_bound_new(stream->settings->memory);
    return snapshot->bound;
}

void stream_explain_memory(const struct stream *stream, FILE *out)
{
    if (stream->settings->memory > 0)
        fprintf(out,
                "memory: beyond %" PRIu64
                " bytes resident the oldest of what waits moves to a file in %s\n",
                stream->settings->memory, stream->settings->state);
}
