#include "cli/diagnostics.h"
#include "stream/signals.h"
#include "stream/stream_state.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_missing(const char *name)
{
    struct stat status;
    return strcmp(name, "-") != 0 && stat(name, &status) != 0 && errno == ENOENT;
}

/* A FIFO is waited for until somebody writes to it, or a signal ends the tool. */
static bool open_source(const struct stream *stream, struct input *input, const char *name,
                        struct error_text *error)
{
    while (!byte_source_open(&input->source, name, stream->settings->max_line, error)) {
        if (errno != EINTR)
            return false;
        if (signals_end() != 0)
            signals_die(signals_end());
    }
    return true;
}

/* *missing: why one could not be opened, the first one. */
static void open_input(struct stream *stream, struct input *input, const char *name,
                       struct error_text *missing)
{
    struct error_text error;
    if (stream->follower != NULL && is_missing(name)) {
        warn("%s: %s; waiting for it", name, strerror(ENOENT));
        byte_source_await(&input->source, name, stream->settings->max_line);
    } else if (!open_source(stream, input, name, &error) && missing->text[0] == '\0') {
        *missing = error;
    }
    if (stream->follower != NULL && input->source.regular)
        follower_add(stream->follower, input);
    input->live = !input->source.regular || input->source.follow;
    input->group = input->live ? input->index + 1 : 0;
}

/* Files are merged, so all of them are open at once; the usual limit of 1024 is that of select(2),
   which is used nowhere here. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool name_status(const char *name, struct stat *status)
{
    return (strcmp(name, "-") == 0 ? fstat(STDIN_FILENO, status) : stat(name, status)) == 0;
}

static bool is_read_once(const char *name)
{
    struct stat status;
    return strcmp(name, "-") == 0 ||
           (stat(name, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)));
}

static bool same_operand(const char *name, const char *other)
{
    struct stat a, b;
    return strcmp(name, other) == 0 ||
           (name_status(name, &a) && name_status(other, &b) && !S_ISREG(a.st_mode) &&
            !S_ISCHR(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

/* What one operand reads of a pipe, or of the descriptor that both of two `-` are, the other one
   misses. Looked at before any is opened, because a FIFO may have no second writer to wait for. */
static void refuse_shared(const struct stream *stream, int count, char **operands)
{
    for (int i = 1; i < count; i++)
        for (int k = 0; is_read_once(operands[i]) && k < i; k++)
            if (same_operand(operands[i], operands[k]))
                usage_error(stream->tool->command, "%s is given twice, and can be read only once",
                            strcmp(operands[i], "-") == 0 ? "stdin" : operands[i]);
}

void stream_open_operands(struct stream *stream, int count, char **operands,
                          struct error_text *missing)
{
    stream->input_count = count == 0 ? 1 : (size_t)count;
    stream->inputs = allocate_zeroed(stream->input_count, sizeof *stream->inputs);
    stream->polled = allocate((stream->input_count + 2) * sizeof *stream->polled);
    if (stream->settings->follow)
        stream->follower = follower_new(stream);
    refuse_shared(stream, count, operands);
    allow_descriptors();
    for (size_t i = 0; i < stream->input_count; i++) {
        stream->inputs[i].index = (uint32_t)i;
        open_input(stream, &stream->inputs[i], count == 0 ? "-" : operands[i], missing);
    }
}

void stream_repeat(struct stream *stream, const char *option, uint64_t passes)
{
    for (size_t i = 0; stream->inputs != NULL && i < stream->input_count; i++)
        if (stream->inputs[i].live && passes > 1 &&
            (stream->inputs[i].followed > 0 || stream->inputs[i].source.descriptor >= 0))
            usage_error(stream->tool->command, "%s: %s is %s and is read only once", option,
                        stream->inputs[i].source.name,
                        stream->inputs[i].followed > 0 ? "followed" : "no regular file");
    stream->passes = passes - 1;
}

size_t stream_operands(const struct stream *stream)
{
    return stream->input_count;
}

bool stream_reads_files(const struct stream *stream)
{
    for (size_t i = 0; stream->inputs != NULL && i < stream->input_count; i++)
        if (!stream->inputs[i].live)
            return true;
    return false;
}
