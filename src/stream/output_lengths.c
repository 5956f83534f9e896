#include "stream/output_lengths.h"

#include "cli/diagnostics.h"
#include "ndjson/utf8_text.h"
#include "state/committed_length.h"
#include "state/file_io.h"
#include "stream/stream_state.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* A file that the run writes to. */
struct output_file {
    const char *option;
    struct line_writer *writer;
};

enum { OWN_FILES = 3, MOST_FILES = OWN_FILES + STREAM_SIDE_FILES };

/* Those that were given, --out first. */
static size_t list_files(struct stream *stream, struct output_file files[MOST_FILES])
{
    size_t count = 0;
    if (stream->settings->out != NULL && strcmp(stream->settings->out, "-") != 0)
        files[count++] = (struct output_file){"--out", &stream->output.writer};
    if (stream->late.file.open)
        files[count++] = (struct output_file){"--late", &stream->late.file.writer};
    if (stream->rejects.file.open)
        files[count++] = (struct output_file){"--reject", &stream->rejects.file.writer};
    for (size_t i = 0; i < stream->tool_file_count; i++)
        if (stream->tool_files[i].open)
            files[count++] = (struct output_file){stream->tool_file_options[i],
                                                  &stream->tool_files[i].writer};
    return count;
}

/* Pipes and devices have no length to go back to. */
static bool is_regular(const struct line_writer *writer, struct stat *status)
{
    if (fstat(writer->descriptor, status) != 0)
        die(STATUS_IO, "%s:", writer->name);
    return S_ISREG(status->st_mode);
}

/* What a later run is to find of it: nothing of what it held before the first write. */
static uint64_t kept_length(const struct line_writer *writer, const struct stat *status)
{
    return writer->stale ? 0 : (uint64_t)status->st_size;
}

static void write_line(struct text_buffer *lines, const struct output_file *file,
                       const struct stat *status)
{
    struct text_buffer name = {0};
    utf8_repair(&name, file->writer->name, strlen(file->writer->name));
    text_buffer_add_text(lines, "{\"kind\":\"output\"");
    line_add_text(lines, ",\"option\":", file->option, strlen(file->option));
    line_add_text(lines, ",\"name\":", name.bytes, name.length);
    line_add_natural(lines, ",\"device\":", status->st_dev);
    line_add_natural(lines, ",\"inode\":", status->st_ino);
    line_add_natural(lines, ",\"length\":", kept_length(file->writer, status));
    text_buffer_add_text(lines, "}\n");
    text_buffer_free(&name);
}

void output_lengths_save(struct stream *stream, struct snapshot_draft *draft)
{
    struct text_buffer *lines = snapshot_draft_lines(draft);
    struct output_file files[MOST_FILES];
    size_t count = list_files(stream, files);
    for (size_t i = 0; i < count; i++) {
        const struct line_writer *writer = files[i].writer;
        struct stat status;
        if (!is_regular(writer, &status))
            continue;
        write_line(lines, &files[i], &status);
        snapshot_draft_output(draft, writer->descriptor,
                              writer == &stream->output.writer ? writer->name : NULL,
                              kept_length(writer, &status));
    }
    if (stream->kept_outputs.length > 0)
        text_buffer_add(lines, stream->kept_outputs.bytes, stream->kept_outputs.length);
}

/* What a snapshot says of an output. */
struct saved_output {
    uint64_t device;
    uint64_t inode;
    uint64_t length;
};

struct restoring {
    struct stream *stream;
    struct output_file files[MOST_FILES];
    size_t count;
    struct saved_output saved[MOST_FILES];
    bool known[MOST_FILES]; /* the snapshot has a line of it */
};

static bool parse(const char *line, size_t length, struct text_buffer *option,
                  struct text_buffer *name, struct saved_output *saved)
{
    struct line_fields fields;
    return line_fields_begin_kind(&fields, line, length, "output") &&
           line_fields_text(&fields, "option", option) && line_fields_text(&fields, "name", name) &&
           line_fields_natural(&fields, "device", &saved->device) &&
           line_fields_natural(&fields, "inode", &saved->inode) &&
           line_fields_natural(&fields, "length", &saved->length) && line_fields_end(&fields);
}

