#include "state/segment_writer.h"

#include "ndjson/zstd_writer.h"
#include "state/file_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMPRESSION_LEVEL = 1, COPY_SIZE = 256 * 1024 };

static bool flush(struct state_file *file, struct text_buffer *compressed, struct error_text *error)
{
    bool fine = compressed->length == 0 ||
                state_file_write(file, compressed->bytes, compressed->length, error);
    compressed->length = 0;
    return fine;
}

/* The file is made when there is something to write. */
static bool write_lines(const struct state_directory *directory,
                        const struct segment_source *source, struct segment *segment,
                        struct state_file **file, struct error_text *error)
{
    struct zstd_writer *writer = zstd_writer_new(COMPRESSION_LEVEL);
    struct text_buffer lines = {0};
    struct text_buffer compressed = {0};
    bool fine = true;
    bool more = true;
    while (fine && more) {
        lines.length = 0;
        more = source->fill(source->context, &lines, &segment->rows);
        if (lines.length > 0 && *file == NULL)
            fine = (*file = state_file_create(directory, segment->file, error)) != NULL;
        if (!fine || *file == NULL)
            continue;
        segment->text_bytes += lines.length;
        if (lines.length > 0)
            zstd_writer_add(writer, lines.bytes, lines.length, &compressed);
        if (!more)
            zstd_writer_end(writer, &compressed);
        fine = flush(*file, &compressed, error);
    }
    zstd_writer_free(writer);
    text_buffer_free(&lines);
    text_buffer_free(&compressed);
    return fine;
}

bool segment_write_file(const struct state_directory *directory,
                        const struct segment_source *source, struct segment *segment,
                        struct error_text *error)
{
    struct state_file *file = NULL;
    bool fine = write_lines(directory, source, segment, &file, error);
    if (file == NULL)
        return fine;
    if (fine)
        return state_file_finish(file, &segment->seal, error);
    state_file_abandon(file);
    return false;
}

static bool copy_part(const struct state_directory *directory, const struct segment *part,
                      struct state_file *file, char *bytes, struct error_text *error)
{
    uint64_t left = part->seal.bytes - STATE_SEAL_SIZE;
    int descriptor = state_file_open(directory, part->file, &part->seal, NULL, error);
    bool fine = descriptor >= 0;
    while (fine && left > 0) {
        size_t wanted = left < COPY_SIZE ? (size_t)left : COPY_SIZE;
        errno = EIO;
        if (read_fully(descriptor, bytes, wanted) != (int64_t)wanted)
            fine = refuse(error, "%s/%s: %s", directory->name, part->file, strerror(errno));
        else
            fine = state_file_write(file, bytes, wanted, error);
        left -= wanted;
    }
    if (descriptor >= 0)
        close(descriptor);
    return fine;
}

bool segment_join_files(const struct state_directory *directory, const struct segment *parts,
                        size_t count, struct segment *joined, struct error_text *error)
{
    struct state_file *file = state_file_create(directory, joined->file, error);
    char *bytes = allocate(COPY_SIZE);
    bool fine = file != NULL;
    joined->youngest = INT64_MIN;
    for (size_t i = 0; fine && i < count; i++) {
        fine = copy_part(directory, &parts[i], file, bytes, error);
        joined->rows += parts[i].rows;
        joined->text_bytes += parts[i].text_bytes;
        if (parts[i].youngest > joined->youngest)
            joined->youngest = parts[i].youngest;
    }
    free(bytes);
    if (fine)
        return state_file_finish(file, &joined->seal, error);
    if (file != NULL)
        state_file_abandon(file);
    return false;
}
