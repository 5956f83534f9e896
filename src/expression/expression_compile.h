#ifndef EXPRESSION_EXPRESSION_COMPILE_H
#define EXPRESSION_EXPRESSION_COMPILE_H

#include "expression/expression_tree.h"

/* text[start..end) as an expression that sees the list items named `earlier` (borrowed, as long as
   the set lives) as members of the record. NULL with the reason; bytes are counted from the
   beginning of the text. */
const struct expression *expression_compile(struct expression_set *set, const char *text,
                                            size_t start, size_t end, const char *const *earlier,
                                            size_t earlier_count, struct error_text *error);

/* As above, but for libjq even if it is native: the tests hold the two together. */
const struct expression *expression_compile_foreign(struct expression_set *set, const char *text,
                                                    struct error_text *error);

/* Evaluates with the values of the earlier items (NULL = there are none). */
bool expression_evaluate_after(const struct expression *expression,
                               const struct record_view *record, const struct value *earlier,
                               struct scratch *scratch, struct value *result,
                               struct error_text *error);

#endif
