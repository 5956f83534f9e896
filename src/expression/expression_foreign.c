#include "expression/expression_foreign.h"

#include "expression/expression_lexer.h"
#include "expression/expression_parser.h"
#include "expression/expression_refusal.h"
#include "expression/expression_variable.h"
#include "expression/libjq_program.h"
#include "expression/lookup_table.h"

#include <string.h>

static void add_variables(struct text_buffer *program, unsigned variables)
{
    const char *separator = ".[1] as {";
    if (variables == 0)
        return;
    for (size_t i = 0; expression_variable_name(i); i++)
        if (variables >> i & 1) {
            text_buffer_add_format(program, "%s$%s", separator, expression_variable_name(i));
            separator = ", ";
        }
    text_buffer_add_text(program, "} | .[0] | ");
}

static bool compiles(const char *format, const char *name)
{
    struct text_buffer text = {0};
    struct error_text error;
    text_buffer_add_format(&text, format, name);
    text_buffer_add_byte(&text, 0);
    struct libjq_program *program = libjq_program_new(text.bytes, &error);
    text_buffer_free(&text);
    libjq_program_free(program);
    return program != NULL;
}

bool expression_foreign_free_word(const char *name)
{
    return !compiles("%s", name) && compiles("def %1$s: .; %1$s", name);
}

static bool reads_word(const struct token_list *tokens, const char *name)
{
    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->tokens[i].kind == TOKEN_WORD && token_is(tokens, i, name) &&
            (i == 0 || !token_is(tokens, i - 1, "$")))
            return true;
    return false;
}

/* Earlier items by their bare names, which mean the same behind a pipe. */
static void add_names(struct text_buffer *program, const struct expression *expression,
                      const struct token_list *tokens)
{
    const char *record = ". as $__record | ";
    for (size_t i = 0; i < expression->earlier_count; i++) {
        const char *name = expression->earlier[i];
        if (!reads_word(tokens, name) || !expression_foreign_free_word(name))
            continue;
        text_buffer_add_format(program, "%sdef %s: $__record[\"%s\"]; ", record, name, name);
        record = "";
    }
}

/* The line feed ends a comment that the text may end with. */
static struct text_buffer program_text(const struct expression *expression)
{
    struct text_buffer program = {0};
    struct token_list tokens;
    bool read = token_list_read(&tokens, expression->text, 0, strlen(expression->text), NULL);
    if (read)
        expression_refusal_guard(&tokens, &program);
    add_variables(&program, expression->variables);
    if (read)
        add_names(&program, expression, &tokens);
    token_list_free(&tokens);
    text_buffer_add_format(&program, "(%s\n)", expression->text);
    text_buffer_add_byte(&program, 0);
    return program;
}

/* Was a member written without its dot? Behind a pipe a word would be a function. */
static bool lacks_dot(const struct token_list *tokens, const char *name)
{
    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->tokens[i].kind == TOKEN_WORD && token_is(tokens, i, name))
            return i == 0 || !token_is(tokens, i - 1, "|");
    return false;
}

/* libjq's reason, and for "key/0 is not defined" what may have been meant. */
static bool refuse_program(const struct expression *expression, struct error_text *reason,
                           struct error_text *error)
{
    static const char unknown[] = "/0 is not defined";
    struct token_list tokens;
    size_t length = strcspn(reason->text, "/");
    refuse(error, "%s: `%s`", reason->text, expression->text);
    if (strcmp(reason->text + length, unknown) != 0 ||
        !token_list_read(&tokens, expression->text, 0, strlen(expression->text), NULL))
        return false;
    reason->text[length] = '\0';
    if (lacks_dot(&tokens, reason->text))
        refuse(error, "%s%s: `%s`; did you mean .%s?", reason->text, unknown, expression->text,
               reason->text);
    token_list_free(&tokens);
    return false;
}

bool expression_foreign_open(struct expression *expression, struct error_text *error)
{
    struct error_text reason;
    if (expression->program)
        return true;
    if (expression->reads_table)
        return refuse(error, "a table is only read by what is native, which %s is not: `%s`",
                      expression->foreign != NULL ? expression->foreign : "this operand",
                      expression->text);
    struct text_buffer program = program_text(expression);
    expression->program = libjq_program_new(program.bytes, &reason);
    text_buffer_free(&program);
    return expression->program || refuse_program(expression, &reason, error);
}

