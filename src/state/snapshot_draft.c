#include "state/snapshot_draft.h"

#include "cli/diagnostics.h"
#include "state/segment_text.h"
#include "state/snapshot_parts.h"
#include "time/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct snapshot_draft *snapshot_draft_begin(struct snapshot_store *store)
{
    struct snapshot_draft *draft;
    if (snapshot_store_busy(store))
        return NULL;
    draft = allocate_zeroed(1, sizeof *draft);
    draft->store = store;
    draft->sequence = store->sequence + 1;
    draft->begun = clock_steady();
    draft->written_at = clock_wall();
    return draft;
}

struct text_buffer *snapshot_draft_lines(struct snapshot_draft *draft)
{
    return &draft->lines;
}

void snapshot_draft_keep(struct snapshot_draft *draft, const char *role, int64_t cutoff)
{
    const struct segment_list *former = &draft->store->segments;
    for (size_t i = 0; i < former->count; i++)
        if (strcmp(former->items[i].role, role) == 0 && former->items[i].youngest >= cutoff)
            segment_list_add(&draft->segments, &former->items[i]);
}

void snapshot_draft_add(struct snapshot_draft *draft, const struct segment_source *source)
{
    draft->sources = reallocate(draft->sources, (draft->source_count + 1) * sizeof *draft->sources);
    draft->sources[draft->source_count++] = *source;
}

void snapshot_draft_add_text(struct snapshot_draft *draft, const char *role, int64_t youngest,
                             struct text_buffer *lines, uint64_t rows)
{
    struct segment_source source = {.role = role, .youngest = youngest};
    segment_text_source(&source, lines, rows);
    snapshot_draft_add(draft, &source);
}

void snapshot_draft_output(struct snapshot_draft *draft, int descriptor, const char *name,
                           uint64_t length)
{
    struct draft_output output = {fcntl(descriptor, F_DUPFD_CLOEXEC, 0), NULL, length};
    if (output.descriptor < 0)
        die(STATUS_STATE, "out of memory for a descriptor: %s", strerror(errno));
    if (name != NULL)
        output.name = duplicate_text(name);
    draft->outputs = reallocate(draft->outputs, (draft->output_count + 1) * sizeof *draft->outputs);
    draft->outputs[draft->output_count++] = output;
}

void snapshot_draft_free(struct snapshot_draft *draft)
{
    for (size_t i = 0; i < draft->source_count; i++)
        if (draft->sources[i].done != NULL)
            draft->sources[i].done(draft->sources[i].context);
    for (size_t i = 0; i < draft->output_count; i++) {
        close(draft->outputs[i].descriptor);
        free(draft->outputs[i].name);
    }
    free(draft->sources);
    free(draft->outputs);
    text_buffer_free(&draft->lines);
    segment_list_free(&draft->segments);
    free(draft);
}
