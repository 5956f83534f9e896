#ifndef JOIN_PAIR_CONDITION_H
#define JOIN_PAIR_CONDITION_H

#include "cli/diagnostics.h"
#include "expression/expression.h"
#include "join/interval_join.h"
#include "ndjson/json_scan.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* A condition on a pair, evaluated on the record that the pair would come out as:
   {"key":K,"event_time_ns":T,"left":{...},"right":{...}}. Composing and scanning that record is
   what a condition costs; it is done only for rows of equal key within range. */
struct pair_condition {
    struct expression_set *set;
    const struct expression *expression;
    struct json_scanner *scanner;
    struct json_slice *slots;
    struct text_buffer record;
    struct scratch scratch;
    uint64_t errors; /* pairs on which it failed: they do not match */
    struct error_text first_error;
};

/* false: refused, with the reason. */
bool pair_condition_init(struct pair_condition *condition, const char *text,
                         const struct lookup_tables *tables, struct error_text *error);
void pair_condition_free(struct pair_condition *condition);

/* The text of the pair is appended to the buffer returned; then the condition may be asked. */
struct text_buffer *pair_condition_record(struct pair_condition *condition);
bool pair_condition_holds(struct pair_condition *condition);

#endif
