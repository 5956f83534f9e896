#include "stream/output.h"

#include "cli/diagnostics.h"
#include "ndjson/json_string.h"
#include "time/clock.h"

#include <string.h>

/* kcat 1.7 reads its input with fread(..., 1024, ...) and holds records back until that many bytes
   have come; it passes over empty lines. */
enum { KCAT_READ = 1024 };

static void compile(struct record_rewrite *rewrite, enum rewrite_mode mode, const char *option,
                    const char *text, const struct lookup_tables *tables)
{
    struct error_text error;
    if (text != NULL && !record_rewrite_compile(rewrite, mode, text, tables, &error))
        die(STATUS_USAGE, "%s: %s", option, error.text);
}

static void compile_key(struct record_rewrite *rewrite, const char *text,
                        const struct lookup_tables *tables)
{
    struct text_buffer list = {0};
    struct error_text error;
    struct expression_set *probe = expression_set_new();
    expression_set_use_tables(probe, tables);
    if (expression_add(probe, text, &error) == NULL)
        die(STATUS_USAGE, "--kcat-key: %s", error.text);
    expression_set_free(probe);
    text_buffer_add_format(&list, "key=(%s)", text);
    text_buffer_add_byte(&list, '\0');
    compile(rewrite, REWRITE_SELECT, "--kcat-key", list.bytes, tables);
    text_buffer_free(&list);
}

void output_compile(struct output *output, const struct stream_settings *settings,
                    const struct lookup_tables *tables)
{
    compile(&output->calc, REWRITE_CALC, "--calc", settings->calc, tables);
    compile(&output->select, REWRITE_SELECT, "--select", settings->select, tables);
    if (settings->kcat_key != NULL)
        compile_key(&output->key, settings->kcat_key, tables);
    output->direct = output->calc.set == NULL && output->select.set == NULL &&
                     output->key.set == NULL;
}

void output_open(struct output *output, const struct stream_settings *settings)
{
    struct error_text error;
    if (!line_writer_open(&output->writer, settings->out == NULL ? "-" : settings->out, &error))
        die(STATUS_IO, "%s", error.text);
}

static const char stands_twice[] = "cannot be written: a member that is read stands twice";

static void refuse_record(struct output *output, const char *message)
{
    struct rejection rejection = {
        output->writer.name, 0, 0, "output", message, output->record.bytes, output->record.length};
    output->counters->unwritable++;
    reject_log_add(output->rejects, &rejection);
}

/* Appends the --kcat-key of the record and a TAB. NULL, or why the record cannot be written. */
static const char *add_key(struct output *output, const struct record_variables *variables,
                           struct text_buffer *out)
{
    struct value *key = output->key.values;
    struct json_slice text;
    uint64_t nulls = 0;
    size_t start = out->length;
    if (!record_rewrite_apply(&output->key, &output->record, variables, &output->scratch, out,
                              &nulls))
        return stands_twice;
    if (nulls > 0)
        return "cannot be written: --kcat-key fails on it";
    out->length = start;
    text = value_slice(key, &output->scratch);
    if (key->kind == JSON_STRING)
        out->length += json_string_decode(text, text_buffer_reserve(out, text.length));
    else if (key->kind != JSON_NULL)
        text_buffer_add(out, text.text, text.length);
    if (out->length > start && (memchr(out->bytes + start, '\t', out->length - start) != NULL ||
                                memchr(out->bytes + start, '\n', out->length - start) != NULL))
        return "cannot be written: --kcat-key holds a TAB or LF";
    text_buffer_add_byte(out, '\t');
    return NULL;
}

/* output->record through --calc into itself. */
static bool calculate(struct output *output, const struct record_variables *variables)
{
    struct text_buffer swapped;
    output->rewritten.length = 0;
    if (!record_rewrite_apply(&output->calc, &output->record, variables, &output->scratch,
                              &output->rewritten, &output->counters->null_results))
        return false;
    swapped = output->record;
    output->record = output->rewritten;
    output->rewritten = swapped;
    return true;
}

/* NULL, or why the record cannot be written. */
static const char *write_record(struct output *output, const struct record_variables *variables)
{
    struct text_buffer *out = &output->writer.text;
    const char *wrong = output->key.set == NULL ? NULL : add_key(output, variables, out);
    if (wrong != NULL)
        return wrong;
    if (output->calc.set != NULL && !calculate(output, variables))
        return stands_twice;
    if (output->select.set == NULL)
        text_buffer_add(out, output->record.bytes, output->record.length);
    else if (!record_rewrite_apply(&output->select, &output->record, variables, &output->scratch,
                                   out, &output->counters->null_results))
        return stands_twice;
    return NULL;
}

const char *output_first_failure(const struct output *output)
{
    bool calculated = output->calc.first_error.text[0] != '\0';
    return calculated ? output->calc.first_error.text : output->select.first_error.text;
}

void output_end(struct output *output, const struct record_variables *variables)
{
    struct text_buffer *out = &output->writer.text;
    if (!output->direct) {
        size_t start = out->length;
        const char *wrong = write_record(output, variables);
        if (wrong != NULL) {
            out->length = start;
            refuse_record(output, wrong);
        }
        output->record.length = 0;
        scratch_reset(&output->scratch);
        if (wrong != NULL)
            return;
    }
    output->counters->written++;
    text_buffer_add_byte(out, '\n');
    line_writer_end(&output->writer);
}

bool output_flush(struct output *output, bool idle)
{
    struct line_writer *writer = &output->writer;
    if (idle && output->key.set != NULL) {
        size_t over = (size_t)((writer->written + writer->text.length) % KCAT_READ);
        size_t padding = over == 0 ? 0 : KCAT_READ - over;
        memset(text_buffer_reserve(&writer->text, padding), '\n', padding);
        writer->text.length += padding;
    }
    if (writer->text.length == 0)
        return writer->error == 0;
    output->flushed = clock_steady();
    return line_writer_flush(writer);
}

bool output_close(struct output *output)
{
    bool fine = output_flush(output, true);
    fine = line_writer_close(&output->writer) && fine;
    record_rewrite_free(&output->calc);
    record_rewrite_free(&output->select);
    record_rewrite_free(&output->key);
    text_buffer_free(&output->record);
    text_buffer_free(&output->rewritten);
    scratch_free(&output->scratch);
    return fine;
}

static void explain_list(const struct record_rewrite *rewrite, const char *option, FILE *out)
{
    for (size_t i = 0; rewrite->set != NULL && i < rewrite->list->count; i++)
        expression_explain(rewrite->list->items[i].expression, option, out);
}

void output_explain(const struct output *output, FILE *out)
{
    explain_list(&output->calc, "--calc", out);
    explain_list(&output->select, "--select", out);
    explain_list(&output->key, "--kcat-key", out);
}
