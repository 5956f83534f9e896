#ifndef EXPRESSION_EXPRESSION_VARIABLE_H
#define EXPRESSION_EXPRESSION_VARIABLE_H

#include "expression/expression_evaluate.h"

/* The variables that a record has: $now $file $line and those of a Kafka envelope. */

enum { VARIABLE_LIMIT = 16 };

/* The variable's number from 0; false = there is none of this name. */
bool expression_variable_find(const char *name, size_t length, size_t *number);

node_function variable_evaluate; /* node->slot = number */

/* {"now":...,"file":...} with the variables whose bits are set in `wanted`. */
struct json_slice expression_variables_object(unsigned wanted, struct evaluation *evaluation);

/* Name of a variable, without '$'; NULL behind the last one. */
const char *expression_variable_name(size_t number);

#endif
