#ifndef STATE_SAVED_ROW_H
#define STATE_SAVED_ROW_H

#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"
#include "state/line_fields.h"
#include "state/waiting_row.h"

#include <stdbool.h>
#include <stdint.h>

/* A waiting row as a line of a segment:

       {"p":0,"at":123,"time":-5,"length":57,"key_at":9,"key_length":36,"record":{...}}

   `length` is the record's, which stands at the end. A value that stands in the record is named by
   its place there, so that whoever reads the line need not look for it; another one stands in the
   line itself ("key":VALUE), and one that is absent does not. */

/* The names of a value's members. */
struct slice_names {
    const char *value;  /* "key" */
    const char *at;     /* "key_at" */
    const char *length; /* "key_length" */
};

/* Writing, from "length" on: the record's length, what is told of it, the record. */
void saved_row_write_length(struct json_slice record, struct text_buffer *out);
void saved_slice_write(const struct slice_names *names, struct json_slice slice,
                       struct json_slice record, struct text_buffer *out);
void saved_row_write_key(const struct json_key *key, struct json_slice record,
                         struct text_buffer *out);
void saved_row_write_record(struct json_slice record, struct text_buffer *out);

/* Reading, in the order of members: saved_row_begin(), slices, saved_row_end().
   What is returned lives as long as the line, and the scratch. */
struct saved_row {
    struct line_fields fields;
    const char *line;
    uint64_t partition;
    uint64_t position;
    int64_t time;
    struct json_slice record;
};
/* The line need not have been validated: what is read of it is checked as far as reading on depends
   on it. */
bool saved_row_begin(struct saved_row *row, const char *line, size_t length);
/* JSON_ABSENT where there is none. false: it is not where the line says. */
bool saved_slice_read(struct saved_row *row, const struct slice_names *names,
                      struct json_slice *slice);
bool saved_row_read_key(struct saved_row *row, struct scratch *scratch, struct json_key *key);
/* False if there is more in the line. */
bool saved_row_end(struct saved_row *row);

#endif
