#ifndef STREAM_STREAM_SETTINGS_H
#define STREAM_STREAM_SETTINGS_H

#include "cli/option_values.h"
#include "cli/options.h"
#include "time/timestamp.h"

#include <stdbool.h>
#include <stdint.h>

enum clock_mode { CLOCK_EVENT, CLOCK_ARRIVAL };
enum envelope_mode { ENVELOPE_NONE, ENVELOPE_KCAT };
/* What the end of the input means: everything closes; or it is a pause, and open state is kept for
   the next run, W as it is or raised to the wall clock minus --delay. EOF_BY_STATE: keep with
   --state, else close. */
enum eof_mode { EOF_CLOSE, EOF_KEEP, EOF_NOW, EOF_BY_STATE };

/* What the options common to all filters say. A tool has one, a copy of stream_settings_default,
   and changes defaults before options_parse() if it must. */
struct stream_settings {
    const char *time;       /* -t EXPR[:UNIT] */
    int64_t delay;          /* -d */
    struct choice clock;    /* --clock event|arrival */
    const char *stream;     /* --stream EXPR, NULL = none */
    const char *streams;    /* --streams A,B */
    const char *partition;  /* --partition EXPR */
    int64_t idle_timeout;   /* ns, 0 = none */
    int64_t max_future;     /* ns; -1 = not given: 1h on pipes, none on regular files */
    const char *end;        /* --end EXPR */
    uint64_t end_count;     /* 0 = control records end nothing */
    struct choice envelope; /* -J, --envelope none|kcat */
    bool follow;
    const char *where;
    struct text_list tables; /* --table NAME=FILE:KEY */
    uint64_t max_line;
    uint64_t max_errors; /* UINT64_MAX = unlimited */
    const char *reject;
    const char *late;
    const char *out;
    const char *kcat_key;
    const char *calc;
    const char *select;
    enum time_format time_format;
    const char *metrics;
    bool progress;
    bool verbose;
    bool explain;
    const char *state;       /* -s DIR, NULL = none */
    int64_t snapshot_every;  /* ns, > 0 */
    struct choice eof;       /* --eof close|keep|now */
    uint64_t memory;         /* --memory, bytes; 0 = no bound */
    bool resent;             /* pipes start over */
    bool keeps_positions;    /* the tool does: stream_take_positions() */
    const char *resume_from; /* FILE with the positions that it has kept; NULL = none */
    struct given_options given;
};

extern const struct stream_settings stream_settings_default;

/* Tables for a command's option sets, each ended by a NULL name; base = a struct stream_settings.
 */
extern const struct option_row stream_time_rows[];   /* -t -d --clock --stream ... */
extern const struct option_row stream_input_rows[];  /* -J --where --max-line --reject ... */
extern const struct option_row stream_output_rows[]; /* -o --calc --select --kcat-key ... */
extern const struct option_row stream_report_rows[]; /* -v --metrics --progress --explain */
extern const struct option_row stream_state_rows[];  /* -s --snapshot-every --eof; stateful tools */
extern const struct option_row stream_memory_rows[]; /* --memory; tools whose state is logs */

#endif
