#ifndef NDJSON_READ_AHEAD_H
#define NDJSON_READ_AHEAD_H

#include "ndjson/byte_source.h"
#include "ndjson/scanned_text.h"

#include <stdbool.h>

/* A second thread for a regular file. Both cut it into blocks and read and scan whichever block
   nobody has begun yet, so that both are busy, whoever has more to do besides. zstd data is
   decompressed by the second thread alone. What is seen is the same as without, in the same order;
   only the thread that started it ever looks at a record. */

struct read_ahead;

/* Whether it is worth its thread: a regular file that is not small, and more than one CPU. */
bool read_ahead_pays(const struct byte_source *source);

/* Goes on where `source` stands, between two fills; until read_ahead_stop() the source is only a
   view of what was read. `projection`: what lines are scanned for, NULL: they are not. `place`:
   where values may stand. Returns NULL if there is no thread to be had. */
struct read_ahead *read_ahead_start(struct byte_source *source,
                                    const struct json_projection *projection,
                                    enum value_place place);

/* As byte_source_fill(): shows more lines in `source`. Pointers into the old ones die here. */
enum byte_status read_ahead_fill(struct read_ahead *ahead, struct byte_source *source);

/* What json_scan_line() would say of the line at `at`, in the order of lines; false: it was not
   scanned. line->slots then points to slots that live until the next fill. */
bool read_ahead_scanned(struct read_ahead *ahead, const char *at, struct json_line *line,
                        enum scan_status *status);

/* Ends the thread, which may have read further than was shown: the source can then only be closed
   or restarted. NULL is allowed. */
void read_ahead_stop(struct read_ahead *ahead, struct byte_source *source);

#endif
