#ifndef STATE_SAVED_SNAPSHOT_H
#define STATE_SAVED_SNAPSHOT_H

#include "state/line_fields.h"
#include "state/parsed_rows.h"
#include "state/snapshot_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A snapshot being read back. */
struct saved_snapshot;

/* The newest snapshot that is whole: manifest and every segment it names have the right length and
   checksum. Each damaged one that is passed over is warned of. NULL and *status STATUS_OK: the
   directory holds none. NULL and STATUS_STATE: there are some, but none is good, or the newest has
   a newer format or another tool's name; *error says which. Segments are read twice, once here for
   their checksum. */
struct saved_snapshot *snapshot_store_load(struct snapshot_store *store, struct error_text *error,
                                           enum exit_status *status);
void saved_snapshot_free(struct saved_snapshot *saved);

/* "DIR/snapshot-000012.zst", for messages. */
const char *saved_snapshot_name(const struct saved_snapshot *saved);

/* Takes a line: one JSON object, validated, without its LF, JSON_PADDING readable bytes behind it;
   borrowed until the call returns. false: not a line that this version writes, and if it likes says
   more in *error. */
typedef bool line_taker(void *context, const char *line, size_t length, struct error_text *error);

/* Calls `take` for each manifest line of that kind, in order. false: `take` refused one; *error
   begins with the file's name. */
bool saved_snapshot_manifest(const struct saved_snapshot *saved, const char *kind, line_taker *take,
                             void *context, struct error_text *error);

/* Calls `take` for each line of each segment of that role, in the order they were added; another
   thread decompresses ahead. A role without segments has no lines. */
bool saved_snapshot_segments(const struct saved_snapshot *saved, const char *role, line_taker *take,
                             void *context, struct error_text *error);

/* The same for rows, where there are many. `take` gets the rows of about
   256 KiB of lines at once, in order, so that it can fetch from memory what those further on will
   need; it returns how many it took: less than `count` if it refuses the next one. */
struct row_taker {
    struct row_format format;
    size_t (*take)(void *context, const void *rows, size_t count);
    void *context;
};
bool saved_snapshot_rows(const struct saved_snapshot *saved, const char *role,
                         const struct row_taker *taker, struct error_text *error);

/* How many lines the segments of a role have. */
uint64_t saved_snapshot_row_count(const struct saved_snapshot *saved, const char *role);

#endif
