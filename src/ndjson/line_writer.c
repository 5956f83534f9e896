#include "ndjson/line_writer.h"

#include "cli/diagnostics.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITE_THRESHOLD = 256 * 1024, PIPE_SIZE = 1024 * 1024 };

void line_writer_init(struct line_writer *writer, int descriptor, const char *name)
{
    *writer = (struct line_writer){
        .descriptor = descriptor, .name = name, .threshold = WRITE_THRESHOLD};
    text_buffer_reserve(&writer->text, WRITE_THRESHOLD + WRITE_THRESHOLD / 4);
    /* Fails harmlessly on anything that is not a pipe. */
    fcntl(descriptor, F_SETPIPE_SZ, PIPE_SIZE);
}

bool line_writer_open(struct line_writer *writer, const char *name, struct error_text *error)
{
    int descriptor;
    if (strcmp(name, "-") == 0) {
        line_writer_init(writer, STDOUT_FILENO, "stdout");
        return true;
    }
    descriptor = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return refuse(error, "%s: %s", name, strerror(errno));
    line_writer_init(writer, descriptor, name);
    writer->stale = true;
    return true;
}

/* What the file held before goes when something takes its place, not when it is opened: a tool that
   then finds itself wrongly used has destroyed nothing. */
static void empty_file(struct line_writer *writer)
{
    struct stat status;
    if (!writer->stale)
        return;
    writer->stale = false;
    if (fstat(writer->descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
        ftruncate(writer->descriptor, 0) != 0)
        writer->error = errno;
}

bool line_writer_cut(struct line_writer *writer, uint64_t length)
{
    writer->stale = false;
    return ftruncate(writer->descriptor, (off_t)length) == 0 &&
           lseek(writer->descriptor, (off_t)length, SEEK_SET) >= 0;
}

bool line_writer_flush(struct line_writer *writer)
{
    size_t done = 0;
    empty_file(writer);
    while (done < writer->text.length && writer->error == 0) {
        ssize_t count = write(writer->descriptor, writer->text.bytes + done,
                              writer->text.length - done);
        if (count >= 0)
            done += (size_t)count;
        else if (errno != EINTR)
            writer->error = errno;
    }
    writer->written += done;
    writer->text.length = 0;
    return writer->error == 0;
}

bool line_writer_close(struct line_writer *writer)
{
    line_writer_flush(writer);
    /* A descriptor shared with nobody tells its late errors (quota, NFS) here. */
    if (close(writer->descriptor) != 0 && writer->error == 0 && errno != EINTR)
        writer->error = errno;
    text_buffer_free(&writer->text);
    return writer->error == 0;
}
