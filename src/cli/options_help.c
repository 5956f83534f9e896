#include "cli/options_help.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_WIDTH = 100, NAME_SIZE = 128 };

/* The letters that mean the same in every tool, in the order in which --help shows them. */
static const char common_letters[] = "tkbawdsoJv";

static void write_synopsis(const char *synopsis, FILE *out)
{
    const char *lead = "Usage: ";
    while (*synopsis) {
        size_t length = strcspn(synopsis, "\n");
        fprintf(out, "%s%.*s\n", lead, (int)length, synopsis);
        synopsis += length + (synopsis[length] == '\n');
        lead = "       ";
    }
}

static void write_examples(const struct command *command, FILE *out)
{
    for (size_t i = 0; i < sizeof(command->examples) / sizeof(*command->examples); i++)
        if (command->examples[i].command)
            fprintf(out, "  %s:\n    %s\n", command->examples[i].explanation,
                    command->examples[i].command);
}

/* "  -d, --delay DURATION" */
static int format_names(const struct option_row *row, char names[NAME_SIZE])
{
    char letter[] = "    ";
    if (row->letter)
        memcpy(letter, (char[]){'-', row->letter, ',', ' '}, 4);
    if (!*row->name)
        return snprintf(names, NAME_SIZE, "  -%c", row->letter);
    if (!row->argument)
        return snprintf(names, NAME_SIZE, "  %s--%s", letter, row->name);
    if (!option_row_argument_optional(row))
        return snprintf(names, NAME_SIZE, "  %s--%s %s", letter, row->name, row->argument);
    return snprintf(names, NAME_SIZE, "  %s--%s[=%s", letter, row->name, row->argument + 1);
}

struct help_columns {
    int help;     /* where the help text begins, from 0 */
    int standard; /* where the default begins */
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static struct help_columns measure_columns(const struct option_table *table)
{
    char names[NAME_SIZE];
    int name_width = 0, help_width = 0, default_width = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = table->entries[i].row;
        name_width = larger(name_width, format_names(row, names));
        help_width = larger(help_width, (int)strlen(row->help));
        if (row->default_text)
            default_width = larger(default_width, (int)strlen(row->default_text));
    }
    struct help_columns columns = {.help = name_width + 2};
    columns.standard = columns.help + help_width + 2;
    if (columns.standard + default_width > LINE_WIDTH)
        columns.standard = LINE_WIDTH - default_width;
    return columns;
}

static void write_row(const struct option_row *row, struct help_columns columns, FILE *out)
{
    char names[NAME_SIZE];
    format_names(row, names);
    int width = fprintf(out, "%-*s%s", columns.help, names, row->help);
    if (row->default_text)
        fprintf(out, "%*s%s", larger(columns.standard - width, 2), "", row->default_text);
    fputc('\n', out);
}

/* Each of the common letters has its place; rows without one of them follow. */
static void write_common(const struct option_table *table, struct help_columns columns, FILE *out)
{
    for (const char *letter = common_letters; *letter; letter++) {
        const struct option_entry *entry = option_table_find_letter(table, *letter);
        if (entry && entry->row->group == GROUP_COMMON)
            write_row(entry->row, columns, out);
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = table->entries[i].row;
        if (row->group == GROUP_COMMON && (!row->letter || !strchr(common_letters, row->letter)))
            write_row(row, columns, out);
    }
}

/* `heading` stands before the first row; returns it if there was none. */
static const char *write_group(const struct option_table *table, enum option_group group,
                               const char *heading, struct help_columns columns, FILE *out)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->entries[i].row->group != group)
            continue;
        if (heading)
            fprintf(out, "%s:\n", heading);
        heading = NULL;
        write_row(table->entries[i].row, columns, out);
    }
    return heading;
}

void options_help_write(const struct command *command, const struct option_table *table, FILE *out)
{
    struct help_columns columns = measure_columns(table);
    const char *heading;

    write_synopsis(command->synopsis, out);
    fprintf(out, "%s.\n", command->summary);
    write_examples(command, out);
    fprintf(out, "Options, with what holds when they are not given; all of it: man %s\n",
            command->name);
    write_common(table, columns, out);
    write_group(table, GROUP_TOOL, command->name, columns, out);
    heading = write_group(table, GROUP_TIME, "Time and input", columns, out);
    write_group(table, GROUP_INPUT, heading, columns, out);
    heading = write_group(table, GROUP_OUTPUT, "Output and reports", columns, out);
    write_group(table, GROUP_REPORT, heading, columns, out);
}

void options_version_write(const struct command *command, FILE *out)
{
    fprintf(out, "%s (evtools) %s\n", command->name, EVTOOLS_VERSION);
    if (!command->version_details)
        return;
    char *details = command->version_details();
    fprintf(out, "%s\n", details);
    free(details);
}
