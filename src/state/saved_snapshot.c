#include "state/saved_snapshot.h"

#include "state/line_check.h"
#include "state/segment_reader.h"
#include "state/snapshot_manifest.h"
#include "state/snapshot_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct saved_snapshot {
    const struct state_directory *directory;
    struct snapshot_manifest manifest;
    char *name; /* "DIR/snapshot-000012.zst" */
};

/* The snapshots in the directory, by their numbers. */
struct numbers {
    uint64_t *items;
    size_t count;
};

static void note_snapshot(void *context, const char *name)
{
    struct numbers *numbers = context;
    size_t role;
    uint64_t number;
    char plain[STATE_NAME_SIZE];
    if (!state_name_parse(name, &role, &number))
        return;
    state_name_make(plain, "snapshot", number, 0);
    if (strcmp(plain, name) != 0)
        return;
    numbers->items = reallocate(numbers->items, (numbers->count + 1) * sizeof *numbers->items);
    numbers->items[numbers->count++] = number;
}

static int compare_descending(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;
    return (first < second) - (first > second);
}

static enum manifest_found verify_segments(const struct snapshot_store *store,
                                           const struct snapshot_manifest *manifest,
                                           struct error_text *error)
{
    for (size_t i = 0; i < manifest->segments.count; i++) {
        const struct segment *segment = &manifest->segments.items[i];
        int descriptor = state_file_open(&store->directory, segment->file, &segment->seal, NULL,
                                         error);
        if (descriptor < 0)
            return descriptor == STATE_FILE_FAILED ? MANIFEST_REFUSED : MANIFEST_DAMAGED;
        close(descriptor);
    }
    return MANIFEST_READ;
}

/* One snapshot: whole, damaged, or not for this tool. */
static enum manifest_found examine(const struct snapshot_store *store, uint64_t number,
                                   struct snapshot_manifest *manifest, struct error_text *error)
{
    const char *directory = store->directory.name;
    char name[STATE_NAME_SIZE];
    enum manifest_found found;
    state_name_make(name, "snapshot", number, 0);
    found = snapshot_manifest_read(manifest, &store->directory, name, error);
    if (found != MANIFEST_READ)
        return found;
    if (manifest->sequence != number) {
        refuse(error, "%s/%s: is snapshot %" PRIu64 " by another name", directory, name,
               manifest->sequence);
        return MANIFEST_DAMAGED;
    }
    if (strcmp(manifest->tool, store->tool) != 0) {
        refuse(error, "%s/%s: was made by %s, not %s", directory, name, manifest->tool,
               store->tool);
        return MANIFEST_REFUSED;
    }
    return verify_segments(store, manifest, error);
}

static struct saved_snapshot *adopt(struct snapshot_store *store,
                                    struct snapshot_manifest *manifest)
{
    struct saved_snapshot *saved = allocate_zeroed(1, sizeof *saved);
    size_t size = strlen(store->directory.name) + strlen(manifest->name) + 2;
    saved->directory = &store->directory;
    saved->manifest = *manifest;
    saved->name = allocate(size);
    snprintf(saved->name, size, "%s/%s", store->directory.name, manifest->name);
    for (size_t i = 0; i < manifest->segments.count; i++)
        segment_list_add(&store->segments, &manifest->segments.items[i]);
    memcpy(store->manifest, manifest->name, sizeof store->manifest);
    store->figures.sequence = manifest->sequence;
    snapshot_store_count(store, manifest->bytes);
    return saved;
}

/* The newest good one. What is damaged is told only if there is an older one to use: otherwise the
   error says it. */
static struct saved_snapshot *choose(struct snapshot_store *store, const struct numbers *numbers,
                                     struct error_text *error)
{
    for (size_t i = 0; i < numbers->count; i++) {
        struct snapshot_manifest manifest;
        struct error_text detail;
        enum manifest_found found = examine(store, numbers->items[i], &manifest, &detail);
        if (found == MANIFEST_READ)
            return adopt(store, &manifest);
        snapshot_manifest_free(&manifest);
        if (found == MANIFEST_REFUSED) {
            *error = detail;
            return NULL;
        }
        warn("%s", detail.text);
    }
    refuse(error, "%s: no snapshot in it is whole; only an empty directory starts anew",
           store->directory.name);
    return NULL;
}