void expression_foreign_close(struct expression *expression)
{
    libjq_program_free(expression->program);
    expression->program = NULL;
}

static const struct json_slice *member_slices(const struct expression *expression,
                                              struct evaluation *evaluation)
{
    struct json_slice *slices = scratch_take(evaluation->scratch,
                                             (expression->earlier_count + 1) * sizeof *slices);
    for (size_t i = 0; i < expression->earlier_count; i++)
        slices[i] = value_slice(&evaluation->earlier[i], evaluation->scratch);
    return slices;
}

bool expression_foreign_evaluate(const struct expression *expression, struct evaluation *evaluation,
                                 struct value *result)
{
    struct libjq_input input = {.record = evaluation->record->slots[JSON_ROOT_SLOT],
                                .names = expression->earlier,
                                .count = expression->earlier_count};
    input.members = member_slices(expression, evaluation);
    if (expression->variables)
        input.variables = expression_variables_object(expression->variables, evaluation);
    return libjq_program_run(expression->program, &input, evaluation->scratch, result,
                             evaluation->error);
}

static void note_variable(struct expression *expression, const struct token_list *tokens, size_t at)
{
    size_t number;
    const struct token *token = &tokens->tokens[at];
    if (at > 0 && token_is(tokens, at - 1, "$") &&
        expression_variable_find(tokens->text + token->start, token->length, &number))
        expression->variables |= 1u << number;
    else if (at > 0 && token_is(tokens, at - 1, "$") &&
             lookup_tables_find(expression->set->tables, tokens->text + token->start,
                                token->length) != NULL)
        expression->reads_table = true;
}

/* Words behind which `.` is still the record. */
static bool keeps_record(const struct token_list *tokens, size_t at)
{
    static const char words[][7] = {"if",  "then", "elif", "else",   "end",
                                    "and", "or",   "not",  "select", "true"};
    if (token_is(tokens, at - (at > 0), "$"))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (token_is(tokens, at, words[i]))
            return true;
    return false;
}

static bool begins_path(const struct token_list *tokens, size_t at)
{
    if (tokens->tokens[at].kind != TOKEN_FIELD)
        return false;
    if (at == 0)
        return true;
    uint8_t before = tokens->tokens[at - 1].kind;
    return (before == TOKEN_OPERATOR && !token_is(tokens, at - 1, "]") &&
            !token_is(tokens, at - 1, ")") && !token_is(tokens, at - 1, "}") &&
            !token_is(tokens, at - 1, "?")) ||
           (before == TOKEN_WORD && !token_is(tokens, at - 2 + (at == 1), "$"));
}

static bool is_earlier(const struct expression *expression, const struct json_step *step)
{
    for (size_t i = 0; i < expression->earlier_count; i++)
        if (strlen(expression->earlier[i]) == step->length &&
            memcmp(expression->earlier[i], step->name, step->length) == 0)
            return true;
    return false;
}

/* The fields from tokens[at] on; returns the last one's place. */
static size_t note_path(struct expression *expression, const struct token_list *tokens, size_t at)
{
    struct scratch *memory = &expression->set->memory;
    struct json_step steps[8];
    size_t count = 0;
    const char *text = tokens->text + tokens->tokens[at].start;
    size_t end = at;
    for (; count < 8 && tokens->tokens[end].kind == TOKEN_FIELD; end++) {
        const struct token *token = &tokens->tokens[end];
        steps[count++] = (struct json_step){tokens->text + token->start + 1, token->length - 1u, 0};
    }
    if (is_earlier(expression, &steps[0]))
        return end - 1;
    size_t length = (size_t)(steps[count - 1].name + steps[count - 1].length - text);
    char *copy = scratch_take(memory, length + 1);
    memcpy(copy, text, length);
    copy[length] = 0;
    expression->reads[expression->read_count++] = (struct path_read){
        json_projection_add(expression->set->projection, steps, count), copy};
    return end - 1;
}

void expression_scan_foreign(struct expression *expression, const struct token_list *tokens)
{
    bool record = true;
    expression->read_count = 0;
    expression->reads = scratch_take(&expression->set->memory,
                                     tokens->count * sizeof *expression->reads);
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->tokens[i].kind == TOKEN_WORD) {
            note_variable(expression, tokens, i);
            record = record && keeps_record(tokens, i);
        }
        record = record && !token_is(tokens, i, "|");
        if (record && begins_path(tokens, i))
            i = note_path(expression, tokens, i);
    }
}
