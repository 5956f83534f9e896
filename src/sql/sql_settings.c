#include "sql/sql_settings.h"

#include "cli/option_values.h"
#include "sql/sql_name.h"
#include "time/duration.h"

#include <stddef.h>
#include <strings.h>

const struct sql_settings sql_settings_default = {.every = 200 * NS_PER_MS};

const struct option_row sql_rows[] = {
    {"pg", 0, NULL, "writes for psql", NULL, GROUP_TOOL, store_flag,
     offsetof(struct sql_settings, postgres), false},
    {"sqlite", 0, NULL, "writes for sqlite3", NULL, GROUP_TOOL, store_flag,
     offsetof(struct sql_settings, sqlite), false},
    {"into", 0, "TABLE", "the table that the rows go to", NULL, GROUP_TOOL, store_text,
     offsetof(struct sql_settings, into), false},
    {"primary-key", 0, "COLS", "columns that make a row the same row", NULL, GROUP_TOOL, store_text,
     offsetof(struct sql_settings, primary_key), false},
    {"select", 0, "LIST", "columns: [NAME:TYPE=]EXPR[:UNIT],...", "all members", GROUP_TOOL,
     store_text, offsetof(struct sql_settings, select), false},
    {"guard", 0, "COL|none", "the column that says which row is newer", "rev", GROUP_TOOL,
     store_text, offsetof(struct sql_settings, guard), false},
    {"insert-only", 0, NULL, "a log: rows are added, never changed", NULL, GROUP_TOOL, store_flag,
     offsetof(struct sql_settings, insert_only), false},
    {"create", 0, NULL, "makes the table unless it is there", NULL, GROUP_TOOL, store_flag,
     offsetof(struct sql_settings, create), false},
    {"ddl", 0, NULL, "prints CREATE TABLE and ends", NULL, GROUP_TOOL, store_flag,
     offsetof(struct sql_settings, ddl), false},
    {"position-table", 0, "NAME", "keeps there how far the input was read", NULL, GROUP_TOOL,
     store_text, offsetof(struct sql_settings, position_table), false},
    {"resume-query", 0, NULL, "prints the query for --resume-from and ends", NULL, GROUP_TOOL,
     store_flag, offsetof(struct sql_settings, resume_query), false},
    {"batch", 0, "N", "records in a transaction, at most", "5000 or more", GROUP_TOOL,
     store_positive, offsetof(struct sql_settings, batch), false},
    {"every", 0, "DURATION", "the longest a record waits for its transaction", "200ms", GROUP_TOOL,
     duration_store_positive, offsetof(struct sql_settings, every), false},
    {0},
};

static void check_positions(const struct sql_settings *settings, const struct command *command)
{
    struct error_text error;
    if (settings->position_table == NULL) {
        if (settings->resume_query)
            usage_error(command, "--resume-query asks the --position-table, which is missing");
        return;
    }
    if (!sql_table_name_check(settings->position_table, &error))
        usage_error(command, "--position-table: %s", error.text);
    if (strcasecmp(settings->position_table, settings->into) == 0)
        usage_error(command, "--position-table and --into are one table");
}

struct sql_table sql_settings_table(const struct sql_settings *settings,
                                    const struct command *command)
{
    struct error_text error;
    if (settings->postgres == settings->sqlite)
        usage_error(command, "give one of --pg and --sqlite: who is to read the SQL?");
    if (settings->into == NULL)
        usage_error(command, "--into is missing: which table do the rows go to?");
    if (!sql_table_name_check(settings->into, &error))
        usage_error(command, "--into: %s", error.text);
    check_positions(settings, command);
    if (settings->primary_key == NULL && !settings->insert_only && !settings->resume_query)
        usage_error(command, "--primary-key is missing: what makes two rows the same? (For a log "
                             "give --insert-only)");
    if (settings->insert_only && settings->guard != NULL)
        usage_error(command,
                    "--guard is for rows that change, --insert-only for those that do not");
    return (struct sql_table){
        .dialect = settings->postgres ? &sql_dialect_postgres : &sql_dialect_sqlite,
        .name = settings->into,
        .guard = SQL_NO_GUARD,
        .insert_only = settings->insert_only,
        .create = settings->create,
    };
}
