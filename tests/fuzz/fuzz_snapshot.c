/* The text of a manifest behind its checksum, and the lines of segments: whatever somebody wrote
   there with a good checksum is taken or refused, without a fault. The bytes are a manifest's text;
   as a whole they are also tried as a compressed segment. */
#include "ndjson/json_scan.h"
#include "state/line_check.h"
#include "state/log_marks.h"
#include "state/saved_row.h"
#include "state/segment_reader.h"
#include "state/snapshot_manifest.h"
#include "uniq/saved_life.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool take_line(void *context, const char *line, size_t length, struct error_text *error)
{
    struct scratch scratch = {0};
    struct saved_life life;
    (void)error;
    *(uint64_t *)context += saved_life_read(&life, line, length, false, &scratch);
    *(uint64_t *)context += saved_life_read(&life, line, length, true, &scratch);
    scratch_free(&scratch);
    return true;
}

/* Lines of rows are read without being validated. */
static void read_rows(const uint8_t *bytes, size_t size)
{
    char *lines = malloc(size + JSON_PADDING);
    struct scratch scratch = {0};
    memset(lines + size, 0, JSON_PADDING);
    memcpy(lines, bytes, size);
    for (char *line = lines, *end; (end = memchr(line, '\n', (size_t)(lines + size - line)));
         line = end + 1) {
        struct json_key key;
        struct saved_row row;
        struct log_mark mark;
        scratch_reset(&scratch);
        log_mark_read(&mark, line, (size_t)(end - line));
        if (saved_row_begin(&row, line, (size_t)(end - line)) &&
            saved_row_read_key(&row, &scratch, &key) && saved_row_end(&row) &&
            key.length > 16 * size)
            abort();
    }
    scratch_free(&scratch);
    free(lines);
}

static void read_manifest(const uint8_t *bytes, size_t size)
{
    struct snapshot_manifest manifest = {.format = 0};
    struct error_text error;
    uint64_t lives = 0;
    text_buffer_add(&manifest.text, bytes, size);
    if (snapshot_manifest_parse(&manifest, &error) == MANIFEST_READ && manifest.sequence == 0 &&
        manifest.tool[0] == '\0' && manifest.segments.count > size)
        abort();
    snapshot_manifest_each(&manifest, NULL, take_line, &lives, &error);
    snapshot_manifest_free(&manifest);
}

static void read_segment(const uint8_t *bytes, size_t size)
{
    struct state_directory directory = {.name = "/dev/shm", .descriptor = -1, .lock = -1};
    struct segment segment = {.role = "fuzz", .text_bytes = 1 << 20};
    struct segment_list list = {&segment, 1, 1};
    struct segment_reader *reader;
    struct error_text error;
    struct segment_lines read;
    char folder[] = "/dev/shm/fuzz-segment-XXXXXX";
    int descriptor;
    if (size > 64 * 1024 || mkdtemp(folder) == NULL)
        return;
    directory.descriptor = open(folder, O_RDONLY | O_DIRECTORY);
    strcpy(segment.file, "fuzz-000001.zst");
    descriptor = openat(directory.descriptor, segment.file, O_WRONLY | O_CREAT, 0600);
    if (write(descriptor, bytes, size) != (ssize_t)size)
        abort();
    close(descriptor);
    reader = segment_reader_start(&directory, &list, "fuzz", NULL);
    while (segment_reader_next(reader, &read, &error) == SEGMENT_LINES)
        if (read.lines[read.length - 1] != '\n')
            abort();
    segment_reader_stop(reader);
    unlinkat(directory.descriptor, segment.file, 0);
    close(directory.descriptor);
    rmdir(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 0 && bytes[0] == '{') {
        read_manifest(bytes, size);
        read_rows(bytes, size);
    } else {
        read_segment(bytes, size);
    }
    return 0;
}