static size_t find_option(const struct restoring *restoring, const struct text_buffer *option)
{
    size_t i = 0;
    while (i < restoring->count &&
           (strlen(restoring->files[i].option) != option->length ||
            memcmp(restoring->files[i].option, option->bytes, option->length) != 0))
        i++;
    return i;
}

static bool take_line(void *context, const char *line, size_t length, struct error_text *error)
{
    struct restoring *restoring = context;
    struct text_buffer option = {0};
    struct text_buffer name = {0};
    struct saved_output saved;
    bool fine = parse(line, length, &option, &name, &saved);
    (void)error;
    if (fine) {
        size_t i = find_option(restoring, &option);
        if (i < restoring->count) {
            restoring->saved[i] = saved;
            restoring->known[i] = true;
        } else {
            text_buffer_add(&restoring->stream->kept_outputs, line, length);
            text_buffer_add_byte(&restoring->stream->kept_outputs, '\n');
        }
    }
    text_buffer_free(&option);
    text_buffer_free(&name);
    return fine;
}

static bool cut(struct line_writer *writer, uint64_t length, struct error_text *error)
{
    return line_writer_cut(writer, length) ||
           refuse(error, "%s: %s", writer->name, strerror(errno));
}

/* Another file than the snapshot names: what it holds stays. It is a rotation's new one or another
   name, which is nothing to tell of, unless somebody has written to it. */
static bool append(struct line_writer *writer, const struct stat *status, struct error_text *error)
{
    if (status->st_size > 0)
        warn("%s: not the file that the state in --state was written beside: appended to",
             writer->name);
    return cut(writer, (uint64_t)status->st_size, error);
}

static bool restore_file(struct line_writer *writer, const struct saved_output *saved,
                         const struct stat *status, struct error_text *error)
{
    if (status->st_dev != saved->device || status->st_ino != saved->inode)
        return append(writer, status, error);
    if ((uint64_t)status->st_size < saved->length)
        return refuse(error,
                      "%s: holds %" PRIu64 " bytes, less than the %" PRIu64
                      " that an earlier run has left there",
                      writer->name, (uint64_t)status->st_size, saved->length);
    return cut(writer, saved->length, error);
}

/* Before anything is written to --out: who follows it must not read what a kill takes back. */
static bool publish(const struct stream *stream, const struct output_file *file,
                    struct error_text *error)
{
    struct stat status;
    if (file->writer != &stream->output.writer || !is_regular(file->writer, &status))
        return true;
    return committed_length_publish(file->writer->name,
                                    &(struct committed_length){kept_length(file->writer, &status),
                                                               status.st_dev, status.st_ino},
                                    error);
}

bool output_lengths_sync_names(struct stream *stream, struct error_text *error)
{
    struct output_file files[MOST_FILES];
    size_t count = list_files(stream, files);
    for (size_t i = 0; i < count; i++) {
        struct stat status;
        if (is_regular(files[i].writer, &status) && !sync_name(files[i].writer->name))
            return refuse(error, "%s: its directory cannot be synced: %s", files[i].writer->name,
                          strerror(errno));
    }
    return true;
}

bool output_lengths_restore(struct stream *stream, struct saved_snapshot *saved,
                            struct error_text *error)
{
    struct restoring restoring = {.stream = stream};
    restoring.count = list_files(stream, restoring.files);
    if (saved != NULL && !saved_snapshot_manifest(saved, "output", take_line, &restoring, error))
        return false;
    for (size_t i = 0; i < restoring.count; i++) {
        struct line_writer *writer = restoring.files[i].writer;
        struct stat status;
        if (is_regular(writer, &status) && restoring.known[i] &&
            !restore_file(writer, &restoring.saved[i], &status, error))
            return false;
        if (!publish(stream, &restoring.files[i], error))
            return false;
    }
    return output_lengths_sync_names(stream, error);
}
