#include "cli/options.h"
#include "replay/recording.h"
#include "replay/replay_clock.h"
#include "replay/time_shift.h"
#include "stream/stream.h"
#include "time/clock.h"
#include "time/timestamp_style.h"

#include <stddef.h>
#include <sys/prctl.h>

/* evreplay: writes a recording again, spaced as its event times are. */

struct replay {
    bool retime;
    uint64_t loop;
    int64_t start; /* the cut: [start, until) of recorded time, ns */
    int64_t until;
    struct stream_settings settings;
    struct replay_clock clock;
    struct recording seen;   /* everything with a time */
    struct recording played; /* the first pass */
    bool shifting;           /* times are written anew */
    size_t time_slot;        /* where they stand in a record */
    enum time_unit time_unit;
    int64_t step;     /* how precisely the first record's time is written, ns */
    int64_t first;    /* --retime: what was recorded then ... */
    int64_t retimed;  /* ... is to have happened then; the difference may be beyond int64 */
    int64_t repeated; /* the passes before this one do */
    uint64_t pass;    /* from 0 */
};

static struct replay replay = {
    .loop = 1,
    .step = 1,
    .start = INT64_MIN,
    .until = INT64_MAX,
    .clock = {.speed = REPLAY_SPEED_REAL},
};

static bool store_passes(void *target, const char *argument, struct error_text *error)
{
    uint64_t passes;
    if (!store_count(&passes, argument, error))
        return false;
    if (passes == 0)
        return refuse(error, "'%s' is no number of passes (1, 2, ...)", argument);
    *(uint64_t *)target = passes;
    return true;
}

static const struct option_row rows[] = {
    {"speed", 0, "FACTOR", "how fast time passes: 1x, 60x, 0.5x, max", "1x", GROUP_TOOL,
     replay_speed_store, offsetof(struct replay, clock.speed), OPTION_ONCE},
    {"retime", 0, NULL, "shifts event times so that the first is now", NULL, GROUP_TOOL, store_flag,
     offsetof(struct replay, retime), OPTION_ONCE},
    {"loop", 0, "N", "plays N times, one pass after the other", "1", GROUP_TOOL, store_passes,
     offsetof(struct replay, loop), OPTION_ONCE},
    {"start", 0, "TIME", "plays from this event time on", NULL, GROUP_TOOL, timestamp_store,
     offsetof(struct replay, start), OPTION_ONCE},
    {"until", 0, "TIME", "plays what lies before this event time", NULL, GROUP_TOOL,
     timestamp_store, offsetof(struct replay, until), OPTION_ONCE},
    {0},
};

static const struct option_set sets[] = {
    {rows, &replay},
    {stream_time_rows, &replay.settings},
    {stream_input_rows, &replay.settings},
    {stream_output_rows, &replay.settings},
    {stream_report_rows, &replay.settings},
};

static const struct command command = {
    .name = "evreplay",
    .summary = "Writes recorded events again, spaced as their event times are",
    .synopsis = "evreplay [--speed 1x|60x|max] [--retime] [OPTION]... [FILE]...",
    .examples =
        {
            {"An hour of traffic in a minute", "evreplay --speed 60x hour.ndjson.zst | ..."},
            {"As if it happened now", "evreplay --retime requests.ndjson clicks.ndjson | ..."},
        },
    .sets = sets,
    .set_count = sizeof(sets) / sizeof(*sets),
    .version_details = stream_version_details,
};

/* Times can be written anew only where they stand in the record as a member of their own. */
static void find_time(struct replay *self, struct stream *stream, const char *option)
{
    const struct time_expression *time = stream_time(stream);
    if (self->settings.clock.selected == CLOCK_ARRIVAL)
        usage_error(&command, "%s shifts event times: --clock arrival has none", option);
    if (!expression_path_slot(time->expression, &self->time_slot))
        usage_error(&command, "%s writes times anew: --time must be a path like .a.b, not %s",
                    option, time->text);
    self->shifting = true;
    self->time_unit = time->unit_known ? time->unit : TIME_UNIT_UTC;
}

static void on_start(void *context, struct stream *stream)
{
    struct replay *self = context;
    if (self->retime)
        find_time(self, stream, "--retime");
    if (self->loop > 1)
        find_time(self, stream, "--loop");
    if (self->until <= self->start)
        usage_error(&command, "--until is not after --start");
    stream_repeat(stream, "--loop", self->loop);
    /* The kernel's default may wake us 50 us late. */
    prctl(PR_SET_TIMERSLACK, 1UL);
}

