#ifndef SQL_SQL_VALUE_H
#define SQL_SQL_VALUE_H

#include "ndjson/json_slice.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What goes into one column of one row, before a database's spelling of it. */
enum sql_kind {
    SQL_NULL,
    SQL_TEXT,    /* text: UTF-8 without U+0000 */
    SQL_NUMBER,  /* text: a number as JSON spells it */
    SQL_BOOLEAN, /* truth */
    SQL_TIME     /* time: ns since 1970 */
};

struct sql_value {
    enum sql_kind kind;
    bool truth;
    int64_t time;
    struct {
        const char *bytes; /* borrowed: from the record or the batch's scratch */
        size_t length;
    } text;
};

/* Appends bytes that are the same for equal values of one column, and for no others; of several
   values one after the other, too. Times are equal if they are in one `resolution` (ns). */
void sql_value_identify(const struct sql_value *value, int64_t resolution, struct text_buffer *out);

/* Appends a number's text that is ordered as SQL_NUMBER and SQL_TIME are. */
void sql_value_rank(const struct sql_value *value, int64_t resolution, struct text_buffer *out);

/* Appends the one spelling of a number's value (number_text_canonicalise()). */
void sql_number_canonicalise(struct text_buffer *out, struct json_slice number);

/* Whole steps of `resolution` ns since 1970, rounded down. */
int64_t sql_time_steps(int64_t time, int64_t resolution);

#endif
