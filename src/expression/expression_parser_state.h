#ifndef EXPRESSION_EXPRESSION_PARSER_STATE_H
#define EXPRESSION_EXPRESSION_PARSER_STATE_H

#include "expression/expression_evaluate.h"
#include "expression/expression_parser.h"

/* What the parser's files share: expression_parser.c has the operators, expression_term.c what
   they join, expression_term_path.c the paths. */

enum { PARSER_DEPTH = 200, PARSER_STEPS = 64 };

struct parser {
    struct expression *expression;
    struct scratch *memory; /* of the set */
    const struct token_list *tokens;
    size_t at; /* next token */
    struct error_text *error;
    enum parse_result result;
    size_t depth;
    bool piped; /* `.` is not the record */
    struct path_read *reads;
    size_t read_count;
    unsigned variables;
    const struct expression_node *path; /* the path parsed last, its last member's name */
    const char *path_name;
};

/* Both return NULL, which every parse function hands on. */
const void *parser_foreign(struct parser *parser, const char *what);
const void *parser_wrong(struct parser *parser, const char *what); /* at the next token */

bool parser_at(const struct parser *parser, const char *spelling);
bool parser_take(struct parser *parser, const char *spelling); /* and goes behind it */

struct expression_node *parser_new_node(struct parser *parser, node_function *evaluate);
const struct expression_node *parser_node(struct parser *parser, node_function *evaluate,
                                          const struct expression_node *first,
                                          const struct expression_node *second);

/* left ORDER right, by the node that does it fastest. */
const struct expression_node *parser_comparison(struct parser *parser,
                                                const struct expression_node *left,
                                                const struct expression_node *right,
                                                uint8_t orders);

const struct expression_node *parse_pipe(struct parser *parser);
/* left | ..., behind the pipe sign: there `.` is no longer the record. */
const struct expression_node *parse_behind_pipe(struct parser *parser,
                                                const struct expression_node *left);
const struct expression_node *parse_alternative(struct parser *parser);
const struct expression_node *parse_term(struct parser *parser);

/* The path that begins at the next token, which is TOKEN_DOT or TOKEN_FIELD. */
const struct expression_node *parse_path(struct parser *parser);
/* The list item of that name before this one; NULL = there is none. */
const struct expression_node *parser_earlier(struct parser *parser, const char *name,
                                             size_t length);
/* What may follow a term: .a ."a" [E] ? */
const struct expression_node *parse_suffixes(struct parser *parser,
                                             const struct expression_node *base);

/* The name of the last member if the tree is nothing but a path, else NULL. */
const char *parser_path_name(const struct parser *parser, const struct expression_node *root);

/* A TOKEN_STRING decoded into the set's memory, with a final NUL. */
const char *parser_string(struct parser *parser, size_t token, size_t *length);

/* `.name` or `["na me"]`, appended to a path's text in the set's memory. */
const char *parser_path_text(struct parser *parser, const struct json_step *steps, size_t count);

#endif
