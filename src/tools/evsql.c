#include "cli/diagnostics.h"
#include "cli/options.h"
#include "sql/batch_limit.h"
#include "sql/column_list.h"
#include "sql/position_table.h"
#include "sql/row_reader.h"
#include "sql/sql_settings.h"
#include "stream/stream.h"
#include "time/clock.h"
#include "time/duration.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* evsql: records as SQL text for psql or sqlite3. */

/* Records in a transaction, unless --batch says how many: more while the client is slower than the
   input, where that is a program and not a file. */
enum { DEFAULT_BATCH = 5000 };

/* How long records that give no rows may move the positions before these are written. */
#define POSITION_INTERVAL (10 * NS_PER_SECOND)

/* Bytes of rows at which a transaction does not wait for more. */
#define LARGEST_BATCH ((size_t)64 << 20)

struct evsql {
    struct stream_settings settings;
    struct sql_settings own;
    struct sql_table table;
    struct position_table positions;
    const struct expression_list *list; /* --select; NULL = the members of the first record */
    const struct expression *retract;   /* NULL = no row is taken away */
    struct value *results;              /* of the list, and as JSON: one per column */
    struct json_slice *values;
    struct row_reader reader;
    struct row_batch batch;
    struct batch_limit limit;
    struct text_buffer sql;
    struct text_buffer moved; /* the statements for positions that have moved */
    bool settled;             /* the columns are known, with their types */
    bool opened;              /* the first lines were written */
    uint64_t transactions;
    uint64_t null_results;
    struct error_text first_null; /* why the first of them failed */
    uint64_t strangers;           /* records with members that are no columns */
    char *stranger;               /* the first of them */
    struct stream_tool tool;
};

static struct evsql evsql;

/* What evsql has of the options that all filters share: it knows no event time, and no result is a
   record. */
static const struct option_row shared_rows[] = {
    {"out", 'o', "FILE", "output goes here", "stdout", GROUP_COMMON, store_text,
     offsetof(struct stream_settings, out), false},
    {"end", 0, "EXPR", "control records that end a stream", NULL, GROUP_INPUT, store_text,
     offsetof(struct stream_settings, end), false},
    {"end-count", 0, "N", "a stream ends at its N-th control record", NULL, GROUP_INPUT,
     store_count, offsetof(struct stream_settings, end_count), false},
    {"resume-from", 0, "FILE", "positions to go on from; - = standard input", NULL, GROUP_TOOL,
     store_text, offsetof(struct stream_settings, resume_from), false},
    {0},
};

static const struct option_set sets[] = {
    {sql_rows, &evsql.own},
    {shared_rows, &evsql.settings},
    {stream_input_rows, &evsql.settings},
    {stream_report_rows, &evsql.settings},
};

static const struct command command = {
    .name = "evsql",
    .summary = "Writes records as SQL for psql or sqlite3: upserts in small transactions",
    .synopsis = "evsql --pg|--sqlite --into TABLE --primary-key COLS [OPTION]... [FILE]...",
    .examples = {{"Results into PostgreSQL, as they come",
                  "evwindow ... | evsql --pg --into clicks --primary-key key,start | psql -qX"},
                 {"Chosen columns into SQLite, in a table made for them",
                  "evsql --sqlite --create --into t --primary-key id "
                  "--select 'id:uuid=.id,n=.count' | sqlite3 db"}},
    .sets = sets,
    .set_count = sizeof sets / sizeof *sets,
    .version_details = stream_version_details,
};

/* The names and types of all columns are known: finds key and guard among them. */
static void settle(struct evsql *self)
{
    struct error_text error;
    if (!sql_table_complete(&self->table, self->own.primary_key, self->own.guard, &error))
        usage_error(&command, "%s", error.text);
    row_reader_init(&self->reader, &self->table);
    self->settled = true;
}

