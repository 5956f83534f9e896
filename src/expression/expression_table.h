#ifndef EXPRESSION_EXPRESSION_TABLE_H
#define EXPRESSION_EXPRESSION_TABLE_H

#include "expression/expression_evaluate.h"

/* $NAME[EXPR]: the row of a lookup table, null if it has none for the key. */
node_function table_evaluate; /* table, first */

#endif
