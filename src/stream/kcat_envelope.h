#ifndef STREAM_KCAT_ENVELOPE_H
#define STREAM_KCAT_ENVELOPE_H

#include "expression/expression.h"
#include "ndjson/json_scan.h"
#include "ndjson/scratch.h"

#include <stddef.h>

/* The lines of `kcat -J` (1.7): {"topic","partition","offset","tstype","ts","broker","headers":
   ["name","value",...],"key","payload"}. kcat passes the producer's bytes through, so that a line
   may be no UTF-8: what of that gets into variables is repaired (U+FFFD), the payload is checked as
   a record of its own. */
struct kcat_envelope;

enum envelope_status {
    ENVELOPE_PAYLOAD,
    ENVELOPE_TOMBSTONE, /* null payload */
    ENVELOPE_BLANK,
    ENVELOPE_REJECTED /* line->reason and line->error_byte tell why */
};

struct kcat_envelope *kcat_envelope_new(void);
void kcat_envelope_free(struct kcat_envelope *envelope);

/* Opens the line at `at`; `line` gets text, length and next of the outer line. The payload is in
   the scratch, with JSON_PADDING bytes behind it, on one line (LF became TAB: the same to JSON). */
enum envelope_status kcat_envelope_open(struct kcat_envelope *envelope, const char *at,
                                        const char *limit, struct scratch *scratch,
                                        struct json_line *line, struct record_variables *variables,
                                        const char **payload, size_t *payload_length);

#endif
