#include "sql/position_table.h"

#include "sql/sql_name.h"

#include <inttypes.h>
#include <string.h>

/* Both databases know these types. Devices and inodes are text: not all fit a signed 64 bit
 * integer.
 */
static const char columns[] = " (\n"
                              "    target text NOT NULL,\n"
                              "    source text NOT NULL,\n"
                              "    step bigint NOT NULL,\n"
                              "    file text,\n"
                              "    device text,\n"
                              "    inode text,\n"
                              "    birth bigint,\n"
                              "    head_length bigint,\n"
                              "    head_hash text,\n"
                              "    byte_offset bigint,\n"
                              "    lines bigint,\n"
                              "    skipping boolean,\n"
                              "    kafka_topic text,\n"
                              "    kafka_partition bigint,\n"
                              "    kafka_offset bigint,\n"
                              "    kafka_ts bigint,\n"
                              "    PRIMARY KEY (target, source)\n"
                              ")";

/* Those that a newer position replaces. */
static const char *const file_columns[] = {"step",  "file",        "device",    "inode",
                                           "birth", "head_length", "head_hash", "byte_offset",
                                           "lines", "skipping",    NULL};
static const char *const kafka_columns[] = {"step",         "kafka_topic", "kafka_partition",
                                            "kafka_offset", "kafka_ts",    NULL};

void position_table_write_create(const struct position_table *table, bool bare,
                                 struct text_buffer *out)
{
    text_buffer_add_text(out, bare ? "CREATE TABLE " : "CREATE TABLE IF NOT EXISTS ");
    sql_name_write(out, table->name);
    text_buffer_add_text(out, columns);
    text_buffer_add_text(out, table->dialect->keyed_table_suffix);
    text_buffer_add_text(out, ";\n");
}

static void write_refusal(const struct position_table *table, struct text_buffer *out)
{
    text_buffer_add_format(out,
                           "'evsql: %s has another position than this run began with: another run "
                           "writes it, or --resume-from is missing'",
                           table->name);
}

void position_table_write_opening(const struct position_table *table, struct text_buffer *out)
{
    struct text_buffer refusal = {0};
    write_refusal(table, &refusal);
    position_table_write_create(table, false, out);
    table->dialect->write_fence(refusal.bytes, refusal.length, out);
    text_buffer_free(&refusal);
}

static void write_literal(const struct position_table *table, const char *lead, const char *bytes,
                          size_t length, struct text_buffer *out)
{
    text_buffer_add_text(out, lead);
    table->dialect->write_literal(bytes, length, out);
}

static void write_file(const struct position_table *table, const struct moved_position *moved,
                       struct text_buffer *out)
{
    const struct file_identity *identity = &moved->identity;
    text_buffer_add_format(out, ", '%" PRIu64 ":%" PRIu64 "', %" PRIu64, identity->device,
                           identity->inode, moved->step);
    write_literal(table, ", ", moved->name, moved->name_length, out);
    text_buffer_add_format(out,
                           ", '%" PRIu64 "', '%" PRIu64 "', %" PRId64 ", %" PRIu64 ", '%016" PRIx64
                           "', %" PRIu64 ", %" PRIu64 ", %s",
                           identity->device, identity->inode, identity->birth,
                           identity->head_length, identity->head_hash, moved->offset, moved->lines,
                           moved->skipping ? "true" : "false");
}

/* A topic's name has neither '/' nor ':', so that no partition is taken for a file. */
static void write_partition(const struct position_table *table, const struct moved_position *moved,
                            struct text_buffer *out)
{
    struct text_buffer source = {0};
    text_buffer_add(&source, moved->name, moved->name_length);
    text_buffer_add_format(&source, "/%" PRId64, moved->partition);
    write_literal(table, ", ", source.bytes, source.length, out);
    text_buffer_add_format(out, ", %" PRIu64, moved->step);
    write_literal(table, ", ", moved->name, moved->name_length, out);
    text_buffer_add_format(out, ", %" PRId64 ", %" PRIu64, moved->partition, moved->offset);
    if (moved->ts == INT64_MIN)
        text_buffer_add_text(out, ", NULL");
    else
        text_buffer_add_format(out, ", %" PRId64, moved->ts);
    text_buffer_free(&source);
}

