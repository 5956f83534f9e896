#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>

/* One table row per option drives getopt_long, --help and the test against the man page.

   store() converts `argument` (NULL when an optional argument is absent, or for a flag) into
   *target and returns true; or refuses it with the reason in *error, e.g. "'5x' is not a duration
   (500ms, 10s, 2m, 1h30m)"; the caller prefixes "evjoin: --within: ". Stores for cli's own types
   are in cli/option_values.h; the others live beside their type (duration_store in time/...). */
typedef bool option_store(void *target, const char *argument, struct error_text *error);

/* Where --help lists an option. GROUP_COMMON comes first, in the contract's order of letters. */
enum option_group {
    GROUP_COMMON, /* -t -k -b -a -w -d -s -o -J -v */
    GROUP_TOOL,   /* what only this tool has */
    GROUP_TIME,
    GROUP_INPUT,
    GROUP_OUTPUT,
    GROUP_REPORT,
    GROUP_COUNT
};

enum option_trait {
    OPTION_ONCE = 0,       /* a second one is refused */
    OPTION_REPEATABLE = 1, /* each one counts */
    /* Says nothing about what results mean: where files are, reports, the look of the output. All
       others must be the same in every run on one --state. */
    OPTION_NEUTRAL = 2
};

struct option_row {
    const char *name;         /* long name without the dashes; "" = only a letter */
    char letter;              /* short form, 0 = none */
    const char *argument;     /* "DURATION"; "[RATIO]" = optional; NULL = a flag */
    const char *help;         /* a few words; the man page has the sentence */
    const char *default_text; /* last column of --help, NULL = none */
    enum option_group group;
    option_store *store;
    size_t offset;   /* of the target inside its set's base */
    unsigned traits; /* enum option_trait, or'ed */
};

/* Rows that write into one settings structure: a tool's own, or stream/'s common ones. The rows end
   with one whose name is NULL. */
struct option_set {
    const struct option_row *rows;
    void *base;
};

/* What was given, in the order of the command line: row and argument (NULL = a flag, or an optional
   argument left out; argv's own text). Starts zeroed. */
struct given_options {
    struct given_option {
        const struct option_row *row;
        const char *argument;
    } * items;
    size_t count;
};

struct command_example {
    const char *explanation;
    const char *command;
};

/* What a tool is, on the command line. All text is static. */
struct command {
    const char *name;     /* "evjoin" */
    const char *summary;  /* a sentence without its final stop, shown by --help */
    const char *synopsis; /* "evjoin --within RANGE [OPTION]... [FILE]..." lines, LF between */
    struct command_example examples[2];
    const struct option_set *sets;
    size_t set_count;
    /* Text of --version after "NAME (evtools) VERSION" (libraries, snapshot format), allocated;
       the caller frees it. NULL = none. */
    char *(*version_details)(void);
    /* Where options_parse() notes what was given; NULL = nowhere. */
    struct given_options *given;
};

/* Parses argv; returns the index of the first operand (operands are permuted behind the options;
   "--" ends options). --help prints to standard output (at most 60 lines, two examples first) and
   exits 0, or STATUS_IO if that output fails; --version likewise. An unknown, abbreviated,
   ambiguous or repeated option, a missing or refused argument: one line, then
   "Try 'evjoin --help'." and STATUS_USAGE. Unknown long options get a "did you mean --delay?". */
int options_parse(const struct command *command, int argc, char **argv);

/* The refusal of a command line that parsed but makes no sense: message, hint, STATUS_USAGE. */
_Noreturn void usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Standard input is a terminal and no FILE was given: five lines of usage, STATUS_USAGE. */
_Noreturn void usage_at_terminal(const struct command *command);

#endif
