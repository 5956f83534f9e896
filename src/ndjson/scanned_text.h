#ifndef NDJSON_SCANNED_TEXT_H
#define NDJSON_SCANNED_TEXT_H

#include "ndjson/json_scan.h"

#include <stdbool.h>
#include <stddef.h>

/* A stretch of whole lines in memory of its own, with what a scan says of the first of them: made
   by one thread, looked at by another or by itself. */

/* Where the values stand that slots point to. */
enum value_place {
    VALUES_IN_LINE, /* in the text of their line */
    VALUES_APART    /* short ones packed together, so that who looks at nothing else need not fetch
                       the lines from the other CPU; longer ones, and ".", in their line */
};

/* Records of the scan, one behind the other. */
struct scan_results {
    char *bytes; /* begins with a cache line */
    size_t size; /* in use */
};

struct scanned_text {
    char *memory; /* begins with a cache line */
    size_t capacity;
    const char *text; /* [text, limit): the lines; JSON_PADDING bytes behind are readable */
    const char *limit;
    struct scan_results results;
    size_t next;  /* where in the results the next line stands that is asked for */
    size_t fetch; /* the same of the line to be fetched from memory next */
    bool far;     /* lines are worth that */
};

/* What a thread makes them with. */
struct text_maker {
    struct json_scanner *scanner; /* NULL = lines are not scanned */
    size_t slot_count;
    bool hands_over; /* to another thread; else who makes it looks at it */
    enum value_place place;
    struct scan_results draft; /* of the text at hand, before it is handed over */
};

/* `projection`: what lines are scanned for, NULL: they are not. */
void text_maker_init(struct text_maker *maker, const struct json_projection *projection,
                     bool hands_over, enum value_place place);
void text_maker_free(struct text_maker *maker);

/* Room for `size` bytes of text and the padding; what the text held before is lost. */
char *scanned_text_room(struct scanned_text *text, size_t size);
/* The lines [at, limit), which stand in the text's own room, are what it shows; scans them. */
void scanned_text_scan(struct scanned_text *text, struct text_maker *maker, const char *at,
                       const char *limit);
/* Shows a copy of the lines, which stand elsewhere with padding behind them; scans them if `scan`.
 */
void scanned_text_copy(struct scanned_text *text, struct text_maker *maker, const char *at,
                       const char *limit, bool scan);
/* The members, not the struct. */
void scanned_text_free(struct scanned_text *text);

/* What json_scan_line() would say of the line at `at`, in the order of lines; false: it was not
   scanned. line->slots then points to slots that live as long as the text. */
bool scanned_text_line(struct scanned_text *text, const char *at, struct json_line *line,
                       enum scan_status *status);

#endif