static void add_listed_columns(struct evsql *self)
{
    struct error_text error;
    if (!column_list_of_items(&self->table, self->list, &error))
        usage_error(&command, "--select: %s", error.text);
    self->results = allocate(self->list->count * sizeof *self->results);
    self->values = allocate(self->list->count * sizeof *self->values);
    if (sql_table_typed(&self->table))
        settle(self);
}

static struct batch_limit choose_limit(const struct evsql *self)
{
    struct stat status;
    bool file = self->settings.out != NULL ||
                (fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode));
    if (self->own.batch > 0)
        return batch_limit_make(self->own.batch, self->own.batch);
    return batch_limit_make(DEFAULT_BATCH,
                            file ? DEFAULT_BATCH : DEFAULT_BATCH * BATCH_LIMIT_GROWTH);
}

static void on_start(void *context, struct stream *stream)
{
    struct evsql *self = context;
    self->limit = choose_limit(self);
    if (self->own.select != NULL) {
        self->list = stream_typed_list(stream, "--select", self->own.select);
        add_listed_columns(self);
    }
    if (self->positions.name != NULL)
        stream_set_timer(stream, time_add(clock_wall(), POSITION_INTERVAL));
    if (!self->own.insert_only)
        self->retract = stream_expression(stream, "retract", ".retract");
}

static void add_member_columns(struct evsql *self, struct json_slice record)
{
    struct error_text error;
    if (!column_list_of_members(&self->table, record, &error))
        usage_error(&command, "a member of the first record cannot be a column: %s; give --select",
                    error.text);
    if (self->table.count == 0)
        usage_error(&command, "the first record has no members: give --select");
    self->values = allocate(self->table.count * sizeof *self->values);
}

static void note_stranger(struct evsql *self, struct json_slice name)
{
    if (json_slice_absent(name))
        return;
    if (self->strangers++ == 0)
        self->stranger = strndup(name.text, name.length);
}

/* The columns' values of a record; an expression that fails gives null. */
static bool read_values(struct evsql *self, struct stream *stream, const struct event *event,
                        struct error_text *error)
{
    struct json_slice record = event->line.slots[JSON_ROOT_SLOT];
    struct record_view view = event_view(event);
    struct scratch *scratch = stream_scratch(stream);
    if (self->list != NULL) {
        self->null_results += expression_list_evaluate(self->list, &view, scratch, self->results,
                                                       self->null_results == 0 ? &self->first_null
                                                                               : NULL);
        for (size_t i = 0; i < self->list->count; i++)
            self->values[i] = value_slice(&self->results[i], scratch);
        return true;
    }
    struct json_slice stranger;
    if (self->table.count == 0)
        add_member_columns(self, record);
    if (!column_list_read(&self->table, record, self->values, &stranger, error))
        return false;
    note_stranger(self, stranger);
    return true;
}

static bool is_retract(const struct evsql *self, struct stream *stream, const struct event *event)
{
    struct record_view view = event_view(event);
    bool truth = false;
    return self->retract != NULL &&
           expression_holds(self->retract, &view, stream_scratch(stream), &truth, NULL) && truth;
}

static void write_sql(struct evsql *self, struct stream *stream)
{
    if (self->sql.length == 0)
        return;
    stream_write(stream, self->sql.bytes, self->sql.length);
    self->sql.length = 0;
}

static void open_sql(struct evsql *self)
{
    if (self->opened)
        return;
    self->table.dialect->write_opening(&self->table, &self->sql);
    if (self->positions.name != NULL)
        position_table_write_opening(&self->positions, &self->sql);
    self->opened = true;
}

static void take_position(void *context, const struct moved_position *moved)
{
    struct evsql *self = context;
    position_table_write(&self->positions, moved, &self->moved);
}

/* The positions are those behind the last record: whatever came before is in this transaction or an
   earlier one, or gave no row. They come first, so that whoever asks for them meanwhile waits. */
