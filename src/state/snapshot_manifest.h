#ifndef STATE_SNAPSHOT_MANIFEST_H
#define STATE_SNAPSHOT_MANIFEST_H

#include "cli/diagnostics.h"
#include "ndjson/text_buffer.h"
#include "state/saved_snapshot.h"
#include "state/segment_list.h"
#include "state/state_directory.h"

#include <stdbool.h>
#include <stdint.h>

/* A snapshot's manifest, snapshot-000012.zst: lines of {"kind":...}, the first of kind "snapshot",
   the last of kind "end" with the number of lines before it; evstate(5) lists them. */

enum { SNAPSHOT_FORMAT = 1, SNAPSHOT_TOOL_SIZE = 32 };

struct snapshot_manifest {
    char name[STATE_NAME_SIZE];
    uint64_t format;
    uint64_t sequence;
    char tool[SNAPSHOT_TOOL_SIZE];
    struct text_buffer text; /* all lines; JSON_PADDING bytes behind them */
    struct segment_list segments;
    uint64_t bytes; /* of the file */
};

/* Appends the whole text: `lines` between what the store writes itself. */
void snapshot_manifest_write(struct text_buffer *out, const char *tool, uint64_t sequence,
                             int64_t written_at, const struct text_buffer *lines,
                             const struct segment_list *segments);

enum manifest_found {
    MANIFEST_READ,
    MANIFEST_DAMAGED,
    /* Perhaps whole, and so not to be passed over: of a format that this version does not know,
       made by another tool, or not to be read now. */
    MANIFEST_REFUSED
};
/* Takes manifest->text apart, which is all it may trust. */
enum manifest_found snapshot_manifest_parse(struct snapshot_manifest *manifest,
                                            struct error_text *error);

/* Reads a file of the directory and parses it. What is returned must be freed in every case. */
enum manifest_found snapshot_manifest_read(struct snapshot_manifest *manifest,
                                           const struct state_directory *directory,
                                           const char *name, struct error_text *error);
void snapshot_manifest_free(struct snapshot_manifest *manifest);

/* Calls `take` for the lines of a kind (NULL = all). */
bool snapshot_manifest_each(const struct snapshot_manifest *manifest, const char *kind,
                            line_taker *take, void *context, struct error_text *error);

#endif
