#ifndef EXPRESSION_EXPRESSION_FUNCTION_H
#define EXPRESSION_EXPRESSION_FUNCTION_H

#include "expression/expression_evaluate.h"

/* The functions of the native subset: one row each. Arguments are node->first, second, third in
   the order written; `.` is evaluation_input(). */
struct expression_function {
    const char *name;
    size_t arity;
    node_function *evaluate;
    /* Makes the node for arguments that it can serve natively; NULL = any. Returns false where
       libjq has to do it. It may change node->evaluate. */
    bool (*accept)(struct expression_node *node);
};

/* NULL = not in the native subset. */
const struct expression_function *expression_function_find(const char *name, size_t arity);
/* With any number of arguments. */
bool expression_function_known(const char *name);

#endif