static void write_transaction(struct evsql *self)
{
    const struct sql_dialect *dialect = self->table.dialect;
    text_buffer_add_text(&self->sql, dialect->begin);
    if (self->moved.length > 0)
        text_buffer_add(&self->sql, self->moved.bytes, self->moved.length);
    if (self->batch.taken > 0)
        dialect->write_batch(&self->table, &self->batch, &self->sql);
    text_buffer_add_text(&self->sql, "COMMIT;\n");
    self->moved.length = 0;
    row_batch_clear(&self->batch);
    self->transactions++;
}

static void commit(struct evsql *self, struct stream *stream)
{
    bool kept = self->positions.name != NULL;
    stream_set_timer(stream, kept ? time_add(stream_now(stream), POSITION_INTERVAL) : INT64_MAX);
    if (!self->settled || self->own.ddl)
        return;
    if (kept)
        stream_take_positions(stream, take_position, self);
    if (self->batch.taken == 0 && self->moved.length == 0)
        return;
    open_sql(self);
    stream_count_written(stream, self->batch.upserts + self->batch.retracts);
    write_transaction(self);
    int64_t begin = clock_steady();
    write_sql(self, stream);
    stream_flush(stream);
    batch_limit_adapt(&self->limit, begin, clock_steady());
}

/* The statements of --ddl. */
static void add_tables(struct evsql *self)
{
    sql_table_write_create(&self->table, true, &self->sql);
    if (self->positions.name != NULL)
        position_table_write_create(&self->positions, true, &self->sql);
}

static void write_ddl(struct evsql *self, struct stream *stream)
{
    add_tables(self);
    write_sql(self, stream);
    self->opened = true;
    stream_stop(stream);
}

static void add_row(struct evsql *self, struct stream *stream, const struct event *event)
{
    const char *reason;
    struct error_text error;
    if (!row_reader_add(&self->reader, self->values, is_retract(self, stream, event),
                        stream_scratch(stream), &self->batch, &reason, &error)) {
        stream_reject(stream, event, reason, &error);
        return;
    }
    /* By the clock itself: the stream's stood still while the client read the batch before. */
    if (self->batch.taken == 1)
        stream_set_timer(stream, time_add(clock_wall(), self->own.every));
    if (self->batch.taken >= self->limit.current || self->batch.bytes.length >= LARGEST_BATCH)
        commit(self, stream);
}

/* A retract has no values, and without --select not even the columns. */
static void settle_by_record(struct evsql *self, struct stream *stream, const struct event *event)
{
    if (is_retract(self, stream, event))
        usage_error(&command, "the first record is a retract, which does not tell the types of "
                              "columns: give --select with types");
    column_list_settle(&self->table, self->values);
    settle(self);
}

static void on_record(void *context, struct stream *stream, struct event *event)
{
    struct evsql *self = context;
    struct error_text error;
    if (!read_values(self, stream, event, &error)) {
        stream_reject(stream, event, "duplicate_member", &error);
        return;
    }
    if (!self->settled)
        settle_by_record(self, stream, event);
    if (self->own.ddl)
        write_ddl(self, stream);
    else
        add_row(self, stream, event);
}

static void on_timer(void *context, struct stream *stream)
{
    commit(context, stream);
}

static void tell_losses(const struct evsql *self)
{
    if (self->null_results > 0)
        warn("%" PRIu64 " results of --select failed and are null; the first: %s",
             self->null_results, self->first_null.text);
    if (self->strangers > 0)
        warn("%" PRIu64 " records had members that the first record did not have, and which are "
             "no columns: %s; --select names columns",
             self->strangers, self->stranger);
}

/* A signal, too, leaves in the database what was read. */
static void on_end(void *context, struct stream *stream, int signal)
{
    struct evsql *self = context;
    if (self->own.ddl && !self->opened && signal == 0)
        die(STATUS_USAGE, "--ddl: there is no record to take the columns from; give --select with "
                          "types");
    commit(self, stream);
    if (!self->opened && self->settled && self->table.create)
        open_sql(self);
    if (self->opened && self->table.counted && !self->own.ddl)
        self->table.dialect->write_counts(&self->table, &self->sql);
    write_sql(self, stream);
    tell_losses(self);
}

