#include "cli/options.h"

#include "cli/option_table.h"
#include "cli/options_help.h"

#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* getopt_long's value of a long option is this plus its row; letters are below. */
enum { LONG_BASE = UCHAR_MAX + 1 };

static _Noreturn void give_hint(const struct command *command)
{
    dprintf(STDERR_FILENO, "Try '%s --help'.\n", command->name);
    exit(STATUS_USAGE);
}

void usage_error(const struct command *command, const char *format, ...)
{
    struct error_text text;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text.text, sizeof(text.text), format, arguments);
    va_end(arguments);
    warn("%s", text.text);
    give_hint(command);
}

void usage_at_terminal(const struct command *command)
{
    warn("no FILE is given, and standard input is a terminal");
    dprintf(STDERR_FILENO, "Usage: %.*s\n%s.\nExample: %s\n", (int)strcspn(command->synopsis, "\n"),
            command->synopsis, command->summary, command->examples[0].command);
    give_hint(command);
}

/* What getopt_long wants to be told. */
struct getopt_tables {
    struct option *longs;
    char *letters;
};

static int argument_mode(const struct option_row *row)
{
    if (!row->argument)
        return no_argument;
    return option_row_argument_optional(row) ? optional_argument : required_argument;
}

static struct getopt_tables make_getopt_tables(const struct option_table *table)
{
    struct getopt_tables made = {
        .longs = allocate_zeroed(table->count + 1, sizeof(*made.longs)),
        .letters = allocate_zeroed(3 * table->count + 2, 1),
    };
    char *letter = made.letters;
    struct option *next = made.longs;

    *letter++ = ':'; /* tell a missing argument from an unknown option */
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = table->entries[i].row;
        int mode = argument_mode(row);
        if (*row->name)
            *next++ = (struct option){row->name, mode, NULL, LONG_BASE + (int)i};
        if (!row->letter)
            continue;
        *letter++ = row->letter;
        for (int colons = 0; colons < mode; colons++)
            *letter++ = ':';
    }
    return made;
}

static void free_getopt_tables(struct getopt_tables *tables)
{
    free(tables->longs);
    free(tables->letters);
}

static struct option_entry *entry_of(const struct option_table *table, int value)
{
    if (value >= LONG_BASE)
        return &table->entries[value - LONG_BASE];
    return option_table_find_letter(table, (char)value);
}

static _Noreturn void refuse_name(const struct command *command, const struct option_table *table,
                                  const char *typed)
{
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(typed, "="), typed);
    const char *nearest = option_table_nearest(table, name);
    if (nearest)
        usage_error(command, "there is no option --%s; did you mean --%s?", name, nearest);
    usage_error(command, "there is no option --%s", name);
}

/* getopt_long returned '?' or ':'. */
static _Noreturn void refuse_option(const struct command *command, const struct option_table *table,
                                    char **argv, int failure)
{
    const char *name = argv[optind - 1] + 2;
    const struct option_entry *entry = optopt ? entry_of(table, optopt) : NULL;

    if (!entry && optopt)
        usage_error(command, "there is no option -%c", optopt);
    if (!entry)
        refuse_name(command, table, name);
    if (optopt < LONG_BASE)
        usage_error(command, "-%c needs a value: %s", optopt, entry->row->argument);
    if (strcspn(name, "=") != strlen(entry->row->name))
        refuse_name(command, table, name);
    if (failure == ':')
        usage_error(command, "--%s needs a value: %s", entry->row->name, entry->row->argument);
    usage_error(command, "--%s takes no value", entry->row->name);
}

/* getopt_long takes any unambiguous beginning for the whole name. We do not: a script that relies
   on it breaks the day a longer name appears. */
static void check_whole_name(const struct command *command, const struct option_table *table,
                             const struct option_entry *entry, char **argv)
{
    /* A value in its own word is the word just passed. */
    const char *word = argv[optind - 1 - (optarg == argv[optind - 1])];
    if (strcspn(word + 2, "=") != strlen(entry->row->name))
        refuse_name(command, table, word + 2);
}

static _Noreturn void finish_output(void)
{
    if (fflush(stdout) != 0 || ferror(stdout) || close(STDOUT_FILENO) != 0)
        die(STATUS_IO, "standard output:");
    exit(STATUS_OK);
}

static void note_given(struct given_options *given, const struct option_row *row)
{
    if (given == NULL)
        return;
    given->items = reallocate(given->items, (given->count + 1) * sizeof *given->items);
    given->items[given->count++] = (struct given_option){row, optarg};
}

static void apply(const struct command *command, const struct option_table *table,
                  struct option_entry *entry)
{
    const struct option_row *row = entry->row;
    struct error_text error = {""};
    char spelling[OPTION_SPELLING_SIZE];

    if (row == &option_table_help) {
        options_help_write(command, table, stdout);
        finish_output();
    }
    if (row == &option_table_version) {
        options_version_write(command, stdout);
        finish_output();
    }
    if (entry->seen && (row->traits & OPTION_REPEATABLE) == 0)
        usage_error(command, "%s is given twice", option_row_spelling(row, spelling));
    entry->seen = true;
    if (!row->store((char *)entry->base + row->offset, optarg, &error))
        usage_error(command, "%s: %s", option_row_spelling(row, spelling), error.text);
    note_given(command->given, row);
}

int options_parse(const struct command *command, int argc, char **argv)
{
    struct option_table table = option_table_make(command);
    struct getopt_tables tables = make_getopt_tables(&table);
    int value;

    opterr = 0;
    optind = 0; /* glibc: start anew, also for a second command line in one process */
    while ((value = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        if (value == '?' || value == ':')
            refuse_option(command, &table, argv, value);
        struct option_entry *entry = entry_of(&table, value);
        if (value >= LONG_BASE)
            check_whole_name(command, &table, entry, argv);
        apply(command, &table, entry);
    }
    free_getopt_tables(&tables);
    option_table_free(&table);
    return optind;
}
