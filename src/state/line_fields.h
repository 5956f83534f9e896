#ifndef STATE_LINE_FIELDS_H
#define STATE_LINE_FIELDS_H

#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strict and fast reading of lines that we wrote ourselves: no white space, members in the order
   written, each asked for by name in that order:

       {"p":0,"at":123,"time":-5,"key":[29,36],"record":{...}}

   The line must have been validated as JSON (saved_snapshot.h does that). Every function returns
   false, and leaves the reading position where it was, if the next member has another name or is
   of another kind: an optional member is asked for and found absent. */
struct line_fields {
    const char *at;
    const char *end;
};

/* From the line's '{' on; false unless it begins with `{`. */
bool line_fields_begin(struct line_fields *fields, const char *line, size_t length);
/* The same for a manifest line, passing over {"kind":"KIND". */
bool line_fields_begin_kind(struct line_fields *fields, const char *line, size_t length,
                            const char *kind);

/* An integer that fits; plain digits as line_add_integer() writes them. */
bool line_fields_integer(struct line_fields *fields, const char *name, int64_t *value);
bool line_fields_natural(struct line_fields *fields, const char *name, uint64_t *value);
/* true or false. */
bool line_fields_boolean(struct line_fields *fields, const char *name, bool *value);
/* A string; its decoded UTF-8 bytes are appended (U+0000 is a byte like any other). */
bool line_fields_text(struct line_fields *fields, const char *name, struct text_buffer *decoded);
/* Any value, as it stands. */
bool line_fields_value(struct line_fields *fields, const char *name, struct json_slice *value);
/* The line's last member, whatever its value: the rest up to the closing brace, without looking at
   it. Faster than line_fields_value() for a whole record. */
bool line_fields_last(struct line_fields *fields, const char *name, const char **json,
                      size_t *length);
/* A string of 16 hexadecimal digits, as line_add_hexadecimal() writes it: 64 bits that jq must not
   round. */
bool line_fields_hexadecimal(struct line_fields *fields, const char *name, uint64_t *value);
/* True if nothing but the closing brace is left. */
bool line_fields_end(struct line_fields *fields);

/* Writing: `lead` is what stands before the value, e.g. ",\"time\":". */
void line_add_integer(struct text_buffer *out, const char *lead, int64_t value);
void line_add_natural(struct text_buffer *out, const char *lead, uint64_t value);
void line_add_boolean(struct text_buffer *out, const char *lead, bool value);
/* Bytes that must be UTF-8, as a string. */
void line_add_text(struct text_buffer *out, const char *lead, const char *bytes, size_t length);
void line_add_hexadecimal(struct text_buffer *out, const char *lead, uint64_t value);

#endif
