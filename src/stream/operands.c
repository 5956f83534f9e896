#include "cli/diagnostics.h"
#include "stream/stream_state.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool is_missing(const char *name)
{
    struct stat status;
    return strcmp(name, "-") != 0 && stat(name, &status) != 0 && errno == ENOENT;
}

/* *missing: why one could not be opened, the first one. */
static void open_input(struct stream *stream, struct input *input, const char *name,
                       struct error_text *missing)
{
    uint64_t max_line = stream->settings->max_line;
    struct error_text error;
    if (stream->follower != NULL && is_missing(name)) {
        warn("%s: %s; waiting for it", name, strerror(ENOENT));
        byte_source_await(&input->source, name, max_line);
    } else if (!byte_source_open(&input->source, name, max_line, &error) &&
               missing->text[0] == '\0') {
        *missing = error;
    }
    if (stream->follower != NULL && input->source.regular)
        follower_add(stream->follower, input);
    input->live = !input->source.regular || input->source.follow;
    input->group = input->live ? input->index + 1 : 0;
}

void stream_open_operands(struct stream *stream, int count, char **operands,
                          struct error_text *missing)
{
    stream->input_count = count == 0 ? 1 : (size_t)count;
    stream->inputs = allocate_zeroed(stream->input_count, sizeof *stream->inputs);
    stream->polled = allocate((stream->input_count + 2) * sizeof *stream->polled);
    if (stream->settings->follow)
        stream->follower = follower_new(stream);
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
