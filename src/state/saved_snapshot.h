#ifndef STATE_SAVED_SNAPSHOT_H
#define STATE_SAVED_SNAPSHOT_H

#include "state/line_fields.h"
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

/* The same for rows, which are too many to be read twice: a line is what ends in LF, and was not
   validated; that we wrote it the checksum says. `ahead` sees each line some lines, at most
   ROWS_AHEAD, before `take` sees it, in the same order: it can fetch what will be needed. */
enum { ROWS_AHEAD = 16 };
bool saved_snapshot_rows(const struct saved_snapshot *saved, const char *role, line_taker *ahead,
                         line_taker *take, void *context, struct error_text *error);

#endif
