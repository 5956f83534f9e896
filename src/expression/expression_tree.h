#ifndef EXPRESSION_EXPRESSION_TREE_H
#define EXPRESSION_EXPRESSION_TREE_H

#include "expression/expression.h"

/* The native subset as a tree of nodes, each with the function that evaluates it. */

enum outcome {
    OUTCOME_VALUE,
    OUTCOME_EMPTY, /* no result: .a? of what cannot be indexed */
    OUTCOME_ERROR, /* evaluation.error says why */
    OUTCOME_LIBJQ  /* these operands are for libjq: evaluate the whole expression there */
};

struct evaluation {
    const struct record_view *record;
    struct scratch *scratch;
    struct error_text *error;
    const struct value *input;   /* `.` behind a pipe; NULL = the record */
    const struct value *earlier; /* values of the list items before this one */
};

struct expression_node;
struct lookup_table;

/* One step of a path that the scanner serves. */
struct path_step {
    struct json_step step;
    size_t slot;   /* of the path up to and with this step */
    bool optional; /* .a? */
};

struct expression_node {
    enum outcome (*evaluate)(const struct expression_node *node, struct evaluation *evaluation,
                             struct value *result);
    const struct expression_node *first, *second, *third; /* operands, arguments */
    const struct expression_node **items;                 /* of an array; count */
    const struct path_step *steps;                        /* of a path; count */
    size_t count;
    size_t slot;                 /* of a path; number of an earlier item; number of a variable */
    struct value literal;        /* of a literal; the literal that a comparison has on one side */
    struct json_slice canonical; /* a literal integer as it is usually written */
    int64_t integer;             /* the same as a number */
    uint8_t orders;              /* of a comparison: enum order_set */
    bool optional;               /* of an index: E[..]? */
    const struct lookup_table *table;
};

/* Which of "less, equal, greater" makes a comparison true. */
enum order_set { ORDER_LESS = 1, ORDER_EQUAL = 2, ORDER_GREATER = 4 };

static inline bool order_in(uint8_t orders, int order)
{
    return (orders >> ((order > 0) - (order < 0) + 1)) & 1;
}

/* What a path reads, for --explain and the "first record had" message. */
struct path_read {
    size_t slot;
    const char *text; /* as an expression: .user.id */
};

struct libjq_program;

struct expression {
    struct expression_set *set;
    const char *text;
    const char *option;                 /* see expression_set_option() */
    const struct expression_node *root; /* NULL = libjq alone */
    const char *foreign;                /* why libjq: what is not in the native subset */
    struct libjq_program *program;      /* NULL until needed, if there is a root */
    struct path_read *reads;
    size_t read_count;
    const char *path_name;      /* of a bare path */
    const char *const *earlier; /* names of the list items before this one */
    size_t earlier_count;
    unsigned variables; /* bit per variable that the text names */
    bool reads_table;
};

struct expression_set {
    const struct lookup_tables *tables; /* NULL = none */
    const char *option;                 /* of the expressions to come */
    struct json_projection *projection;
    struct scratch memory; /* everything below lives here */
    struct expression **expressions;
    size_t count, capacity;
};

static inline enum outcome node_evaluate(const struct expression_node *node,
                                         struct evaluation *evaluation, struct value *result)
{
    return node->evaluate(node, evaluation, result);
}

/* `.` */
struct value evaluation_input(const struct evaluation *evaluation);

/* Fails an evaluation; the format's values are quoted with value_quote(). */
enum outcome evaluation_fail(struct evaluation *evaluation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A value in a message: `string ("abc")`, cut after some 20 bytes. */
enum { QUOTE_SIZE = 48 };
const char *value_quote(const struct value *value, struct scratch *scratch, char quote[QUOTE_SIZE]);
/* "null" "boolean" "number" "string" "array" "object" */
const char *value_kind_name(const struct value *value);

#endif
