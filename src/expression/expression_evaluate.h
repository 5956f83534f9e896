#ifndef EXPRESSION_EXPRESSION_EVALUATE_H
#define EXPRESSION_EXPRESSION_EVALUATE_H

#include "expression/expression_tree.h"

/* What the nodes do. All of them evaluate their right operand first, as jq does, so that of two
   errors the same one is reported. */

typedef enum outcome node_function(const struct expression_node *node,
                                   struct evaluation *evaluation, struct value *result);

/* Paths, in expression_path.c. */
node_function path_evaluate;    /* slot, steps */
node_function input_evaluate;   /* `.` */
node_function earlier_evaluate; /* slot = number of the list item */
node_function index_evaluate;   /* first[second], optional */

/* Control, in expression_evaluate.c. */
node_function literal_evaluate;
node_function pipe_evaluate;
node_function and_evaluate;
node_function or_evaluate;
node_function alternative_evaluate; /* first // second */
node_function condition_evaluate;   /* if first then second else third end */
node_function array_evaluate;

/* Comparisons, in expression_compare.c. */
node_function compare_evaluate;
node_function path_integer_evaluate; /* slot against integer, canonical, literal */
node_function path_string_evaluate;  /* slot == or != literal */

/* Arithmetic, in expression_arithmetic.c. */
node_function add_evaluate;
node_function subtract_evaluate;
node_function multiply_evaluate;
node_function divide_evaluate;
node_function negate_evaluate;

#endif
