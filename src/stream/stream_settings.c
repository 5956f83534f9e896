#include "stream/stream_settings.h"

#include "time/duration.h"
#include "time/timestamp.h"

#include <stddef.h>

static const char *const clock_words[] = {"event", "arrival", NULL};
static const char *const envelope_words[] = {"none", "kcat", NULL};

const struct stream_settings stream_settings_default = {
    .time = ".event_time_ns",
    .clock = {clock_words, CLOCK_EVENT},
    .envelope = {envelope_words, ENVELOPE_NONE},
    .max_future = -1,
    .max_line = 1024 * 1024,
    .max_errors = UINT64_MAX,
};

static bool store_kcat(void *target, const char *argument, struct error_text *error)
{
    (void)argument;
    return store_choice(target, "kcat", error);
}

const struct option_row stream_time_rows[] = {
    {"time", 't', "EXPR[:UNIT]", "event time; UNIT s, ms, us, ns or utc", ".event_time_ns",
     GROUP_COMMON, store_text, offsetof(struct stream_settings, time), false},
    {"delay", 'd', "DURATION", "how late a record may come", "0", GROUP_COMMON, duration_store,
     offsetof(struct stream_settings, delay), false},
    {"clock", 0, "event|arrival", "what time is: the record's own or its arrival", "event",
     GROUP_TIME, store_choice, offsetof(struct stream_settings, clock), false},
    {"stream", 0, "EXPR", "splits the input into streams of their own", NULL, GROUP_TIME,
     store_text, offsetof(struct stream_settings, stream), false},
    {"streams", 0, "A,B", "streams that the watermark waits for", NULL, GROUP_TIME, store_text,
     offsetof(struct stream_settings, streams), false},
    {"partition", 0, "EXPR", "one watermark and one state per value", NULL, GROUP_TIME, store_text,
     offsetof(struct stream_settings, partition), false},
    {"idle-timeout", 0, "DURATION", "a stream silent this long holds nothing back", NULL,
     GROUP_TIME, duration_store, offsetof(struct stream_settings, idle_timeout), false},
    {"max-future", 0, "DURATION", "rejects records further ahead of the clock", "pipes 1h",
     GROUP_TIME, duration_store, offsetof(struct stream_settings, max_future), false},
    {"end", 0, "EXPR", "control records that end a stream", NULL, GROUP_TIME, store_text,
     offsetof(struct stream_settings, end), false},
    {"end-count", 0, "N", "a stream ends at its N-th control record", NULL, GROUP_TIME, store_count,
     offsetof(struct stream_settings, end_count), false},
    {0},
};

const struct option_row stream_input_rows[] = {
    {"", 'J', NULL, "the same as --envelope kcat", NULL, GROUP_COMMON, store_kcat,
     offsetof(struct stream_settings, envelope), false},
    {"envelope", 0, "none|kcat", "input lines are records, or what kcat -J prints", "none",
     GROUP_INPUT, store_choice, offsetof(struct stream_settings, envelope), false},
    {"follow", 0, NULL, "reads files on as they grow, as tail -F does", NULL, GROUP_INPUT,
     store_flag, offsetof(struct stream_settings, follow), false},
    {"where", 0, "EXPR", "drops records for which it is not true", NULL, GROUP_INPUT, store_text,
     offsetof(struct stream_settings, where), false},
    {"table", 0, "NAME=FILE:KEY", "a file that expressions read as $NAME[KEY]", NULL, GROUP_INPUT,
     store_text_list, offsetof(struct stream_settings, tables), true},
    {"max-line", 0, "SIZE", "longest line accepted", "1M", GROUP_INPUT, store_size,
     offsetof(struct stream_settings, max_line), false},
    {"max-errors", 0, "N", "stops after N rejected records", "unlimited", GROUP_INPUT, store_count,
     offsetof(struct stream_settings, max_errors), false},
    {"reject", 0, "FILE", "keeps rejected lines, with the reason", NULL, GROUP_INPUT, store_text,
     offsetof(struct stream_settings, reject), false},
    {"late", 0, "FILE", "keeps late records, with reason and watermark", NULL, GROUP_INPUT,
     store_text, offsetof(struct stream_settings, late), false},
    {0},
};

const struct option_row stream_output_rows[] = {
    {"out", 'o', "FILE", "output goes here", "stdout", GROUP_COMMON, store_text,
     offsetof(struct stream_settings, out), false},
    {"calc", 0, "LIST", "adds members NAME=EXPR,... to each output record", NULL, GROUP_OUTPUT,
     store_text, offsetof(struct stream_settings, calc), false},
    {"select", 0, "LIST", "makes the output exactly these members", NULL, GROUP_OUTPUT, store_text,
     offsetof(struct stream_settings, select), false},
    {"time-format", 0, "FORMAT", "of times made here: rfc3339, ns, us, ms, s", "rfc3339",
     GROUP_OUTPUT, time_format_store, offsetof(struct stream_settings, time_format), false},
    {"kcat-key", 0, "EXPR", "writes KEY TAB RECORD for kcat -P -K", NULL, GROUP_OUTPUT, store_text,
     offsetof(struct stream_settings, kcat_key), false},
    {0},
};

const struct option_row stream_report_rows[] = {
    {"verbose", 'v', NULL, "counters as one JSON line at the end", NULL, GROUP_COMMON, store_flag,
     offsetof(struct stream_settings, verbose), false},
    {"metrics", 0, "FILE.prom", "counters for Prometheus, every 10s", NULL, GROUP_REPORT,
     store_text, offsetof(struct stream_settings, metrics), false},
    {"progress", 0, NULL, "a live line on a terminal", NULL, GROUP_REPORT, store_flag,
     offsetof(struct stream_settings, progress), false},
    {"explain", 0, NULL, "prints the plan and reads nothing", NULL, GROUP_REPORT, store_flag,
     offsetof(struct stream_settings, explain), false},
    {0},
};