static void write_upsert(const struct position_table *table, const struct moved_position *moved,
                         struct text_buffer *out)
{
    const char *const *names = moved->kafka ? kafka_columns : file_columns;
    text_buffer_add_text(out, "INSERT INTO ");
    sql_name_write(out, table->name);
    text_buffer_add_text(out, " AS stored (target, source");
    for (size_t i = 0; names[i] != NULL; i++)
        text_buffer_add_format(out, ", %s", names[i]);
    text_buffer_add_format(out, ") VALUES ('%s'", table->target);
    if (moved->kafka)
        write_partition(table, moved, out);
    else
        write_file(table, moved, out);
    text_buffer_add_text(out, ") ON CONFLICT (target, source) DO UPDATE SET ");
    for (size_t i = 0; names[i] != NULL; i++)
        text_buffer_add_format(out, "%s%s = excluded.%s", i > 0 ? ", " : "", names[i], names[i]);
    text_buffer_add_format(out, " WHERE stored.step = %" PRIu64 ";\n", moved->before);
}

void position_table_write(const struct position_table *table, const struct moved_position *moved,
                          struct text_buffer *out)
{
    struct text_buffer refusal = {0};
    write_refusal(table, &refusal);
    text_buffer_add_text(out, table->dialect->fence_lead);
    write_upsert(table, moved, out);
    table->dialect->write_check(refusal.bytes, refusal.length, out);
    text_buffer_free(&refusal);
}

/* A member whose value SQL makes, in a text that is put together from pieces. */
static void write_member(const char *name, const char *value, struct text_buffer *out)
{
    text_buffer_add_format(out, ",\"%s\":' || %s || '", name, value);
}

static void write_line_of_file(const struct position_table *table, struct text_buffer *out)
{
    text_buffer_add_format(out, "'{\"kind\":\"input\",\"name\":' || %s || '",
                           table->dialect->json_of_file);
    write_member("device", "device", out);
    write_member("inode", "inode", out);
    write_member("birth", "birth", out);
    write_member("head_length", "head_length", out);
    text_buffer_add_text(out, ",\"head_hash\":\"' || head_hash || '\"");
    write_member("offset", "byte_offset", out);
    write_member("line", "lines", out);
    write_member("skipping", "CASE WHEN skipping THEN 'true' ELSE 'false' END", out);
    text_buffer_add_text(out, ",\"group\":0");
    write_member("step", "step", out);
    text_buffer_add_text(out, "}'");
}

static void write_line_of_partition(const struct position_table *table, struct text_buffer *out)
{
    text_buffer_add_format(out, "'{\"kind\":\"kafka\",\"topic\":' || %s || '",
                           table->dialect->json_of_topic);
    write_member("partition", "kafka_partition", out);
    write_member("offset", "kafka_offset", out);
    text_buffer_add_text(out, "' || coalesce(',\"ts\":' || kafka_ts, '') || '");
    write_member("step", "step", out);
    text_buffer_add_text(out, "}'");
}

void position_table_write_query(const struct position_table *table, struct text_buffer *out)
{
    text_buffer_add_text(out, table->dialect->query_opening);
    position_table_write_create(table, false, out);
    text_buffer_add_text(out, table->dialect->begin);
    if (table->dialect->lock_mode != NULL) {
        text_buffer_add_text(out, "LOCK TABLE ");
        sql_name_write(out, table->name);
        text_buffer_add_format(out, " IN %s;\n", table->dialect->lock_mode);
    }
    text_buffer_add_text(out, "SELECT CASE WHEN kafka_topic IS NULL THEN ");
    write_line_of_file(table, out);
    text_buffer_add_text(out, " ELSE ");
    write_line_of_partition(table, out);
    text_buffer_add_text(out, " END FROM ");
    sql_name_write(out, table->name);
    text_buffer_add_format(out, " WHERE target = '%s' ORDER BY step DESC;\nCOMMIT;\n",
                           table->target);
    text_buffer_add_text(out, "SELECT '{\"kind\":\"end\"}';\n");
}
