#ifndef WINDOW_AGGREGATE_H
#define WINDOW_AGGREGATE_H

#include "expression/expression.h"
#include "ndjson/json_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Aggregate functions, a row each in aggregate_table.c, and their calls in an -a LIST. A state is
   some bytes in a window's cell, zeroed at first, with or without memory behind it. States of
   disjoint stretches of time merge into the state of both. */

/* What a function is given of a record. */
enum aggregate_takes {
    TAKES_ROW,    /* nothing: it counts */
    TAKES_VALUE,  /* a value, as JSON text */
    TAKES_NUMBER, /* a number: VALUE_DECIMAL or VALUE_DOUBLE */
    TAKES_KEY,    /* a value's identity */
    TAKES_LINE    /* the record itself */
};

/* What a function's second argument is. */
enum aggregate_second {
    SECOND_CONDITION, /* which records count; optional */
    SECOND_SHARE,     /* a number from 0 to 1 */
    SECOND_NUMBER     /* how many, from 1 */
};

struct aggregate_argument {
    bool given; /* false: the record is skipped */
    union {
        struct value value;
        struct json_key key;
        struct json_slice line;
    };
};

struct aggregate;
struct text_buffer;

struct aggregate_function {
    const char *name;
    enum aggregate_takes takes;
    enum aggregate_second second;
    size_t size; /* bytes of its state */
    void (*update)(const struct aggregate *aggregate, void *state,
                   const struct aggregate_argument *argument, int64_t time);
    void (*merge)(const struct aggregate *aggregate, void *into, const void *from);
    /* Whether updating the merged state of several stretches gives the very bytes that merging them
       once more would; NULL = always. For functions whose states do not grow. */
    bool (*commutes)(const struct aggregate *aggregate, const void *state,
                     const struct aggregate_argument *argument);
    struct value (*result)(const struct aggregate *aggregate, const void *state,
                           struct scratch *scratch);
    void (*clear)(void *state); /* gives memory back; NULL = there is none */
    bool grows;                 /* its state grows with what it has seen */
    bool adds;                  /* it only ever gets longer: save() writes what was added */
    /* For snapshots: appends the state as a JSON value. A state that adds writes what came since it
       was written last (`anew`: all), about 256 KiB of it at most; false = there is more to write.
     */
    bool (*save)(const struct aggregate *aggregate, void *state, bool anew,
                 struct text_buffer *out);
    /* What was written, to a zeroed state, or to the end of one that adds; false = something else.
     */
    bool (*restore)(const struct aggregate *aggregate, void *state, struct json_slice saved);
};

/* One call. */
struct aggregate {
    const struct aggregate_function *function;
    const struct expression *input;     /* NULL = the record */
    const struct expression *condition; /* NULL = all records */
    double share;                       /* SECOND_SHARE */
    uint64_t number;                    /* SECOND_NUMBER */
    size_t offset;                      /* of its state in a cell's states */
    const char *text;                   /* the call as written */
    const char *member;                 /* its name in expressions over results: "=" and the text */
};

/* NULL = there is no function of this name. */
const struct aggregate_function *aggregate_function_find(const char *name, size_t length);
/* Of row `index`; NULL behind the last. */
const char *aggregate_function_name(size_t index);
/* Keeps whole records, for --each; not to be had by name. */
extern const struct aggregate_function aggregate_records;

/* All calls of a list, and where their states are. */
struct aggregate_set {
    struct aggregate *items;
    size_t count;
    size_t size; /* bytes of all states, a multiple of 16 */
    bool grows;  /* some state grows with what it has seen */
    bool adds;   /* some state is written as additions */
};

/* Appends a call and gives it its place; returns its number. */
size_t aggregate_set_add(struct aggregate_set *set, const struct aggregate *aggregate);
void aggregate_set_free(struct aggregate_set *set);

/* Evaluates what the calls need of a record into arguments[0..count). false = the record is to be
   rejected, *error says why. */
bool aggregate_set_prepare(const struct aggregate_set *set, const struct record_view *record,
                           struct json_slice line, struct scratch *scratch,
                           struct aggregate_argument *arguments, struct error_text *error);

void aggregate_set_update(const struct aggregate_set *set, void *states,
                          const struct aggregate_argument *arguments, int64_t time);
void aggregate_set_merge(const struct aggregate_set *set, void *into, const void *from);
/* update(), unless that would not commute(): then false and states half updated. */
bool aggregate_set_commute(const struct aggregate_set *set, void *states,
                           const struct aggregate_argument *arguments, int64_t time);
/* The states as a JSON array, in the order of the calls; of those that add what is new, or all.
   Appends to *lasting the bytes that a later call will not write once more. false = there is more
   to write, for a further call without `anew`. */
bool aggregate_set_save(const struct aggregate_set *set, void *states, bool anew,
                        struct text_buffer *out, size_t *lasting);
/* Restores what was saved anew, or since; false = not what aggregate_set_save() writes. */
bool aggregate_set_restore(const struct aggregate_set *set, void *states, bool anew,
                           struct json_slice saved);
/* Gives memory back and zeroes the states. */
void aggregate_set_clear(const struct aggregate_set *set, void *states);

static inline struct value aggregate_result(const struct aggregate *aggregate, const void *states,
                                            struct scratch *scratch)
{
    return aggregate->function->result(aggregate, (const char *)states + aggregate->offset,
                                       scratch);
}

#endif
