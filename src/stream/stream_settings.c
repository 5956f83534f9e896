#include "stream/stream_settings.h"

#include "state/memory_bound.h"
#include "stream/kafka_offsets.h"
#include "time/duration.h"
#include "time/timestamp.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const clock_words[] = {"event", "arrival", NULL};
static const char *const eof_words[] = {"close", "keep", "now", NULL};
static const char *const envelope_words[] = {"none", "kcat", NULL};

const struct stream_settings stream_settings_default = {
    .time = ".event_time_ns",
    .clock = {clock_words, CLOCK_EVENT},
    .envelope = {envelope_words, ENVELOPE_NONE},
    .max_future = -1,
    .max_line = 1024 * 1024,
    .max_errors = UINT64_MAX,
    .snapshot_every = 10 * NS_PER_SECOND,
    .eof = {eof_words, EOF_BY_STATE},
};

static bool store_kcat(void *target, const char *argument, struct error_text *error)
{
    (void)argument;
    return store_choice(target, "kcat", error);
}

/* Acts at once, as --help does: it needs none of the options that the tool requires. */
static bool store_since(void *target, const char *argument, struct error_text *error)
{
    int64_t ts;
    (void)target;
    if (!kafka_offsets_since(argument, &ts, error))
        die(STATUS_STATE, "--since: %s", error->text);
    printf("%" PRId64 "\n", ts);
    if (fflush(stdout) != 0 || close(STDOUT_FILENO) != 0)
        die(STATUS_IO, "stdout:");
    exit(STATUS_OK);
}

static bool store_memory(void *target, const char *argument, struct error_text *error)
{
    uint64_t bytes;
    if (!store_size(&bytes, argument, error))
        return false;
    if (bytes < MEMORY_BOUND_LEAST)
        return refuse(error, "'%s' is less than 32M, which program and buffers take", argument);
    *(uint64_t *)target = bytes;
    return true;
}

const struct option_row stream_time_rows[] = {
    {"time", 't', "EXPR[:UNIT]", "event time; UNIT s, ms, us, ns or utc", ".event_time_ns",
     GROUP_COMMON, store_text, offsetof(struct stream_settings, time), OPTION_ONCE},
    {"delay", 'd', "DURATION", "how late a record may come", "0", GROUP_COMMON, duration_store,
     offsetof(struct stream_settings, delay), OPTION_ONCE},
    {"clock", 0, "event|arrival", "what time is: the record's own or its arrival", "event",
     GROUP_TIME, store_choice, offsetof(struct stream_settings, clock), OPTION_ONCE},
    {"stream", 0, "EXPR", "splits the input into streams of their own", NULL, GROUP_TIME,
     store_text, offsetof(struct stream_settings, stream), OPTION_ONCE},
    {"streams", 0, "A,B", "streams that the watermark waits for", NULL, GROUP_TIME, store_text,
     offsetof(struct stream_settings, streams), OPTION_ONCE},
    {"partition", 0, "EXPR", "one watermark and one state per value", NULL, GROUP_TIME, store_text,
     offsetof(struct stream_settings, partition), OPTION_ONCE},
    {"idle-timeout", 0, "DURATION", "a stream silent this long holds nothing back", NULL,
     GROUP_TIME, duration_store, offsetof(struct stream_settings, idle_timeout), OPTION_NEUTRAL},
    {"max-future", 0, "DURATION", "rejects records further ahead of the clock", "pipes 1h",
     GROUP_TIME, duration_store, offsetof(struct stream_settings, max_future), OPTION_NEUTRAL},
    {"end", 0, "EXPR", "control records that end a stream", NULL, GROUP_TIME, store_text,
     offsetof(struct stream_settings, end), OPTION_ONCE},
    {"end-count", 0, "N", "a stream ends at its N-th control record", NULL, GROUP_TIME, store_count,
     offsetof(struct stream_settings, end_count), OPTION_ONCE},
    {0},
};

