#ifndef EXPRESSION_EXPRESSION_H
#define EXPRESSION_EXPRESSION_H

#include "cli/diagnostics.h"
#include "expression/value.h"
#include "ndjson/json_projection.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* One jq language (evtools(7), EXPRESSIONS). The everyday subset is compiled to a small tree over
   the record's slices; the rest to libjq. Both give the same results. */

/* What the variables of a record stand for; slices of kind JSON_ABSENT read as null. */
struct record_variables {
    const char *file; /* NULL = null */
    uint64_t line;    /* 0 = null */
    struct json_slice topic, partition, offset, key, ts, headers;
};

/* A record as expressions see it. */
struct record_view {
    const struct json_slice *slots;           /* as scanned with the set's projection */
    const struct record_variables *variables; /* NULL = all null, but $now */
};

/* The expressions that look at the same kind of record (input records; output records), and the
   projection that serves them all. Adding ends when the scanner is made. */
struct expression_set;
struct expression;

struct expression_set *expression_set_new(void);
void expression_set_free(struct expression_set *set);
struct json_projection *expression_set_projection(struct expression_set *set);

/* From here on expressions of the set may read these tables as $NAME[EXPR]. Borrowed; NULL = none.
 */
struct lookup_tables;
void expression_set_use_tables(struct expression_set *set, const struct lookup_tables *tables);

/* The option that the expressions to come were given with ("--key"): what is said when one fails on
   a record begins with it. Borrowed; NULL = none. */
void expression_set_option(struct expression_set *set, const char *option);

/* Compiles one expression; NULL with the reason, which quotes the text and points at the place.
   Lives as long as the set. */
const struct expression *expression_add(struct expression_set *set, const char *text,
                                        struct error_text *error);

/* Evaluates; false = it failed on this record, *error says why ("cannot index number with "a"",
   "several results", ...). The result lives until the scratch is reset. */
bool expression_evaluate(const struct expression *expression, const struct record_view *record,
                         struct scratch *scratch, struct value *result, struct error_text *error);

/* The truth of a condition in *truth; false = it failed. The same as expression_evaluate() and
   value_true(), but `.type == 2` costs a comparison of two texts. */
bool expression_holds(const struct expression *expression, const struct record_view *record,
                      struct scratch *scratch, bool *truth, struct error_text *error);

/* The slot of an expression that is nothing but a path; false otherwise. Lets hot loops read
   slots[slot] themselves: absent means null, but look at expression_evaluate where the slot is
   absent, because its parent may make it an error. */
bool expression_path_slot(const struct expression *expression, size_t *slot);

/* The slot of a path, or of the one on the left of `//`: what stands there is what the expression
   gives, but if it is absent, null or false. */
bool expression_first_slot(const struct expression *expression, size_t *slot);

/* The last member's name of a bare path (".a.b" has "b"); NULL for anything else. */
const char *expression_path_name(const struct expression *expression);

const char *expression_text(const struct expression *expression);
bool expression_native(const struct expression *expression);

/* `.type="req", .user.id=null`: the paths an expression reads and their values in this record. */
void expression_describe(const struct expression *expression, const struct record_view *record,
                         struct text_buffer *out);

/* LIST options: NAME=EXPR,... A bare path is named by its last member; later ones see the values of
   earlier ones under their names, as members of the record. */
struct expression_list {
    size_t count;
    struct expression_item {
        const char *name;            /* unescaped UTF-8 */
        struct json_slice name_text; /* as a JSON string, quotes included */
        const struct expression *expression;
        const char *type; /* of a typed list: NAME:TYPE=; NULL = none given */
        const char *unit; /* of a typed list: EXPR:UNIT; NULL = none given */
    } * items;
};
const struct expression_list *expression_add_list(struct expression_set *set, const char *text,
                                                  struct error_text *error);
/* The same with NAME:TYPE=EXPR:UNIT,... where TYPE and UNIT are words and may be left out. */
const struct expression_list *expression_add_typed_list(struct expression_set *set,
                                                        const char *text, struct error_text *error);

/* Evaluates all items into values[0..count). An item that fails gives null; returns how many did
   (*error: the first reason; may be NULL). */
size_t expression_list_evaluate(const struct expression_list *list,
                                const struct record_view *record, struct scratch *scratch,
                                struct value *values, struct error_text *error);

/* For --explain: "LABEL: TEXT  native, reads .a .b" or "... libjq: FUNCTION is not in the native
   subset; about 5 us per record". */
void expression_explain(const struct expression *expression, const char *label, FILE *out);

/* "libjq 1.6, ..." for --version. */
const char *expression_libjq_version(void);

#endif
