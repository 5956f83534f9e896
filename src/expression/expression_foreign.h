#ifndef EXPRESSION_EXPRESSION_FOREIGN_H
#define EXPRESSION_EXPRESSION_FOREIGN_H

#include "expression/expression_tree.h"

/* Expressions in libjq: the text in the middle of a program that binds its variables and guards it
   against the data that would end the process. */

/* Compiles expression->program, unless it is there; false with libjq's reason. */
bool expression_foreign_open(struct expression *expression, struct error_text *error);
void expression_foreign_close(struct expression *expression);

bool expression_foreign_evaluate(const struct expression *expression, struct evaluation *evaluation,
                                 struct value *result);

/* Whether a word means nothing to jq, so that it may name a list item. Takes some 40 ms. */
bool expression_foreign_free_word(const char *name);

#endif