const struct option_row stream_input_rows[] = {
    {"", 'J', NULL, "the same as --envelope kcat", NULL, GROUP_COMMON, store_kcat,
     offsetof(struct stream_settings, envelope), OPTION_ONCE},
    {"envelope", 0, "none|kcat", "input lines are records, or what kcat -J prints", "none",
     GROUP_INPUT, store_choice, offsetof(struct stream_settings, envelope), OPTION_ONCE},
    {"follow", 0, NULL, "reads files on as they grow, as tail -F does", NULL, GROUP_INPUT,
     store_flag, offsetof(struct stream_settings, follow), OPTION_NEUTRAL},
    {"where", 0, "EXPR", "drops records for which it is not true", NULL, GROUP_INPUT, store_text,
     offsetof(struct stream_settings, where), OPTION_ONCE},
    {"table", 0, "NAME=FILE:KEY", "a file that expressions read as $NAME[KEY]", NULL, GROUP_INPUT,
     store_text_list, offsetof(struct stream_settings, tables), OPTION_REPEATABLE},
    {"max-line", 0, "SIZE", "longest line accepted", "1M", GROUP_INPUT, store_size,
     offsetof(struct stream_settings, max_line), OPTION_NEUTRAL},
    {"max-errors", 0, "N", "stops after N rejected records", "unlimited", GROUP_INPUT, store_count,
     offsetof(struct stream_settings, max_errors), OPTION_NEUTRAL},
    {"reject", 0, "FILE", "keeps rejected lines, with the reason", NULL, GROUP_INPUT, store_text,
     offsetof(struct stream_settings, reject), OPTION_NEUTRAL},
    {"late", 0, "FILE", "keeps late records, with reason and watermark", NULL, GROUP_INPUT,
     store_text, offsetof(struct stream_settings, late), OPTION_NEUTRAL},
    {0},
};

const struct option_row stream_output_rows[] = {
    {"out", 'o', "FILE", "output goes here", "stdout", GROUP_COMMON, store_text,
     offsetof(struct stream_settings, out), OPTION_NEUTRAL},
    {"calc", 0, "LIST", "adds members NAME=EXPR,... to each output record", NULL, GROUP_OUTPUT,
     store_text, offsetof(struct stream_settings, calc), OPTION_NEUTRAL},
    {"select", 0, "LIST", "makes the output exactly these members", NULL, GROUP_OUTPUT, store_text,
     offsetof(struct stream_settings, select), OPTION_NEUTRAL},
    {"time-format", 0, "FORMAT", "of times made here: rfc3339, ns, us, ms, s", "rfc3339",
     GROUP_OUTPUT, time_format_store, offsetof(struct stream_settings, time_format),
     OPTION_NEUTRAL},
    {"kcat-key", 0, "EXPR", "writes KEY TAB RECORD for kcat -P -K", NULL, GROUP_OUTPUT, store_text,
     offsetof(struct stream_settings, kcat_key), OPTION_NEUTRAL},
    {0},
};

const struct option_row stream_report_rows[] = {
    {"verbose", 'v', NULL, "counters as one JSON line at the end", NULL, GROUP_COMMON, store_flag,
     offsetof(struct stream_settings, verbose), OPTION_NEUTRAL},
    {"metrics", 0, "FILE.prom", "counters for Prometheus, every 10s", NULL, GROUP_REPORT,
     store_text, offsetof(struct stream_settings, metrics), OPTION_NEUTRAL},
    {"progress", 0, NULL, "a live line on a terminal", NULL, GROUP_REPORT, store_flag,
     offsetof(struct stream_settings, progress), OPTION_NEUTRAL},
    {"explain", 0, NULL, "prints the plan and reads nothing", NULL, GROUP_REPORT, store_flag,
     offsetof(struct stream_settings, explain), OPTION_NEUTRAL},
    {0},
};

const struct option_row stream_state_rows[] = {
    {"state", 's', "DIR", "keeps state here: a restart goes on where it was", NULL, GROUP_COMMON,
     store_text, offsetof(struct stream_settings, state), OPTION_NEUTRAL},
    {"snapshot-every", 0, "DURATION", "how often state is saved", "10s", GROUP_INPUT,
     duration_store_positive, offsetof(struct stream_settings, snapshot_every), OPTION_NEUTRAL},
    {"eof", 0, "close|keep|now", "end of input: an end, or a pause", "with -s keep", GROUP_INPUT,
     store_choice, offsetof(struct stream_settings, eof), OPTION_NEUTRAL},
    {"resent", 0, NULL, "pipes start over: passes over what was consumed", NULL, GROUP_INPUT,
     store_flag, offsetof(struct stream_settings, resent), OPTION_NEUTRAL},
    {"since", 0, "DIR", "prints the broker time for kcat -o s@TIME, and ends", NULL, GROUP_INPUT,
     store_since, 0, OPTION_NEUTRAL},
    {0},
};

const struct option_row stream_memory_rows[] = {
    {"memory", 0, "SIZE", "what waits beyond this goes to disk, in DIR", NULL, GROUP_INPUT,
     store_memory, offsetof(struct stream_settings, memory), OPTION_NEUTRAL},
    {0},
};
