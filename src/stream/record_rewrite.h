#ifndef STREAM_RECORD_REWRITE_H
#define STREAM_RECORD_REWRITE_H

#include "cli/diagnostics.h"
#include "expression/expression.h"
#include "ndjson/json_scan.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* A LIST applied to records that are about to leave: --calc puts its members into the record,
   --select makes a record of them alone. */
enum rewrite_mode { REWRITE_CALC, REWRITE_SELECT };

struct record_rewrite {
    enum rewrite_mode mode;
    struct expression_set *set;
    const struct expression_list *list;
    struct json_scanner *scanner;
    struct json_slice *slots;
    size_t *member_slots; /* of the record's own members that --calc replaces */
    struct value *values;
    struct json_slice *texts;
    struct error_text first_error; /* why the first result that failed did; empty = none has */
};

/* false with the reason if the LIST is refused. */
bool record_rewrite_compile(struct record_rewrite *rewrite, enum rewrite_mode mode,
                            const char *text, const struct lookup_tables *tables,
                            struct error_text *error);
/* `first_error` stays, for the report at the end. */
void record_rewrite_free(struct record_rewrite *rewrite);

/* Appends the rewritten record to `out`. `record` holds one object without LF and is padded by the
   call. Expressions that fail give null and are added to *nulls. false: a member that is read
   stands twice in it. */
bool record_rewrite_apply(struct record_rewrite *rewrite, struct text_buffer *record,
                          const struct record_variables *variables, struct scratch *scratch,
                          struct text_buffer *out, uint64_t *nulls);

#endif