static void count(void *context, struct text_buffer *out)
{
    const struct evsql *self = context;
    text_buffer_add_format(out, ",\"superseded\":%" PRIu64 ",\"transactions\":%" PRIu64,
                           self->batch.superseded, self->transactions);
}

static void explain(void *context, struct stream *stream, FILE *out)
{
    const struct evsql *self = context;
    char every[DURATION_TEXT_SIZE];
    (void)stream;
    duration_format(self->own.every, every);
    fputs("columns: ", out);
    if (self->table.count == 0)
        fputs("the members of the first record\n", out);
    else
        column_list_explain(&self->table, out);
    fprintf(out, "output: SQL for %s, a transaction per %" PRIu64 " records or %s\n",
            self->table.dialect->client, self->limit.current, every);
    if (self->limit.most > self->limit.least)
        fprintf(out, "    up to %" PRIu64 " records while the client is slower than the input\n",
                self->limit.most);
    if (self->positions.name != NULL)
        fprintf(out, "positions: in the same transactions, in %s\n", self->positions.name);
    fputs("at exit: what was read is committed\n", out);
}

static void print_sql(struct evsql *self)
{
    fwrite(self->sql.bytes, 1, self->sql.length, stdout);
    if (fflush(stdout) != 0)
        die(STATUS_IO, "stdout:");
}

/* With all types given, --ddl needs no input. */
static bool print_ddl(struct evsql *self)
{
    struct error_text error;
    struct sql_table empty = self->table;
    if (!self->own.ddl || self->own.select == NULL || self->settings.tables.count > 0)
        return false;
    struct expression_set *set = expression_set_new();
    const struct expression_list *list = expression_add_typed_list(set, self->own.select, &error);
    if (list == NULL || !column_list_of_items(&self->table, list, &error))
        usage_error(&command, "--select: %s", error.text);
    expression_set_free(set);
    bool typed = sql_table_typed(&self->table);
    if (typed) {
        settle(self);
        add_tables(self);
        print_sql(self);
    } else {
        sql_table_free(&self->table);
        self->table = empty;
    }
    return typed;
}

static bool print_resume_query(struct evsql *self)
{
    if (!self->own.resume_query)
        return false;
    position_table_write_query(&self->positions, &self->sql);
    print_sql(self);
    return true;
}

static void free_all(struct evsql *self)
{
    row_reader_free(&self->reader);
    row_batch_free(&self->batch);
    sql_table_free(&self->table);
    text_buffer_free(&self->sql);
    text_buffer_free(&self->moved);
    free(self->results);
    free(self->values);
    free(self->stranger);
}

int main(int argc, char **argv)
{
    struct evsql *self = &evsql;
    int first, status;
    self->settings = stream_settings_default;
    self->own = sql_settings_default;
    first = options_parse(&command, argc, argv);
    self->table = sql_settings_table(&self->own, &command);
    self->table.counted = self->settings.verbose;
    self->positions = (struct position_table){self->table.dialect, self->own.position_table,
                                              self->own.into};
    self->settings.keeps_positions = self->own.position_table != NULL;
    if (self->settings.resume_from != NULL && !self->settings.keeps_positions)
        usage_error(&command, "--resume-from takes back what --position-table keeps, which is "
                              "missing");
    if (print_resume_query(self) || print_ddl(self)) {
        free_all(self);
        return STATUS_OK;
    }
    self->tool = (struct stream_tool){
        .command = &command,
        .settings = &self->settings,
        .self = self,
        .on_start = on_start,
        .on_record = on_record,
        .on_end = on_end,
        .on_timer = on_timer,
        .explain = explain,
        .count = count,
    };
    status = stream_run(&self->tool, argc - first, argv + first);
    free_all(self);
    return status;
}
