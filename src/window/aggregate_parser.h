#ifndef WINDOW_AGGREGATE_PARSER_H
#define WINDOW_AGGREGATE_PARSER_H

#include "expression/expression_lexer.h"
#include "ndjson/text_buffer.h"
#include "window/aggregate_list.h"

#include <stdbool.h>
#include <stddef.h>

/* Takes the aggregate calls out of an expression: each becomes a member, named by its text, of the
   record that expressions over results read. */
struct aggregate_parser {
    struct aggregate_list *list;
    const struct token_list *tokens;
    const struct aggregate_compiler *compiler;
    const struct expression_list *by;
    struct error_text *error;
};

/* Rewrites tokens[first..behind) into `out` (ended by NUL), adding the calls it finds to the list.
   `known` items of the list may be named. *call = the number of the call that the whole is, or
   SIZE_MAX. */
bool aggregate_parser_rewrite(const struct aggregate_parser *parser, size_t first, size_t behind,
                              size_t known, struct text_buffer *out, size_t *call);

#endif
