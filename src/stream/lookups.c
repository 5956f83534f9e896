#include "stream/lookups.h"

#include "cli/diagnostics.h"
#include "cli/options.h"

#include <inttypes.h>

static void tell_replaced(const struct lookup_tables *tables)
{
    const struct lookup_table *table;
    for (size_t i = 0; (table = lookup_tables_at(tables, i)) != NULL; i++) {
        struct lookup_table_facts facts = lookup_table_facts(table);
        if (facts.duplicates > 0)
            warn("--table: %s: %" PRIu64 " rows replaced by later ones of the same %s", facts.file,
                 facts.duplicates, facts.key);
    }
}

struct lookup_tables *lookups_open(const struct stream_settings *settings,
                                   const struct command *command)
{
    struct lookup_tables *tables = lookup_tables_new();
    struct error_text error;
    bool missing;
    for (size_t i = 0; i < settings->tables.count; i++)
        if (!lookup_tables_add(tables, settings->tables.texts[i], &error))
            usage_error(command, "--table: %s", error.text);
    if (settings->explain)
        return tables;
    if (!lookup_tables_load(tables, &missing, &error))
        die(missing ? STATUS_IO : STATUS_USAGE, "--table: %s", error.text);
    tell_replaced(tables);
    return tables;
}

void lookups_reload(struct lookup_tables *tables)
{
    struct error_text error;
    bool missing;
    if (!lookup_tables_load(tables, &missing, &error))
        warn("--table: %s; the rows read before stay", error.text);
    tell_replaced(tables);
}

void lookups_explain(const struct lookup_tables *tables, FILE *out)
{
    const struct lookup_table *table;
    for (size_t i = 0; (table = lookup_tables_at(tables, i)) != NULL; i++) {
        struct lookup_table_facts facts = lookup_table_facts(table);
        fprintf(out, "--table: $%s[%s] from %s; a row takes its length and 30 to 60 bytes\n",
                facts.name, facts.key, facts.file);
    }
}