struct saved_snapshot *snapshot_store_load(struct snapshot_store *store, struct error_text *error,
                                           enum exit_status *status)
{
    struct numbers numbers = {0};
    struct saved_snapshot *saved = NULL;
    *status = STATUS_STATE;
    if (!state_directory_list(&store->directory, note_snapshot, &numbers, error))
        return NULL;
    if (numbers.count == 0) {
        *status = STATUS_OK;
    } else {
        qsort(numbers.items, numbers.count, sizeof *numbers.items, compare_descending);
        /* A run may have been killed between renaming and this. Nothing goes by a snapshot, not
           even a length in FILE.committed, that a power cut could still take away. */
        if (state_directory_sync(&store->directory, error))
            saved = choose(store, &numbers, error);
        if (saved != NULL)
            *status = STATUS_OK;
    }
    free(numbers.items);
    return saved;
}

void saved_snapshot_free(struct saved_snapshot *saved)
{
    if (saved == NULL)
        return;
    snapshot_manifest_free(&saved->manifest);
    free(saved->name);
    free(saved);
}

const char *saved_snapshot_name(const struct saved_snapshot *saved)
{
    return saved->name;
}

bool saved_snapshot_manifest(const struct saved_snapshot *saved, const char *kind, line_taker *take,
                             void *context, struct error_text *error)
{
    struct error_text detail;
    return snapshot_manifest_each(&saved->manifest, kind, take, context, &detail) ||
           refuse(error, "%s: %.180s", saved->name, detail.text);
}

/* Lines on their way to who takes them: lines, or rows. */
struct reading {
    line_taker *take;
    void *context;
    struct line_check check;
    const struct row_taker *rows; /* NULL = lines */
};

static bool refuse_line(const struct reading *reading, const struct error_text *detail,
                        struct error_text *error)
{
    return refuse(error, "line %" PRIu64 ": %.180s", reading->check.number, detail->text);
}

static bool take_lines(struct reading *reading, const struct segment_lines *read,
                       struct error_text *error)
{
    const char *at = read->lines;
    const char *limit = at + read->length;
    const char *line;
    size_t length;
    while (at < limit) {
        struct error_text detail = {"not what this version writes"};
        if (!line_check_next(&reading->check, &at, limit, &line, &length, error))
            return false;
        if (!reading->take(reading->context, line, length, &detail))
            return refuse_line(reading, &detail, error);
    }
    return true;
}

static bool take_rows(struct reading *reading, const struct segment_lines *read,
                      struct error_text *error)
{
    static const struct error_text strange = {"not what this version writes"};
    const struct row_taker *taker = reading->rows;
    size_t taken = taker->take(taker->context, read->rows->rows, read->rows->count);
    reading->check.number += taken;
    if (taken == read->rows->count && !read->rows->refused)
        return true;
    reading->check.number++;
    return refuse_line(reading, &strange, error);
}

static bool read_segments(const struct saved_snapshot *saved, const char *role,
                          struct reading *reading, struct error_text *error)
{
    struct segment_reader *reader = segment_reader_start(
        saved->directory, &saved->manifest.segments, role,
        reading->rows == NULL ? NULL : &reading->rows->format);
    struct segment_lines lines;
    const char *former = NULL;
    enum segment_read read;
    bool fine = true;
    line_check_init(&reading->check);
    while (fine && (read = segment_reader_next(reader, &lines, error)) != SEGMENT_END) {
        struct error_text detail = {""};
        if (read == SEGMENT_FAILED) {
            fine = false;
            continue;
        }
        if (lines.file != former)
            reading->check.number = 0;
        former = lines.file;
        fine = (reading->rows == NULL ? take_lines : take_rows)(reading, &lines, &detail) ||
               refuse(error, "%s/%s: %.180s", saved->directory->name, lines.file, detail.text);
    }
    line_check_free(&reading->check);
    segment_reader_stop(reader);
    return fine;
}

bool saved_snapshot_segments(const struct saved_snapshot *saved, const char *role, line_taker *take,
                             void *context, struct error_text *error)
{
    struct reading reading = {.take = take, .context = context};
    return read_segments(saved, role, &reading, error);
}

bool saved_snapshot_rows(const struct saved_snapshot *saved, const char *role,
                         const struct row_taker *taker, struct error_text *error)
{
    struct reading reading = {.rows = taker};
    return read_segments(saved, role, &reading, error);
}

uint64_t saved_snapshot_row_count(const struct saved_snapshot *saved, const char *role)
{
    const struct segment_list *segments = &saved->manifest.segments;
    uint64_t rows = 0;
    for (size_t i = 0; i < segments->count; i++)
        if (strcmp(segments->items[i].role, role) == 0)
            rows += segments->items[i].rows;
    return rows;
}
