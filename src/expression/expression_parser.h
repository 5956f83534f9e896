#ifndef EXPRESSION_EXPRESSION_PARSER_H
#define EXPRESSION_EXPRESSION_PARSER_H

#include "expression/expression_lexer.h"
#include "expression/expression_tree.h"

/* Tokens to the native tree. */

enum parse_result {
    PARSED,        /* expression->root, reads, path_name, variables are set */
    PARSE_FOREIGN, /* jq, perhaps, but not the native subset: expression->foreign says what */
    PARSE_WRONG    /* *error says what is wrong in any jq, and where */
};

/* Paths that are read natively are added to the set's projection. */
enum parse_result expression_parse(struct expression *expression, const struct token_list *tokens,
                                   struct error_text *error);

/* For programs that libjq runs: the paths that they read first, as far as their text shows it, and
   the variables. */
void expression_scan_foreign(struct expression *expression, const struct token_list *tokens);

#endif
