#ifndef STREAM_TIME_EXPRESSION_H
#define STREAM_TIME_EXPRESSION_H

#include "cli/diagnostics.h"
#include "expression/expression.h"
#include "stream/event.h"
#include "time/timestamp.h"

#include <stdbool.h>
#include <stdint.h>

/* A time option: EXPR[:UNIT]. Without UNIT the suffix of a bare path's last member tells it (_s _ms
   _us _ns); a number whose unit nobody told is no time. RFC 3339 texts always work. */
struct time_expression {
    const char *text; /* as given */
    const struct expression *expression;
    enum time_unit unit;
    bool unit_known;
    bool bare;      /* a path: read from its slot, without evaluation */
    size_t slot;    /* where, if so */
    int64_t factor; /* of integers there, to ns; 0 = in what unit nobody said */
};

enum time_found {
    TIME_FOUND,
    TIME_ABSENT,  /* null or no such member */
    TIME_INVALID, /* there is a value, but it is no time; *error says why */
    TIME_FAILED   /* the expression failed; *error says why */
};

/* Splits EXPR[:UNIT] and compiles EXPR; false with the reason. */
bool time_expression_compile(struct time_expression *time, struct expression_set *set,
                             const char *text, struct error_text *error);

/* Everything but the plain cases below. */
enum time_found time_expression_read_value(const struct time_expression *time,
                                           const struct record_view *record,
                                           struct scratch *scratch, int64_t *ns,
                                           struct error_text *error);

/* A bare path's integer in a known unit, or its text without escapes. */
static inline bool time_expression_read_plain(const struct time_expression *time,
                                              struct json_slice value, int64_t *ns)
{
    if (value.kind == JSON_STRING)
        return (value.flags & JSON_FLAG_ESCAPED) == 0 &&
               timestamp_parse(value.text + 1, value.length - 2, time->unit == TIME_UNIT_UTC, ns);
    return value.kind == JSON_NUMBER && time->factor != 0 && integer_parse(value, ns) &&
           !__builtin_mul_overflow(*ns, time->factor, ns) && *ns != INT64_MIN && *ns != INT64_MAX;
}

/* The record's time in ns. The two integers that mean "none" and "end" are no times. */
static inline enum time_found time_expression_read(const struct time_expression *time,
                                                   const struct record_view *record,
                                                   struct scratch *scratch, int64_t *ns,
                                                   struct error_text *error)
{
    if (time->bare && time_expression_read_plain(time, record->slots[time->slot], ns))
        return TIME_FOUND;
    return time_expression_read_value(time, record, scratch, ns, error);
}

/* Looks in an object for members that could be a time and appends what to try, for instance
   "this record has .ts=1714521600123: try --time .ts:ms"; false if nothing looks like one. */
bool time_expression_suggest(struct json_slice object, const char *option, struct text_buffer *out);

#endif
