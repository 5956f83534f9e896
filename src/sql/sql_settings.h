#ifndef SQL_SQL_SETTINGS_H
#define SQL_SQL_SETTINGS_H

#include "cli/options.h"
#include "sql/sql_dialect.h"
#include "sql/sql_table.h"

#include <stdbool.h>
#include <stdint.h>

/* What evsql's own options say. */
struct sql_settings {
    bool postgres;    /* --pg */
    bool sqlite;      /* --sqlite */
    const char *into; /* --into TABLE */
    const char *primary_key;
    const char *select;
    const char *guard; /* --guard COL|none; NULL = rev, if there is such a column */
    bool insert_only;
    const char *position_table; /* NULL = none */
    bool resume_query;
    bool ddl;
    bool create;
    uint64_t batch; /* records; 0 = not given */
    int64_t every;  /* ns */
};

extern const struct sql_settings sql_settings_default;
extern const struct option_row sql_rows[];

/* Ends with usage_error() if the options make no sense together; otherwise the table they name,
   without columns. */
struct sql_table sql_settings_table(const struct sql_settings *settings,
                                    const struct command *command);

#endif
