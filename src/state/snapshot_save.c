#include "state/snapshot_save.h"

#include "state/committed_length.h"
#include "state/segment_text.h"
#include "state/segment_tiers.h"
#include "state/segment_writer.h"
#include "state/snapshot_manifest.h"
#include "time/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool sync_outputs(const struct snapshot_draft *draft, struct error_text *error)
{
    for (size_t i = 0; i < draft->output_count; i++) {
        const struct draft_output *output = &draft->outputs[i];
        /* Pipes and devices hold nothing that could be synced. */
        if (fdatasync(output->descriptor) != 0 && errno != EINVAL && errno != EROFS)
            return refuse(error, "%s: cannot sync: %s",
                          output->name == NULL ? "output" : output->name, strerror(errno));
    }
    return true;
}

/* The first of its role has the plain name. */
static void name_segment(const struct snapshot_draft *draft, struct segment *segment)
{
    unsigned part = 0;
    do
        state_name_make(segment->file, segment->role, draft->sequence, part++);
    while (segment_list_names(&draft->segments, segment->file));
}

static bool write_segments(const struct state_directory *directory, struct snapshot_draft *draft,
                           struct error_text *error)
{
    for (size_t i = 0; i < draft->source_count; i++) {
        const struct segment_source *source = &draft->sources[i];
        struct segment segment = {.youngest = source->youngest};
        strncpy(segment.role, source->role, sizeof segment.role - 1);
        name_segment(draft, &segment);
        if (!segment_write_file(directory, source, &segment, error))
            return false;
        if (segment.text_bytes > 0)
            segment_list_add(&draft->segments, &segment);
    }
    return true;
}

static bool join_segments(const struct state_directory *directory, struct snapshot_draft *draft,
                          struct error_text *error)
{
    struct segment_list *list = &draft->segments;
    size_t indices[TIER_WIDTH];
    /* Also the names of files that were joined in turn, and are no longer listed, are taken. */
    unsigned part = (unsigned)draft->source_count;
    while (segment_tiers_find(list, indices)) {
        struct segment parts[TIER_WIDTH];
        struct segment joined = {.tier = list->items[indices[0]].tier + 1};
        for (size_t i = 0; i < TIER_WIDTH; i++)
            parts[i] = list->items[indices[i]];
        memcpy(joined.role, parts[0].role, sizeof joined.role);
        state_name_make(joined.file, joined.role, draft->sequence, ++part);
        if (!segment_join_files(directory, parts, TIER_WIDTH, &joined, error))
            return false;
        list->items[indices[0]] = joined;
        for (size_t i = TIER_WIDTH - 1; i > 0; i--)
            segment_list_remove(list, indices[i]);
    }
    return true;
}

static bool write_manifest(const struct snapshot_store *store, struct snapshot_draft *draft,
                           struct error_text *error)
{
    struct text_buffer text = {0};
    struct segment_source source = {.role = "snapshot"};
    struct segment written = {.rows = 0};
    bool fine;
    snapshot_manifest_write(&text, store->tool, draft->sequence, draft->written_at, &draft->lines,
                            &draft->segments);
    state_name_make(written.file, source.role, draft->sequence, 0);
    segment_text_source(&source, &text, 0);
    fine = segment_write_file(&store->directory, &source, &written, error) &&
           state_directory_sync(&store->directory, error);
    source.done(source.context);
    draft->bytes = written.seal.bytes;
    return fine;
}

static bool publish_lengths(const struct snapshot_draft *draft, struct error_text *error)
{
    for (size_t i = 0; i < draft->output_count; i++) {
        const struct draft_output *output = &draft->outputs[i];
        struct stat status;
        if (output->name == NULL)
            continue;
        if (fstat(output->descriptor, &status) != 0)
            return refuse(error, "%s: %s", output->name, strerror(errno));
        struct committed_length committed = {output->length, status.st_dev, status.st_ino};
        if (!committed_length_publish(output->name, &committed, error))
            return false;
    }
    return true;
}

struct pruning {
    const struct snapshot_store *store;
    const struct snapshot_draft *draft;
};

/* The two newest manifests stay, and what they name. Files that are not ours are left alone. */
static void prune_file(void *context, const char *name)
{
    const struct pruning *pruning = context;
    const struct snapshot_store *store = pruning->store;
    char newest[STATE_NAME_SIZE];
    size_t role;
    uint64_t number;
    state_name_make(newest, "snapshot", pruning->draft->sequence, 0);
    if (!state_name_parse(name, &role, &number) || strcmp(name, newest) == 0 ||
        strcmp(name, store->manifest) == 0 || segment_list_names(&store->segments, name) ||
        segment_list_names(&pruning->draft->segments, name))
        return;
    /* One that stays is tried again next time, and harms nobody. */
    unlinkat(store->directory.descriptor, name, 0);
}

bool snapshot_save(const struct snapshot_store *store, struct snapshot_draft *draft,
                   struct error_text *error)
{
    const struct state_directory *directory = &store->directory;
    struct pruning pruning = {store, draft};
    size_t kept = draft->segments.count;
    if (!sync_outputs(draft, error) || !write_segments(directory, draft, error))
        return false;
    if (draft->segments.count > kept &&
        (!join_segments(directory, draft, error) || !state_directory_sync(directory, error)))
        return false;
    return write_manifest(store, draft, error) && publish_lengths(draft, error) &&
           state_directory_list(directory, prune_file, &pruning, error);
}
