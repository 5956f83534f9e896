#ifndef STATE_LINE_FIELDS_H
#define STATE_LINE_FIELDS_H

#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Strict and fast reading of lines that we wrote ourselves: no white space, members in the order
   written, each asked for by name in that order:

       {"p":0,"at":123,"time":-5,"key":[29,36],"record":{...}}

   Behind the line comes a byte that is no digit, such as its LF, and seven more are readable. A
   string or another value must be JSON: either the line was validated (saved_snapshot.h does that),
   or what is found is checked (saved_value.h). Every function returns
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

/* The first byte of the next member's value; NULL if another one comes. Inline, so that the
   comparison is one with a constant: most of the time that a restore takes is spent on members. */
static inline const char *line_fields_value_at(const struct line_fields *fields, const char *name)
{
    size_t size = strlen(name);
    const char *at = fields->at + (*fields->at == ',');
    if ((size_t)(fields->end - at) < size + 4 || at[0] != '"' || memcmp(at + 1, name, size) != 0 ||
        at[size + 1] != '"' || at[size + 2] != ':')
        return NULL;
    return at + size + 3;
}

/* Plain digits with a comma or a brace behind them, which is what is returned; NULL: they are none,
   or more than fit. */
const char *line_natural_read(const char *at, const char *end, uint64_t *value);
const char *line_integer_read(const char *at, const char *end, int64_t *value);

/* An integer that fits; plain digits as line_add_integer() writes them. */
static inline bool line_fields_integer(struct line_fields *fields, const char *name, int64_t *value)
{
    const char *at = line_fields_value_at(fields, name);
    if (at == NULL || (at = line_integer_read(at, fields->end, value)) == NULL)
        return false;
    fields->at = at;
    return true;
}

static inline bool line_fields_natural(struct line_fields *fields, const char *name,
                                       uint64_t *value)
{
    const char *at = line_fields_value_at(fields, name);
    if (at == NULL || (at = line_natural_read(at, fields->end, value)) == NULL)
        return false;
    fields->at = at;
    return true;
}
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
bool line_hexadecimal_read(const char digits[16], uint64_t *value);
static inline bool line_fields_hexadecimal(struct line_fields *fields, const char *name,
                                           uint64_t *value)
{
    enum { DIGITS = 16 };
    const char *at = line_fields_value_at(fields, name);
    if (at == NULL || fields->end - at < DIGITS + 3 || at[0] != '"' || at[DIGITS + 1] != '"' ||
        !line_hexadecimal_read(at + 1, value))
        return false;
    fields->at = at + DIGITS + 2;
    return true;
}
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
