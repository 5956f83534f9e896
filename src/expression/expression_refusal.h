#ifndef EXPRESSION_EXPRESSION_REFUSAL_H
#define EXPRESSION_EXPRESSION_REFUSAL_H

#include "expression/expression_lexer.h"
#include "ndjson/text_buffer.h"

/* What libjq 1.6 must not be given: builtins that read files or the environment, take input or
   print on their own, are wrong, or end or hang the process on some data. */

/* false: *error names it, says what happens, and what to use instead. */
bool expression_refusal_check(const struct token_list *tokens, struct error_text *error);

/* Appends definitions that make safe what can be: they fail on the data that would abort or hang
   libjq. Only those that the tokens call for. */
void expression_refusal_guard(const struct token_list *tokens, struct text_buffer *program);

#endif
