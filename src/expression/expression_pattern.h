#ifndef EXPRESSION_EXPRESSION_PATTERN_H
#define EXPRESSION_EXPRESSION_PATTERN_H

#include "expression/expression_lexer.h"

/* Regular expressions in programs for libjq 1.6, which hangs or crashes where one that is applied
   again and again (gsub, scan, splits, flag g) matches the empty string: such a one must stand in
   the program and must not be able to. */

/* `at` is a word; true if it is not a function of regular expressions, or harmless. */
bool expression_pattern_check(const struct token_list *tokens, size_t at, struct error_text *error);

#endif