/* With both ends of the cut given the loop keeps its length, also where nothing was recorded. Times
   move by whole steps, so that they keep their number of digits. */
static int64_t loop_period(const struct replay *self)
{
    if (self->start != INT64_MIN && self->until != INT64_MAX)
        return time_subtract(self->until, self->start);
    int64_t period = recording_period(&self->played);
    return time_add(period, (self->step - period % self->step) % self->step);
}

static void on_pass(void *context, struct stream *stream)
{
    struct replay *self = context;
    (void)stream;
    self->pass++;
    self->repeated = time_add(self->repeated, loop_period(self));
}

/* The first record is due now. */
static void begin(struct replay *self, struct stream *stream, const struct event *event)
{
    replay_clock_start(&self->clock, event->time, clock_steady());
    if (!self->shifting)
        return;
    struct time_text text = time_text_of(event->line.slots[self->time_slot],
                                         stream_scratch(stream));
    self->step = timestamp_resolution(text.text, text.length, self->time_unit);
    if (!self->retime)
        return;
    int64_t now = clock_wall();
    int64_t part = (now % self->step - event->time % self->step) % self->step;
    self->first = event->time;
    self->retimed = now - (part + self->step) % self->step;
}

static void write_record(const struct replay *self, struct stream *stream,
                         const struct event *event, int64_t time)
{
    const struct json_line *line = &event->line;
    struct text_buffer *out = stream_record_begin(stream);
    if (time == event->time) {
        memcpy(text_buffer_reserve(out, line->length + 1), line->text, line->length);
        out->length += line->length;
    } else {
        time_shift_write(line->text, line->length, line->slots[self->time_slot], self->time_unit,
                         time, stream_scratch(stream), out);
    }
    stream_record_end(stream, event);
}

static void on_record(void *context, struct stream *stream, struct event *event)
{
    struct replay *self = context;
    recording_note(&self->seen, event->time);
    if (event->time < self->start || event->time >= self->until) {
        stream_filter(stream, event);
        return;
    }
    if (!self->clock.started)
        begin(self, stream, event);
    if (self->pass == 0)
        recording_note(&self->played, event->time);

    int64_t recorded = time_add(self->repeated, event->time);
    int64_t time = time_add(self->retimed, time_subtract(recorded, self->first));
    int64_t due = replay_clock_due(&self->clock, recorded);
    if (time == INT64_MIN || time == INT64_MAX)
        stream_reject(stream, event, "time",
                      &(struct error_text){"shifted it lies beyond 1677 to 2262"});
    else if (due > stream_steady(stream) && !stream_sleep_until(stream, due))
        stream_withdraw(stream, event);
    else
        write_record(self, stream, event, time);
}

static void on_end(void *context, struct stream *stream, int signal)
{
    const struct replay *self = context;
    char earliest[TIMESTAMP_TEXT_SIZE];
    char latest[TIMESTAMP_TEXT_SIZE];
    (void)stream;
    if (signal != 0 || self->seen.count == 0 || self->clock.started)
        return;
    warn("nothing lies between --start and --until: event times run from %.*s to %.*s",
         (int)timestamp_format(self->seen.earliest, earliest), earliest,
         (int)timestamp_format(self->seen.latest, latest), latest);
}

static void explain(void *context, struct stream *stream, FILE *out)
{
    const struct replay *self = context;
    (void)stream;
    if (self->clock.speed.factor == 0)
        fputs("pace: none, as fast as the reader takes it\n", out);
    else
        fprintf(out, "pace: %gx, counted from the first record\n",
                (double)self->clock.speed.factor / (double)self->clock.speed.divisor);
    if (self->retime)
        fputs("event times: shifted so that the first is now\n", out);
    if (self->loop > 1)
        fprintf(out, "passes: %llu, the event times of each behind those of the one before\n",
                (unsigned long long)self->loop);
}

int main(int argc, char **argv)
{
    static const struct stream_tool tool = {
        .command = &command,
        .settings = &replay.settings,
        .self = &replay,
        .needs_time = true,
        .on_start = on_start,
        .on_record = on_record,
        .on_pass = on_pass,
        .on_end = on_end,
        .explain = explain,
    };
    replay.settings = stream_settings_default;
    int first = options_parse(&command, argc, argv);
    return stream_run(&tool, argc - first, argv + first);
}
